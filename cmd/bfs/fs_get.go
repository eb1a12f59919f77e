package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func catCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "cat",
		Usage:     "write the contents of files to the standard output",
		ArgsUsage: "PATH…",
		Action: onFiles(1, -1, func(f *files) error {
			return f.each(func(name string) error {
				_, err := f.client.ReadTo(f.ctx, f.caller, name, f.App.Writer)
				return err
			})
		}),
	})
}

func getCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:        "get",
		Usage:       "copy files out of the file system",
		ArgsUsage:   "PATH… LOCAL",
		Description: "LOCAL may be -, the standard output.",
		Flags:       []cli.Flag{recursiveFlag("directories too, with all that is in them")},
		Action:      onFiles(2, -1, (*files).get),
	})
}

func (f *files) get() error {
	from, to := sourcesAndTarget(f.Args().Slice())
	info, err := os.Stat(to)
	into := err == nil && info.IsDir()
	if len(from) > 1 && !into {
		return fmt.Errorf("get to %s: it is not a directory: several files can only be copied into one", to)
	}
	var errs []error
	for _, name := range from {
		errs = append(errs, f.getOne(name, to, into))
	}
	return errors.Join(errs...)
}

func (f *files) getOne(name, to string, into bool) error {
	if to == "-" {
		_, err := f.client.ReadTo(f.ctx, f.caller, name, f.App.Writer)
		return err
	}
	attr, err := f.client.Walk(f.ctx, f.caller, name)
	if err != nil {
		return err
	}
	if into {
		to = filepath.Join(to, path.Base(path.Clean("/"+name)))
	}
	if !isDir(attr) {
		return f.getFile(name, attr, func() (*os.File, error) { return create(os.OpenFile, to, attr) })
	}
	if !f.Bool("r") {
		return fmt.Errorf("get %s: it is a directory: copy it and all in it with -r", name)
	}
	return f.getTree(name, to)
}

func create(open func(string, int, fs.FileMode) (*os.File, error), name string, attr fsstate.Attr) (*os.File, error) {
	return open(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, permissions(attr))
}

func (f *files) getFile(name string, attr fsstate.Attr, create func() (*os.File, error)) error {
	file, err := create()
	if err != nil {
		return err
	}
	counter, finish := newProgress(name, attr.Size)
	defer finish()
	_, err = f.client.ReadTo(f.ctx, f.caller, name, io.MultiWriter(file, counter))
	return errors.Join(err, file.Close())
}

// getTree copies below the local directory to, and never outside it, whatever
// symbolic links are in the file system.
func (f *files) getTree(name, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	name = path.Clean("/" + name)
	return f.client.Tree(f.ctx, f.caller, name, func(found string, attr fsstate.Attr) error {
		below, err := filepath.Rel(name, found)
		if err != nil {
			return err
		}
		return f.getEntry(root, found, below, attr)
	})
}

func (f *files) getEntry(root *os.Root, name, below string, attr fsstate.Attr) error {
	switch {
	case isDir(attr) && below == ".":
		return nil
	case isDir(attr):
		// Readable and writable while it is filled, whatever it is there.
		err := root.Mkdir(below, permissions(attr)|0o700)
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	case isSymlink(attr):
		target, err := f.client.Readlink(f.ctx, f.caller, attr.Ino)
		if err != nil {
			return pathError("get", name, err)
		}
		return root.Symlink(target, below)
	}
	return f.getFile(name, attr, func() (*os.File, error) { return create(root.OpenFile, below, attr) })
}

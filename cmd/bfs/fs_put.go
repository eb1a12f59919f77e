package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"bfs/bfs"

	"github.com/urfave/cli/v2"
)

func putCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:        "put",
		Usage:       "copy local files into the file system",
		ArgsUsage:   "LOCAL… PATH",
		Description: "LOCAL may be -, the standard input: date | bfs fs put - /now",
		Flags:       []cli.Flag{recursiveFlag("directories too, with all that is in them")},
		Action:      onFiles(2, -1, (*files).put),
	})
}

func (f *files) put() error {
	from, to := sourcesAndTarget(f.Args().Slice())
	into, err := f.isDirectory(to)
	if err != nil {
		return err
	}
	if len(from) > 1 && !into {
		return fmt.Errorf("put %s: it is not a directory: several files can only be copied into one", to)
	}
	var errs []error
	for _, name := range from {
		errs = append(errs, f.putOne(name, to, into))
	}
	return errors.Join(errs...)
}

func (f *files) putOne(local, to string, into bool) error {
	if local == "-" {
		_, err := f.client.WriteFrom(f.ctx, f.caller, to, os.Stdin, 0o644)
		return err
	}
	info, err := os.Stat(local)
	if err != nil {
		return err
	}
	if into {
		absolute, err := filepath.Abs(local)
		if err != nil {
			return err
		}
		to = path.Join(to, filepath.Base(absolute))
	}
	if !info.IsDir() {
		return f.putFile(local, to, info)
	}
	if !f.Bool("r") {
		return fmt.Errorf("put %s: it is a directory: copy it and all in it with -r", local)
	}
	return f.putTree(local, to)
}

func (f *files) putFile(local, to string, info fs.FileInfo) error {
	file, err := os.Open(local)
	if err != nil {
		return err
	}
	defer file.Close()
	counter, finish := newProgress(to, uint64(info.Size()))
	defer finish()
	_, err = f.client.WriteFrom(f.ctx, f.caller, to, io.TeeReader(file, counter), uint32(info.Mode().Perm()))
	return err
}

// putTree copies directories, regular files and symbolic links, and says what
// it leaves out.
func (f *files) putTree(local, to string) error {
	return filepath.WalkDir(local, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(local, name)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		target := path.Join(to, filepath.ToSlash(below))
		switch {
		case info.IsDir():
			_, err = f.client.MkdirAll(f.ctx, f.caller, target, uint32(info.Mode().Perm()))
		case info.Mode().IsRegular():
			err = f.putFile(name, target, info)
		case info.Mode()&fs.ModeSymlink != 0:
			err = f.putLink(name, target)
		default:
			fmt.Fprintf(os.Stderr, "bfs: %s is neither a file, a directory nor a symbolic link: left out\n", name)
		}
		return err
	})
}

func (f *files) putLink(local, to string) error {
	target, err := os.Readlink(local)
	if err != nil {
		return err
	}
	place, err := bfs.Find(f.ctx, f.client, f.caller, to, false)
	if err == nil && place.Found && isSymlink(place.Attr) {
		err = f.client.Unlink(f.ctx, f.caller, place.Dir, place.Name)
	}
	if err != nil {
		return pathError("put", to, err)
	}
	_, err = f.client.Symlink(f.ctx, f.caller, place.Dir, place.Name, target)
	return pathError("put", to, err)
}

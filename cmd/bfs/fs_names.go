package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"

	"bfs/bfs"
	"bfs/fsstate"

	"github.com/urfave/cli/v2"
)

func mkdirCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "mkdir",
		Usage:     "make directories",
		ArgsUsage: "PATH…",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "p", Usage: "those above them too, and no error if they exist"},
			&cli.StringFlag{Name: "m", Value: "755", Usage: "with these permission bits, in octal `MODE`"},
		},
		Action: onFiles(1, -1, (*files).mkdir),
	})
}

func (f *files) mkdir() error {
	mode, err := strconv.ParseUint(f.String("m"), 8, 12)
	if err != nil {
		return misused(f.Context, "-m %q is not a mode: write it in octal, such as 755", f.String("m"))
	}
	return f.each(func(name string) error {
		if f.Bool("p") {
			_, err := f.client.MkdirAll(f.ctx, f.caller, name, uint32(mode))
			return err
		}
		place, err := f.newName("mkdir", name)
		if err != nil {
			return err
		}
		_, err = f.client.Mkdir(f.ctx, f.caller, place.Dir, place.Name, uint32(mode))
		return pathError("mkdir", name, err)
	})
}

// newName finds the place of a name that must not exist.
func (f *files) newName(op, name string) (bfs.Place, error) {
	place, err := bfs.Find(f.ctx, f.client, f.caller, name, false)
	if err == nil && place.Found {
		err = fsstate.Exist
	}
	return place, pathError(op, name, err)
}

// oldName finds a name that must exist.
func (f *files) oldName(op, name string) (bfs.Place, error) {
	place, err := bfs.Find(f.ctx, f.client, f.caller, name, false)
	if err == nil && !place.Found {
		err = fsstate.NoEnt
	}
	return place, pathError(op, name, err)
}

func pathError(op, name string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

func rmCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "rm",
		Usage:     "remove files",
		ArgsUsage: "PATH…",
		Flags: []cli.Flag{
			recursiveFlag("directories too, with all that is in them"),
			&cli.BoolFlag{Name: "f", Usage: "no error for what does not exist"},
		},
		Action: onFiles(1, -1, func(f *files) error { return f.each(f.rm) }),
	})
}

func (f *files) rm(name string) error {
	place, err := f.oldName("rm", name)
	if errors.Is(err, fsstate.NoEnt) && f.Bool("f") {
		return nil
	}
	switch {
	case err != nil:
		return err
	case place.Attr.Ino == fsstate.RootIno:
		return fmt.Errorf("rm %s: this is the root directory: name what is in it", name)
	case f.Bool("r"):
		return f.client.RemoveAll(f.ctx, f.caller, name)
	case isDir(place.Attr):
		return fmt.Errorf("rm %s: it is a directory: remove it and all in it with -r", name)
	}
	return pathError("rm", name, f.client.Unlink(f.ctx, f.caller, place.Dir, place.Name))
}

func mvCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "mv",
		Usage:     "rename, or move into a directory",
		ArgsUsage: "FROM… TO",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "n", Usage: "do not replace anything"}},
		Action:    onFiles(2, -1, (*files).mv),
	})
}

func (f *files) mv() error {
	from, to := sourcesAndTarget(f.Args().Slice())
	into, err := f.isDirectory(to)
	if err != nil {
		return err
	}
	if len(from) > 1 && !into {
		return fmt.Errorf("mv %s: it is not a directory: several files can only be moved into one", to)
	}
	var errs []error
	for _, name := range from {
		target := to
		if into {
			target = path.Join(to, path.Base(name))
		}
		errs = append(errs, f.rename(name, target))
	}
	return errors.Join(errs...)
}

func sourcesAndTarget(args []string) (sources []string, target string) {
	last := len(args) - 1
	return args[:last], args[last]
}

// isDirectory tells whether name is one, or a symbolic link to one; false if
// nothing is there.
func (f *files) isDirectory(name string) (bool, error) {
	attr, err := f.client.Walk(f.ctx, f.caller, name)
	if errors.Is(err, fsstate.NoEnt) {
		return false, nil
	}
	return isDir(attr), err
}

func (f *files) rename(from, to string) error {
	old, err := f.oldName("mv", from)
	if err != nil {
		return err
	}
	place, err := bfs.Find(f.ctx, f.client, f.caller, to, false)
	if err != nil {
		return pathError("mv", to, err)
	}
	var flags fsstate.RenameFlags
	if f.Bool("n") {
		flags = fsstate.RenameNoReplace
	}
	err = f.client.Rename(f.ctx, f.caller, old.Dir, old.Name, place.Dir, place.Name, flags)
	return pathError("mv", from+" to "+to, err)
}

func lnCommand() *cli.Command {
	return filesCommand(&cli.Command{
		Name:      "ln",
		Usage:     "give a file one more name, or make a symbolic link",
		ArgsUsage: "TARGET NAME",
		Flags:     []cli.Flag{&cli.BoolFlag{Name: "s", Usage: "a symbolic link; TARGET need not exist"}},
		Action:    onFiles(2, 2, (*files).ln),
	})
}

func (f *files) ln() error {
	target, name := f.Args().Get(0), f.Args().Get(1)
	if into, err := f.isDirectory(name); err != nil {
		return err
	} else if into {
		name = path.Join(name, path.Base(target))
	}
	place, err := f.newName("ln", name)
	if err != nil {
		return err
	}
	if f.Bool("s") {
		_, err = f.client.Symlink(f.ctx, f.caller, place.Dir, place.Name, target)
		return pathError("ln", name, err)
	}
	old, err := f.oldName("ln", target)
	if err != nil {
		return err
	}
	_, err = f.client.Link(f.ctx, f.caller, old.Attr.Ino, place.Dir, place.Name)
	return pathError("ln", name, err)
}

package bfs

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"bfs/fsstate"
)

// Names is what a path is resolved with. Client implements it.
type Names interface {
	Lookup(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) (fsstate.Attr, error)
	Readlink(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) (string, error)
}

// Place is where a path leads: a name in a directory.
type Place struct {
	Dir  fsstate.Ino
	Name string // "." for the root directory
	// Found says that the name exists; Attr is its file then.
	Found bool
	Attr  fsstate.Attr
}

// Find resolves path, which starts at the root with or without a slash, the
// way the kernel does. A symbolic link in the last place is followed if
// follow, or if the path ends with a slash. A path whose last name alone is
// missing has a Place; any other failure is a fsstate.Status or the client's
// error.
func Find(ctx context.Context, names Names, caller fsstate.Caller, path string, follow bool) (place Place, err error) {
	if len(path) >= MaxPath {
		return Place{}, fsstate.NameTooLong
	}
	err = anew(func() error {
		w := walker{ctx: ctx, names: names, caller: caller}
		place, err = w.walk(fsstate.RootIno, path, follow)
		return err
	})
	return place, err
}

// anew calls f again while that fails because something that it had found
// was removed before it was used: a name that is replaced is always there.
func anew(f func() error) error {
	var err error
	for range maxAnew {
		if err = f(); !errors.Is(err, fsstate.Stale) {
			break
		}
	}
	return err
}

// walker resolves one path.
type walker struct {
	ctx    context.Context
	names  Names
	caller fsstate.Caller
	links  int // followed so far
}

// walk resolves path from dir on.
func (w *walker) walk(dir fsstate.Ino, path string, follow bool) (Place, error) {
	if path == "" {
		return Place{}, fsstate.NoEnt
	}
	mustDir := strings.HasSuffix(path, "/")
	if path = strings.Trim(path, "/"); path == "" {
		path = "."
	}
	for {
		name, rest, more := strings.Cut(path, "/")
		path = strings.TrimLeft(rest, "/")
		place, err := w.step(dir, name, more || mustDir || follow)
		if err != nil {
			return Place{}, err
		}
		if !more {
			return place, w.checkLast(place, mustDir)
		}
		if !place.Found {
			return Place{}, fsstate.NoEnt
		}
		dir = place.Attr.Ino
	}
}

func (*walker) checkLast(place Place, mustDir bool) error {
	if mustDir && place.Found && !isDir(place.Attr) {
		return fsstate.NotDir
	}
	return nil
}

// step resolves one name, and the link that it may be if follow.
func (w *walker) step(dir fsstate.Ino, name string, follow bool) (Place, error) {
	attr, err := w.names.Lookup(w.ctx, w.caller, dir, name)
	switch {
	case errors.Is(err, fsstate.NoEnt):
		return Place{Dir: dir, Name: name}, nil
	case err != nil:
		return Place{}, err
	case follow && isSymlink(attr):
		return w.link(dir, attr.Ino)
	}
	return Place{Dir: dir, Name: name, Found: true, Attr: attr}, nil
}

// link resolves the target of the symbolic link ino, which is in dir.
func (w *walker) link(dir, ino fsstate.Ino) (Place, error) {
	if w.links++; w.links > MaxPathLinks {
		return Place{}, fsstate.Loop
	}
	target, err := w.names.Readlink(w.ctx, w.caller, ino)
	if err != nil {
		return Place{}, err
	}
	if strings.HasPrefix(target, "/") {
		dir = fsstate.RootIno
	}
	return w.walk(dir, target, true)
}

// Walk returns the attributes of what path leads to, symbolic links followed.
// The errors of the path functions are a *fs.PathError around the client's.
func (c *Client) Walk(ctx context.Context, caller fsstate.Caller, path string) (fsstate.Attr, error) {
	place, err := c.mustFind(ctx, caller, path, true)
	return place.Attr, pathError("stat", path, err)
}

// WalkNoFollow is Walk, but a symbolic link in the last place is not followed.
func (c *Client) WalkNoFollow(ctx context.Context, caller fsstate.Caller, path string) (fsstate.Attr, error) {
	place, err := c.mustFind(ctx, caller, path, false)
	return place.Attr, pathError("lstat", path, err)
}

// mustFind is Find for what has to exist.
func (c *Client) mustFind(ctx context.Context, caller fsstate.Caller, path string, follow bool) (Place, error) {
	place, err := Find(ctx, c, caller, path, follow)
	if err == nil && !place.Found {
		err = fsstate.NoEnt
	}
	return place, err
}

func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

func isDir(a fsstate.Attr) bool     { return a.Mode&syscall.S_IFMT == syscall.S_IFDIR }
func isSymlink(a fsstate.Attr) bool { return a.Mode&syscall.S_IFMT == syscall.S_IFLNK }

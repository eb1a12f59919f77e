package bfs

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

	"bfs/fsstate"
)

// MkdirAll makes the directory at name and those above it that are missing,
// with the permission bits of mode, and returns its attributes. It is no
// error if the directory exists.
func (c *Client) MkdirAll(ctx context.Context, caller fsstate.Caller, name string, mode uint32) (fsstate.Attr, error) {
	attr, err := c.Getattr(ctx, caller, fsstate.RootIno)
	done := "/"
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || err != nil {
			continue
		}
		done += part + "/"
		attr, err = c.mkdirOrEnter(ctx, caller, done, mode)
	}
	return attr, pathError("mkdir", name, err)
}

// mkdirOrEnter is for a name that ends with a slash.
func (c *Client) mkdirOrEnter(ctx context.Context, caller fsstate.Caller, name string, mode uint32) (fsstate.Attr, error) {
	place, err := Find(ctx, c, caller, name, true)
	if err != nil || place.Found {
		return place.Attr, err
	}
	attr, err := c.Mkdir(ctx, caller, place.Dir, place.Name, mode)
	if errors.Is(err, fsstate.Exist) { // another client made it meanwhile
		place, err = c.mustFind(ctx, caller, name, true)
		return place.Attr, err
	}
	return attr, err
}

// ReadDirAll returns all entries of the directory at name with their
// attributes, in the order of their cookies.
func (c *Client) ReadDirAll(ctx context.Context, caller fsstate.Caller, name string) ([]fsstate.Dirent, error) {
	place, err := c.mustFind(ctx, caller, name, true)
	if err != nil {
		return nil, pathError("readdir", name, err)
	}
	entries, err := c.list(ctx, caller, place.Attr.Ino)
	return entries, pathError("readdir", name, err)
}

// list reads a directory page by page. It fails if the service goes back to
// an earlier place, as it would never end otherwise.
func (c *Client) list(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino) ([]fsstate.Dirent, error) {
	var all []fsstate.Dirent
	for cookie := uint64(0); ; {
		entries, eof, err := c.Readdir(ctx, caller, dir, cookie, fsstate.MaxPage, true)
		if err != nil {
			return all, err
		}
		for i := range entries {
			if entries[i].Cookie <= cookie {
				return all, ErrMalformed
			}
			cookie = entries[i].Cookie
		}
		all = append(all, entries...)
		if eof {
			return all, nil
		}
		if len(entries) == 0 {
			return all, ErrMalformed
		}
	}
}

// RemoveAll removes what is at name and everything below it. Symbolic links
// are removed, not followed. It is no error if nothing is there. A path that
// ends with a dot or two, as the root's does, is Inval.
func (c *Client) RemoveAll(ctx context.Context, caller fsstate.Caller, name string) error {
	place, err := Find(ctx, c, caller, name, false)
	if err != nil || !place.Found {
		return pathError("remove", name, err)
	}
	if place.Name == "." || place.Name == ".." {
		return pathError("remove", name, fsstate.Inval)
	}
	return pathError("remove", name, c.remove(ctx, caller, place))
}

func (c *Client) remove(ctx context.Context, caller fsstate.Caller, place Place) error {
	if !isDir(place.Attr) {
		return unlessGone(c.Unlink(ctx, caller, place.Dir, place.Name))
	}
	if err := c.empty(ctx, caller, place.Attr.Ino); err != nil {
		return err
	}
	return unlessGone(c.Rmdir(ctx, caller, place.Dir, place.Name))
}

// empty removes what is in dir. A directory that cannot be listed may still
// be empty, which rmdir finds out.
func (c *Client) empty(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino) error {
	entries, err := c.list(ctx, caller, dir)
	if errors.Is(err, fsstate.Access) {
		return nil
	}
	for i := range entries {
		if err != nil {
			break
		}
		err = c.remove(ctx, caller, Place{Dir: dir, Name: entries[i].Name, Found: true, Attr: entries[i].Attr})
	}
	return err
}

// unlessGone takes what someone else has removed as removed.
func unlessGone(err error) error {
	if errors.Is(err, fsstate.NoEnt) {
		return nil
	}
	return err
}

// Tree calls visit for what is at name, which is followed if it is a symbolic
// link, and for everything below it, directories before what is in them, in
// the order of their names' cookies. If visit returns fs.SkipDir for a
// directory, Tree does not enter it; any other error ends the walk and is
// returned.
func (c *Client) Tree(ctx context.Context, caller fsstate.Caller, name string, visit func(name string, attr fsstate.Attr) error) error {
	attr, err := c.Walk(ctx, caller, name)
	if err != nil {
		return err
	}
	return c.tree(ctx, caller, path.Clean(name), attr, visit)
}

func (c *Client) tree(ctx context.Context, caller fsstate.Caller, name string, attr fsstate.Attr, visit func(string, fsstate.Attr) error) error {
	err := visit(name, attr)
	if !isDir(attr) || err != nil {
		if isDir(attr) && errors.Is(err, fs.SkipDir) {
			return nil
		}
		return err
	}
	entries, err := c.list(ctx, caller, attr.Ino)
	if err != nil {
		return pathError("readdir", name, err)
	}
	for i := range entries {
		below := path.Join(name, entries[i].Name)
		if err := c.tree(ctx, caller, below, entries[i].Attr, visit); err != nil {
			return err
		}
	}
	return nil
}

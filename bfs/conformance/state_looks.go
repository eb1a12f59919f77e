package conformance

import (
	"context"

	"bfs/fsstate"
)

// Lookup is fsstate's.
func (s *State) Lookup(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) (attr fsstate.Attr, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		attr, status = s.state.Lookup(c, dir, name)
		return status
	})
	return attr, err
}

// Getattr is fsstate's.
func (s *State) Getattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino) (attr fsstate.Attr, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		attr, status = s.state.Getattr(c, ino)
		return status
	})
	return attr, err
}

// Readlink is fsstate's.
func (s *State) Readlink(_ context.Context, caller fsstate.Caller, ino fsstate.Ino) (target string, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		target, status = s.state.Readlink(c, ino)
		return status
	})
	return target, err
}

// Read is fsstate's.
func (s *State) Read(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, size uint32) (data []byte, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		data, status = s.state.Read(c, ino, offset, size)
		return status
	})
	return data, err
}

// Readdir is fsstate's.
func (s *State) Readdir(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, cookie uint64, limit int, plus bool) (entries []fsstate.Dirent, eof bool, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		entries, eof, status = s.state.Readdir(c, dir, cookie, limit, plus)
		return status
	})
	return entries, eof, err
}

// Statfs is fsstate's.
func (s *State) Statfs(_ context.Context, caller fsstate.Caller) (totals fsstate.Statfs, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		totals, status = s.state.Statfs(c)
		return status
	})
	return totals, err
}

// Access is fsstate's.
func (s *State) Access(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, mask fsstate.AccessMask) error {
	return s.look(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Access(c, ino, mask)
	})
}

package conformance

import (
	"context"

	"bfs/fsstate"
)

// Setattr is fsstate's.
func (s *State) Setattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, set fsstate.SetAttr) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Setattr(c, ino, set)
	})
}

// Open is fsstate's.
func (s *State) Open(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Open(c, ino, mode)
	})
}

// Write is fsstate's.
func (s *State) Write(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, data []byte, atEnd bool) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Write(c, ino, offset, data, atEnd)
	})
}

// Mkdir is fsstate's.
func (s *State) Mkdir(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Mkdir(c, dir, name, mode)
	})
}

// Mknod is fsstate's.
func (s *State) Mknod(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode, rdev uint32) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Mknod(c, dir, name, mode, rdev)
	})
}

// Tmpfile is fsstate's.
func (s *State) Tmpfile(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, mode uint32, open fsstate.OpenMode, exclusive bool) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Tmpfile(c, dir, mode, open, exclusive)
	})
}

// Symlink is fsstate's.
func (s *State) Symlink(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name, target string) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Symlink(c, dir, name, target)
	})
}

// Link is fsstate's.
func (s *State) Link(_ context.Context, caller fsstate.Caller, ino, dir fsstate.Ino, name string) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Link(c, ino, dir, name)
	})
}

// Release is fsstate's.
func (s *State) Release(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Release(c, ino, mode)
	})
}

// Unlink is fsstate's.
func (s *State) Unlink(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Unlink(c, dir, name)
	})
}

// Rmdir is fsstate's.
func (s *State) Rmdir(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Rmdir(c, dir, name)
	})
}

// Rename is fsstate's.
func (s *State) Rename(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, newDir fsstate.Ino, newName string, flags fsstate.RenameFlags) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Rename(c, dir, name, newDir, newName, flags)
	})
}

// Fsync is fsstate's.
func (s *State) Fsync(_ context.Context, caller fsstate.Caller, ino fsstate.Ino) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Fsync(c, ino)
	})
}

// Create is fsstate's.
func (s *State) Create(_ context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32, open fsstate.OpenMode) (attr fsstate.Attr, made bool, err error) {
	err = s.do(caller, func(c *fsstate.Context) (status fsstate.Status) {
		attr, made, status = s.state.Create(c, dir, name, mode, open)
		return status
	})
	return attr, made, err
}

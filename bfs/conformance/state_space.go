package conformance

import (
	"context"

	"bfs/fsstate"
)

// Fallocate is fsstate's.
func (s *State) Fallocate(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.FallocMode, offset, length uint64) (fsstate.Attr, error) {
	return s.attr(caller, func(c *fsstate.Context) (fsstate.Attr, fsstate.Status) {
		return s.state.Fallocate(c, ino, mode, offset, length)
	})
}

// Seek is fsstate's.
func (s *State) Seek(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, whence fsstate.Whence) (found uint64, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		found, status = s.state.Seek(c, ino, offset, whence)
		return status
	})
	return found, err
}

// CopyRange is fsstate's.
func (s *State) CopyRange(_ context.Context, caller fsstate.Caller, r fsstate.CopyRange) (copied uint64, err error) {
	err = s.do(caller, func(c *fsstate.Context) (status fsstate.Status) {
		copied, status = s.state.CopyRange(c, r)
		return status
	})
	return copied, err
}

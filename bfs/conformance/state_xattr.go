package conformance

import (
	"context"

	"bfs/fsstate"
)

// Getxattr is fsstate's.
func (s *State) Getxattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) (value []byte, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		value, status = s.state.Getxattr(c, ino, name)
		return status
	})
	return value, err
}

// Setxattr is fsstate's.
func (s *State) Setxattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, name string, value []byte, flags fsstate.XattrFlags) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Setxattr(c, ino, name, value, flags)
	})
}

// Removexattr is fsstate's.
func (s *State) Removexattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) error {
	return s.do(caller, func(c *fsstate.Context) fsstate.Status {
		return s.state.Removexattr(c, ino, name)
	})
}

// Listxattr is fsstate's.
func (s *State) Listxattr(_ context.Context, caller fsstate.Caller, ino fsstate.Ino) (names []string, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		names, status = s.state.Listxattr(c, ino)
		return status
	})
	return names, err
}

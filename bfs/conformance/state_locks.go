package conformance

import (
	"context"

	"bfs/fsstate"
)

// SetLock is fsstate's.
func (s *State) SetLock(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, l fsstate.Lock, wait bool) (ticket uint64, err error) {
	err = s.do(caller, func(c *fsstate.Context) (status fsstate.Status) {
		ticket, status = s.state.SetLock(c, ino, l, wait)
		return status
	})
	return ticket, err
}

// GetLock is fsstate's.
func (s *State) GetLock(_ context.Context, caller fsstate.Caller, ino fsstate.Ino, l fsstate.Lock) (found fsstate.Lock, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		found, status = s.state.GetLock(c, ino, l)
		return status
	})
	return found, err
}

// LockWaits is fsstate's.
func (s *State) LockWaits(_ context.Context, caller fsstate.Caller) (waits fsstate.LockWaits, err error) {
	err = s.look(caller, func(c *fsstate.Context) (status fsstate.Status) {
		waits, status = s.state.LockWaits(c)
		return status
	})
	return waits, err
}

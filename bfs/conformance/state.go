package conformance

import (
	"sync"

	"bfs/fsstate"
)

// State has the Operations of a fsstate.State, without anything between. It
// is safe for concurrent use. Reads are tried as read-only operations first,
// as clients do it.
type State struct {
	mu      sync.Mutex
	state   *fsstate.State
	session fsstate.Session
	clock   func() int64
}

var _ Operations = (*State)(nil)

// NewState returns the operations of state for one session. clock gives the
// ordered time.
func NewState(state *fsstate.State, session fsstate.Session, clock func() int64) *State {
	return &State{state: state, session: session, clock: clock}
}

// do calls f with the context of one ordered operation.
func (s *State) do(caller fsstate.Caller, f func(c *fsstate.Context) fsstate.Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return asError(f(s.context(caller)))
}

// look calls f with a context that forbids changes, and again with one that
// does not if it must be.
func (s *State) look(caller fsstate.Caller, f func(c *fsstate.Context) fsstate.Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.context(caller)
	c.ReadOnly = true
	status := f(c)
	if status == fsstate.MustOrder {
		status = f(s.context(caller))
	}
	return asError(status)
}

func (s *State) context(caller fsstate.Caller) *fsstate.Context {
	return &fsstate.Context{Caller: caller, Session: s.session, Now: s.clock()}
}

func asError(status fsstate.Status) error {
	if status == fsstate.OK {
		return nil
	}
	return status
}

// attr is do for the operations that return attributes.
func (s *State) attr(caller fsstate.Caller, f func(c *fsstate.Context) (fsstate.Attr, fsstate.Status)) (attr fsstate.Attr, err error) {
	err = s.do(caller, func(c *fsstate.Context) (status fsstate.Status) {
		attr, status = f(c)
		return status
	})
	return attr, err
}

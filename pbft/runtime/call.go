package runtime

import (
	"fmt"
	"math"
	"slices"

	"bfs/pbft"
	"bfs/pbft/message"
)

// call is one operation of a caller. The client's lock guards it.
type call struct {
	operation []byte
	readOnly  bool
	sent      bool
	done      chan outcome // has room for the one outcome

	// Of its session: whether it was sent more than once in it, session.links
	// when it was first sent, and how many replies said that it was executed.
	resent   bool
	links    int
	executed int
}

type outcome struct {
	result []byte
	err    error
}

func (k *call) finish(result []byte, err error) { k.done <- outcome{result, err} }

// enter queues a call, and sends it if it can be.
func (c *Client) enter(k *call) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		k.finish(nil, fmt.Errorf("%w: %w", ErrNotSent, ErrClosed))
		return
	}
	c.waiting = append(c.waiting, k)
	c.admit()
}

// admit sends what waits, as far as the window has room. The caller holds mu.
func (c *Client) admit() {
	for len(c.waiting) > 0 && c.session.ready && !c.session.ended && c.session.core.Ready() {
		k := c.waiting[0]
		c.waiting[0] = nil
		c.waiting = c.waiting[1:]
		c.session.invoke(k)
	}
}

// leave ends the wait of a caller whose context has ended.
func (c *Client) leave(k *call, reason error) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case o := <-k.done:
		return o.result, o.err
	default:
	}
	if i := slices.Index(c.waiting, k); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
	if !k.sent {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, reason)
	}
	return nil, fmt.Errorf("%w: %w", ErrOutcomeUnknown, reason)
}

// complete ends the call of a request that is answered.
func (s *session) complete(done *pbft.Completion) {
	k := s.calls[done.Timestamp]
	delete(s.calls, done.Timestamp)
	switch done.Status {
	case message.ReplyExecuted:
		s.served = true
		k.finish(done.Result, nil)
	case message.ReplySessionExpired:
		s.expire(k, done.Floor)
	default:
		k.finish(nil, fmt.Errorf("%w: they say that the operation was %v; compare the configurations", ErrMisconfigured, done.Status))
	}
	if s.expired && len(s.calls) == 0 {
		s.client.endSession(s)
	}
}

// expire deals with a call that was not executed because the replicas do not
// know the session: it goes to the session's successor, unless an earlier copy
// of it may have been executed.
func (s *session) expire(k *call, floor uint64) {
	c := s.client
	if !s.expired {
		c.log.Info("session expired; opening another", "session", s.number, "floor", floor)
		if err := c.succeed(s, floor); err != nil {
			k.finish(nil, fmt.Errorf("%w: %w", ErrNotSent, err))
			return
		}
		s.expired = true
	}
	if s.mayHaveRun(k) && !k.readOnly {
		k.finish(nil, fmt.Errorf("%w: the replicas have forgotten the session in which it was sent", ErrOutcomeUnknown))
		return
	}
	k.sent = false
	c.waiting = append([]*call{k}, c.waiting...)
}

// mayHaveRun says whether a call that has now been refused could have been
// executed before, when the session was known. That takes a second copy of it.
// And a correct replica that executes a call says so before it refuses a later
// copy, on the same connection; so if no connection has come or gone meanwhile,
// we have heard it from f+1 replicas.
func (s *session) mayHaveRun(k *call) bool {
	g := s.client.config.Group
	return k.resent && s.served && (k.links != s.links || k.executed > g.size()-g.quorum())
}

// succeed opens the session that follows an expired one.
func (c *Client) succeed(s *session, floor uint64) error {
	if floor == math.MaxUint64 {
		return fmt.Errorf("%w: no session number of client %d is left", ErrMisconfigured, c.config.Principal)
	}
	return c.openSession(max(floor, s.number+1))
}

// abandon ends all the session's calls.
func (s *session) abandon(reason error) {
	for _, k := range s.calls {
		k.finish(nil, fmt.Errorf("%w: %w", ErrOutcomeUnknown, reason))
	}
	clear(s.calls)
}

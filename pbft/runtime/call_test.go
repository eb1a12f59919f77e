package runtime

import (
	"errors"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// An operation that comes back as refused from an expired session is run again
// only if it cannot have run before.
func TestRefusedOperationsRunAgainOnlyIfTheyCannotHaveRun(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change func(*session, *call)
		again  bool
	}{
		{"sent once", func(s *session, k *call) { k.resent, s.links, k.executed = false, 1, 4 }, true},
		{"sent again", func(*session, *call) {}, true},
		{"one replica says it ran", func(_ *session, k *call) { k.executed = 1 }, true},
		{"the session was never known", func(s *session, _ *call) { s.served, s.links = false, 1 }, true},
		{"reads may run twice", func(s *session, k *call) { k.readOnly, s.links = true, 1 }, true},
		{"a reply may have been lost", func(s *session, _ *call) { s.links = 1 }, false},
		{"two replicas say it ran", func(_ *session, k *call) { k.executed = 2 }, false},
	} {
		g := placed(t, false)
		c := &Client{config: g.clientConfig(0)}
		s := &session{client: c, calls: map[message.Timestamp]*call{}, served: true, expired: true}
		k := &call{done: make(chan outcome, 1), sent: true, resent: true}
		other := &call{done: make(chan outcome, 1)} // keeps the session from ending
		s.calls[1], s.calls[2] = k, other
		test.change(s, k)
		s.complete(&pbft.Completion{Timestamp: 1, Status: message.ReplySessionExpired, Floor: 7})
		if again := len(c.waiting) == 1 && c.waiting[0] == k && !k.sent; again != test.again {
			t.Errorf("%s: run again: %t, want %t", test.name, again, test.again)
		}
		if !test.again && !errors.Is((<-k.done).err, ErrOutcomeUnknown) {
			t.Errorf("%s: want ErrOutcomeUnknown", test.name)
		}
	}
}

func TestMisconfiguredReplicasAreNamed(t *testing.T) {
	t.Parallel()
	s := &session{client: &Client{}, calls: map[message.Timestamp]*call{}}
	k := &call{done: make(chan outcome, 1), sent: true}
	s.calls[1] = k
	s.complete(&pbft.Completion{Timestamp: 1, Status: message.ReplyOutOfWindow})
	if err := (<-k.done).err; !errors.Is(err, ErrMisconfigured) {
		t.Errorf("got %v, want ErrMisconfigured", err)
	}
	last := &session{client: &Client{config: ClientConfig{Logger: quiet}, log: quiet}, calls: map[message.Timestamp]*call{}}
	last.expire(k, 1<<64-1)
	if err := (<-k.done).err; !errors.Is(err, ErrMisconfigured) || !errors.Is(err, ErrNotSent) {
		t.Errorf("no session number left: %v", err)
	}
}

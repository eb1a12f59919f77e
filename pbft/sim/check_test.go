package sim

import (
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestFewReplies: with f+1 replies instead of 2f+1, reads that are not ordered
// go back in time (SRDS'21), and the checker sees it, also without liars.
func TestFewReplies(t *testing.T) {
	t.Parallel()
	found := false
	for seed := uint64(0); seed < 400 && !found; seed++ {
		s := Draw(seed, 1)
		s.Replies, s.Faults, s.Disturbances, s.Restarts = s.Params.Weak(), nil, 0, 0
		_, err := Run(New(s, nil))
		if found = err != nil && strings.Contains(err.Error(), "accepted a read"); !found {
			continue
		}
		s.Replies = s.Params.Quorum()
		if _, err := Run(New(s, nil)); err != nil {
			t.Errorf("with 2f+1 replies: %v", err)
		}
	}
	if !found {
		t.Error("clients took f+1 replies for 400 seeds, and the checker saw nothing")
	}
}

// newTestReference is a reference for Registers with few sessions.
func newTestReference() *reference {
	p := pbft.DefaultParams(1)
	p.Sessions, p.ClientWindow = 2, 4
	return newReference(&World{settings: Settings{Params: p}, workload: Registers()})
}

// request is an addition to register 0.
func request(session uint64, timestamp, ack message.Timestamp) *message.Request {
	body := (&registers{}).call(registerInput{action: actionAdd, value: 1}, false, false).body
	q := &message.Request{Client: message.ClientID{Principal: 1, Session: session}, Timestamp: timestamp, Ack: ack, Operation: body}
	q.Seal()
	return q
}

// TestReferenceTable: the last-reply table says of each request in turn whether
// it is carried out.
func TestReferenceTable(t *testing.T) {
	t.Parallel()
	steps := []struct {
		why            string
		session        uint64
		timestamp, ack message.Timestamp
		carried        bool
	}{
		{"the first of a session", 5, 1, 1, true},
		{"the same again", 5, 1, 1, false},
		{"out of order, in the window", 5, 4, 1, true},
		{"beyond the window", 5, 5, 1, false},
		{"in the window that an acknowledgement moves", 5, 5, 2, true},
		{"acknowledged", 5, 1, 1, false},
		{"of an older session that is not known", 4, 1, 1, false},
		{"of a second session", 6, 1, 1, true},
		{"of the first, which is therefore used last", 5, 2, 2, true},
		{"of a third, which replaces the second", 7, 1, 1, true},
		{"of the second, which is forgotten", 6, 2, 1, false},
		{"of the first, which is not", 5, 3, 2, true},
	}
	f := newTestReference()
	for i, s := range steps {
		f.clock++
		before := len(f.carried)
		f.carryOut(request(s.session, s.timestamp, s.ack))
		if carried := len(f.carried) > before; carried != s.carried {
			t.Errorf("step %d, %s: carried out %t, want %t", i, s.why, carried, s.carried)
		}
	}
}

// TestReferenceRefuses: what cannot have been committed is a violation.
func TestReferenceRefuses(t *testing.T) {
	t.Parallel()
	q := request(1, 1, 1)
	b := &message.PrePrepare{Sequence: 1, Time: epochStart, Requests: []*message.Request{q}}
	b.Seal()
	bare := &message.PrePrepare{Sequence: 1, Time: epochStart, Requests: []*message.Request{message.Bare(q.Digest())}}
	bare.Seal()
	key := requestKey{q.Client, 1}
	result := encodeResult(q.Operation, 1)
	tests := []struct {
		name string
		play func(f *reference) error
		want string
	}{
		{"nothing wrong", func(f *reference) error {
			f.saw(b, epochStart)
			return firstOf(f.commit(1, b.Digest(), 1), f.accept(key, result), f.final())
		}, ""},
		{"the null request", func(f *reference) error { return f.commit(1, message.Digest{1}, 0) }, ""},
		{"a request that came by itself", func(f *reference) error {
			f.saw(bare, epochStart)
			f.saw(q, epochStart)
			return f.commit(1, bare.Digest(), 1)
		}, ""},
		{"a batch from nowhere", func(f *reference) error { return f.commit(1, b.Digest(), 1) }, "nobody has proposed"},
		{"a request from nowhere", func(f *reference) error {
			f.saw(bare, epochStart)
			return f.commit(1, bare.Digest(), 1)
		}, "nobody has sent"},
		{"a gap", func(f *reference) error {
			f.saw(b, epochStart)
			return f.commit(2, b.Digest(), 1)
		}, "nobody has executed n=1"},
		{"another result", func(f *reference) error {
			f.saw(b, epochStart)
			return firstOf(f.commit(1, b.Digest(), 1), f.accept(key, encodeResult(q.Operation, 2)))
		}, "what was committed has"},
		{"a result that is lost", func(f *reference) error {
			return firstOf(f.accept(key, result), f.final())
		}, "never committed"},
	}
	for _, test := range tests {
		err := test.play(newTestReference())
		if err == nil != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.name, err, test.want)
		}
	}
}

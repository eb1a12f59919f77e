package sim

import (
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestCertainWrite: a result is certain when f+1 correct replicas have it
// prepared in one view, or one has committed it.
func TestCertainWrite(t *testing.T) {
	t.Parallel()
	q := request(1, 1, 1)
	b := &message.PrePrepare{View: 0, Sequence: 1, Time: epochStart, Requests: []*message.Request{q}}
	b.Seal()
	key := requestKey{q.Client, 1}
	commit := func(view message.View, by message.ReplicaID) message.Message {
		return &message.Commit{View: view, Sequence: 1, Digest: b.Digest(), Replica: by}
	}
	for _, c := range []struct {
		name      string
		says      []message.Message
		impaired  int
		committed bool
		certain   bool
	}{
		{"nothing", nil, -1, false, false},
		{"two in one view", []message.Message{commit(0, 1), commit(0, 2)}, -1, false, true},
		{"one twice", []message.Message{commit(0, 1), commit(0, 1)}, -1, false, false},
		{"two in two views", []message.Message{commit(0, 1), commit(1, 2)}, -1, false, false},
		{"two of which one has lost its memory", []message.Message{commit(0, 1), commit(0, 2)}, 2, false, false},
		{"committed", nil, -1, true, true},
	} {
		s := Draw(1, 1)
		s.Faults = nil
		w := New(s, nil)
		w.check.certain.asks(q)
		w.check.certain.travels(b)
		for _, m := range c.says {
			w.check.certain.says(m)
		}
		if c.impaired >= 0 {
			w.impaired[c.impaired] = &impaired{}
		}
		if c.committed {
			w.check.reference.saw(b, epochStart)
			if err := w.check.reference.commit(1, b.Digest(), 1); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.check.certainWrite(w, key); err == nil != c.certain {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestCertainRead: a read must be of a state that f+1 correct replicas have, and
// that has in it what was accepted before.
func TestCertainRead(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	s.Faults = nil
	w := New(s, nil)
	read := (&registers{}).call(registerInput{}, true, false)
	op := pbft.Operation{Body: read.body}
	value := func(v uint64) []byte { return encodeResult(read.body, v) }
	if err := w.check.certainRead(w, op, value(0), 0); err != nil {
		t.Errorf("the initial state: %v", err)
	}
	q := request(1, 1, 1)
	b := &message.PrePrepare{Sequence: 1, Time: epochStart, Requests: []*message.Request{q}}
	b.Seal()
	w.check.certain.asks(q)
	w.check.reference.saw(b, epochStart)
	if err := w.check.reference.commit(1, b.Digest(), 1); err != nil {
		t.Fatal(err)
	}
	if err := w.check.certainRead(w, op, value(1), 0); err == nil {
		t.Error("a state that no replica has executed is read")
	}
	if err := w.check.certainWrite(w, requestKey{q.Client, 1}); err != nil {
		t.Error(err)
	}
	if err := w.check.certainRead(w, op, value(0), len(w.check.certain.results)); err == nil {
		t.Error("a read is accepted that misses what was accepted before it began")
	}
}

// TestForgedRequests: what a correct client has not asked for must not be
// executed, nor what nobody can have asked for.
func TestForgedRequests(t *testing.T) {
	t.Parallel()
	for _, made := range []bool{true, false} {
		s := Draw(1, 1)
		s.Clients, s.Faults = 2, nil
		w := New(s, nil)
		q := request(1, 1, 1)
		if made {
			w.check.certain.asks(q)
		}
		b := &message.PrePrepare{Sequence: 1, Time: epochStart, Requests: []*message.Request{q}}
		b.Seal()
		w.check.reference.saw(b, epochStart)
		err := w.check.reference.commit(1, b.Digest(), 1)
		if err == nil != made || err != nil && !strings.Contains(err.Error(), "no client has made") {
			t.Errorf("made %t: %v", made, err)
		}
	}
}

// TestDeposed: correct primaries may be replaced a few times once the network
// works, where replicas are patient; faulty ones as often as one likes.
func TestDeposed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		timeout message.Time
		primary int
		fine    bool
	}{{pbft.Second, 1, false}, {100 * pbft.Millisecond, 1, true}, {pbft.Second, 0, true}} {
		s := Draw(1, 1)
		s.Params.ViewTimeout, s.Network.MaxDelay = c.timeout, pbft.Millisecond
		s.Faults = []Planned{{Node: 0, Attacks: []Attack{AttackNamed("silent")}}}
		w := New(s, nil)
		w.phase = phaseCore
		for range mostDeposed + 1 {
			w.check.leaves(w.replicas[2], message.View(c.primary))
		}
		if fine := w.check.violation == nil; fine != c.fine {
			t.Errorf("timeout %d, primary %d: %v", c.timeout, c.primary, w.check.violation)
		}
	}
}

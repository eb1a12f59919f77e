package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// PROTOCOL, Attacks: a primary that delays every request to just under the
// timeout is replaced; one that is merely slow now and then is not.
func TestDelayingPrimaryIsReplaced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		delay    message.Time // in parts of a thousand of the timeout
		every    int          // of so many requests one is delayed
		replaced bool
	}{
		{"just under the timeout", 950, 1, true},
		{"half the timeout", 500, 1, true},
		{"an eighth of the timeout", 125, 1, false},
		{"just under the timeout, one request in ten", 950, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, small())
			delay := c.delay * g.params.ViewTimeout / 1000
			for i := 1; i <= 40; i++ {
				q := g.request(1, message.Timestamp(i), message.Timestamp(i), "op")
				wait := message.Time(0)
				if i%c.every == 0 {
					wait = delay
				}
				g.askAll(q, wait)
			}
			if g.hasEvent("entered view 1") != c.replaced {
				t.Errorf("replaced: %t, want %t", !c.replaced, c.replaced)
			}
		})
	}
}

// askAll gives a request to all replicas, to primary 0 only after a delay.
func (g *group) askAll(q *message.Request, delay message.Time) {
	g.t.Helper()
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return to == 0 && m.Type() == message.TypeRequest
	}
	for i := 1; i < len(g.replicas); i++ {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
	}
	g.deliver()
	const step = 50 * pbft.Millisecond
	for waited := message.Time(0); waited < delay; waited += step {
		g.tick(step)
	}
	g.step(message.ReplicaNode(0), message.ClientNode(q.Client), q)
	g.deliver()
	g.tick(step)
}

// PROTOCOL, Attacks: an equivocating primary. It proposes one batch to replica 2
// and another to the rest, and commits to both; the rest make progress, but what
// replica 2 says tells on it.
func TestEquivocatingPrimaryIsReplaced(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return to == 2 && m.Type() == message.TypePrePrepare && !g.hasEvent("entered view 1")
	}
	q := g.request(1, 1, 1, "op1")
	other := batchOf(0, 1, start+message.Time(pbft.Second), q)
	g.step(message.ReplicaNode(2), message.ReplicaNode(0), other)
	g.ask(q)
	g.tick(0)
	for i := 1; i < 4; i++ {
		if got := g.replicas[i].Report(); got.View != 1 || got.Changing || got.Executed < 1 {
			t.Errorf("replica %d: %+v; want it in view 1, with op1 executed", i, got)
		}
	}
	g.same("op1")
}

// A backup that claims to have been misled, time after time, is believed once.
func TestLyingBackupReplacesOnePrimary(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.lie = func(from message.ReplicaID, m message.Message) message.Message {
		if p, ok := m.(*message.Prepare); ok && from == 3 {
			return &message.Prepare{View: p.View, Sequence: p.Sequence, Digest: message.Digest{1}, Replica: 3}
		}
		return m
	}
	for i := 1; i <= 20; i++ {
		q := g.request(1, message.Timestamp(i), message.Timestamp(i), "op")
		for id := range 4 {
			g.step(message.ReplicaNode(message.ReplicaID(id)), message.ClientNode(q.Client), q)
		}
		g.deliver()
		for range 4 {
			g.tick(pbft.Second / 8)
		}
	}
	for i := range 3 {
		if got := g.replicas[i].Report(); got.View != 1 || got.Executed != 20 {
			t.Errorf("replica %d is in view %d and has executed %d; want 1, since a backup is believed once, and 20", i, got.View, got.Executed)
		}
	}
}

package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// alone makes replica 3 leave view 0 while the others stay in it: it believes
// that two of them have left.
func (g *group) alone() {
	g.t.Helper()
	for _, id := range []message.ReplicaID{1, 2} {
		m := &message.ViewChange{View: 1, Replica: id}
		m.Seal()
		g.step(message.ReplicaNode(3), message.ReplicaNode(id), m)
	}
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool { return m.Type() == message.TypeViewChange }
	g.deliver()
	if got := g.replicas[3].Report(); !got.Changing || got.View != 1 {
		g.t.Fatalf("the scene is not set: replica 3 in view %d, changing %t", got.View, got.Changing)
	}
}

// A replica that has left a view alone learns what the others commit from their
// COMMITs, without asking, and answers with what is committed.
func TestLeavingAloneDoesNotStopLearning(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.alone()
	g.run(1, 1, 12)
	g.same(ops(1, 12)...)
	for _, p := range g.replies {
		if p.Replica == 3 && p.Tentative {
			t.Errorf("replica 3 has left the view, and answers tentatively: %v", p)
		}
	}
}

// A primary that comes back with nothing does not propose in a view in which it
// has proposed before: it might propose another batch for the same number.
func TestPrimaryWithoutMemoryStepsDown(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 6)
	g.services[0] = &ledger{}
	r, err := pbft.NewReplica(pbft.Config{ID: 0, Params: g.params, Service: g.services[0], Now: g.now,
		Sign: func(message.Digest) message.Signature { return message.Signature{1} }})
	if err != nil {
		t.Fatal(err)
	}
	g.replicas[0] = r
	g.lie = func(from message.ReplicaID, m message.Message) message.Message {
		if b, ok := m.(*message.PrePrepare); ok && from == 0 && b.View == 0 && b.Sequence > 6 {
			t.Errorf("proposes n=%d again in view 0", b.Sequence)
		}
		return m
	}
	for range 80 {
		g.tick(pbft.Second / 8)
	}
	q := g.request(1, 7, 7, "op7")
	for range 40 {
		for id := range message.ReplicaID(4) {
			g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
		}
		g.deliver()
		g.tick(pbft.Second / 8)
	}
	g.same(ops(1, 7)...)
	if g.replicas[1].Report().View == 0 {
		t.Error("the others are still in view 0")
	}
}

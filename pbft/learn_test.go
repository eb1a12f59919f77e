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

// One that was cut off as well catches up under load, and then keeps up.
func TestLeavingAloneDoesNotStopCatchingUp(t *testing.T) {
	t.Parallel()
	p := pbft.DefaultParams(1)
	p.CheckpointInterval, p.LogSize = 64, 128
	g := newGroup(t, p)
	g.alone()
	g.drop = func(from, to message.ReplicaID, m message.Message) bool { return from == 3 || to == 3 }
	g.run(1, 1, 1000)
	g.drop = nil
	last := 1000
	for range 100 { // a second, in which the others execute some 2,000 batches
		g.run(1, last+1, 20)
		last += 20
		g.tick(10 * pbft.Millisecond)
	}
	if n := g.count("fetches the state"); n > 2 {
		t.Errorf("fetched the state %d times", n)
	}
	if got := g.replicas[3].Report(); !got.Changing || int(got.Executed) < last-100 {
		t.Errorf("executed %d of %d, changing %t", got.Executed, last, got.Changing)
	}
}

// A replica that was stopped itself blames nobody for the time: what the others
// have done meanwhile waits to be read.
func TestSleeperStaysInItsView(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(from, to message.ReplicaID, _ message.Message) bool { return from == 0 || to == 0 }
	g.ask(g.request(1, 1, 1, "op"))
	b := batchOf(0, 1, g.now, g.request(1, 1, 1, "op"))
	g.step(message.ReplicaNode(3), message.ReplicaNode(0), b)
	g.now += 5 * g.params.ViewTimeout
	g.collect(3, g.replicas[3].Tick(g.now))
	if g.replicas[3].Report().Changing {
		t.Fatal("it has left its view as soon as it woke")
	}
	for range 10 {
		g.now += g.params.ViewTimeout / 8
		g.collect(3, g.replicas[3].Tick(g.now))
	}
	if !g.replicas[3].Report().Changing {
		t.Error("it has not left its view, although it was awake for the whole timeout")
	}
}

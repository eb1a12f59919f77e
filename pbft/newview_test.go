package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// A new primary that lacks a batch it has chosen begins its view also when it
// learns first that the batch is committed, and gets it from those who say so.
func TestNewPrimaryGetsACommittedBatch(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	b := batchOf(0, 1, start, g.request(1, 1, 1, "op1"))
	me := message.ReplicaNode(1)
	for _, i := range []message.ReplicaID{0, 2, 3} {
		m := &message.ViewChange{View: 1, Replica: i, Checkpoints: []message.Entry{{}}, Signature: message.Signature{1}}
		e := []message.Entry{{Sequence: 1, Digest: b.Digest()}}
		m.Prepared, m.PrePrepared = e, e
		m.Seal()
		g.step(me, message.ReplicaNode(i), m)
	}
	for _, i := range []message.ReplicaID{2, 3} {
		g.step(me, message.ReplicaNode(i), &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: i})
	}
	g.step(me, message.ReplicaNode(2), b)
	g.wire = nil
	g.collect(1, g.replicas[1].Tick(g.now+150*pbft.Millisecond))
	if got := g.replicas[1].Report(); got.Executed != 1 || got.Changing || got.View != 1 {
		t.Errorf("%+v; want view 1 begun, and op1 executed", got)
	}
}

package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// A faulty primary helps one backup to commit the last batch, keeps it from
// another, and falls silent; no client sends anything more. The one that lacks
// it has to leave the view together with the one that has it prepared, or these
// wait for each other for ever: it knows of the batch from f+1 vouchers only
// (TOCS'02, section 2.3.5: liveness).
func TestLastBatchOfAQuietSystemReachesEveryone(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 2)
	dead := false
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		switch m.Type() {
		case message.TypePrePrepare, message.TypePrepare:
			return dead && from == 0 || to == 2
		case message.TypeCommit:
			return from == 0 && to != 3 || dead && from == 0
		default:
			return from == 0
		}
	}
	g.ask(g.request(1, 3, 3, "last"))
	dead = true
	if g.replicas[3].Report().Executed != 3 || g.replicas[1].Report().Executed != 2 || g.replicas[2].Report().Executed != 2 {
		t.Fatal("the scene is not set: replica 3 alone was to commit the last batch")
	}
	lost := g.drop
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 0 || to == 0 || m.Type() == message.TypePrePrepare && !g.hasEvent("entered view 1") && lost(from, to, m)
	}
	for range 200 {
		g.tick(50 * pbft.Millisecond)
	}
	for i := 1; i < 4; i++ {
		if got := g.replicas[i].Report().Executed; got != 3 {
			t.Errorf("replica %d has executed %d, want 3", i, got)
		}
	}
}

package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// readOf makes a read-only request; the ledger answers it with what was applied.
func (g *group) readOf(t message.Timestamp) *message.Request {
	q := g.request(1, t, t, "?")
	q.ReadOnly = true
	q.Seal()
	return q
}

// TOCS'02, 5.1.3, and its small print: a reply to a read waits until what was
// executed tentatively is committed, and one that was rolled back must be
// executed again first. Here 2f+1 tentative replies have completed a write; a
// read that begins after it must not be answered from the state before it
// while the view changes.
func TestReadsWaitForWhatWasRolledBack(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool { return m.Type() == message.TypeCommit }
	write := g.request(1, 1, 1, "op1")
	g.ask(write)
	tentative := 0
	for _, p := range g.replies {
		if p.Tentative {
			tentative++
		}
	}
	if tentative != 4 {
		t.Fatalf("%d tentative replies, want 4: the write is complete for its client", tentative)
	}
	g.drop = func(from, _ message.ReplicaID, m message.Message) bool {
		return from == 0 || m.Type() == message.TypeNewView || m.Type() == message.TypeCommit
	}
	for range 20 { // the backups give the primary up, and wait for the next
		g.tick(200 * pbft.Millisecond)
	}
	if !g.hasEvent("rolled back n=1") {
		t.Fatal("the write was not rolled back")
	}
	g.replies = nil
	for i := range g.replicas {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.Node{}, g.readOf(2))
	}
	for _, p := range g.replies {
		if string(p.Result) != "op1" {
			t.Errorf("replica %d answers a read with %q, although the write before it was complete", p.Replica, p.Result)
		}
	}
	g.drop = nil
	for range 60 {
		g.tick(200 * pbft.Millisecond)
	}
	answered := 0
	for _, p := range g.replies {
		if p.ReadOnly && string(p.Result) == "op1" {
			answered++
		}
	}
	if answered < 3 {
		t.Errorf("%d replicas answered the read when the write was executed again, want at least 3", answered)
	}
	g.same("op1")
}

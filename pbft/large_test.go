package pbft_test

import (
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// largeGroup is a group in which operations above 16 bytes are large.
func largeGroup(t *testing.T) (*group, *message.Request) {
	p := small()
	p.LargeRequest = 16
	g := newGroup(t, p)
	return g, g.request(1, 1, 1, "an operation that is large")
}

// TOCS'02, 5.1.5: the primary only names a large request, and a backup that
// has it from the client goes on at once.
func TestLargeRequestsAreNamed(t *testing.T) {
	t.Parallel()
	g, q := largeGroup(t)
	for i := len(g.replicas) - 1; i >= 0; i-- {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
	}
	for _, f := range g.wire {
		m, err := message.Decode(f.frame, g.params.Limits())
		if err != nil {
			t.Fatal(err)
		}
		if b, ok := m.(*message.PrePrepare); ok && b.Complete() || m.Type() == message.TypeRequest {
			t.Errorf("%d sent %d %v: the large request again", f.from, f.to, m)
		}
	}
	g.deliver()
	g.same(string(q.Operation))
}

// A backup that lacks the request puts the proposal off until it is there.
func TestLargeRequestAfterItsPrePrepare(t *testing.T) {
	t.Parallel()
	g, q := largeGroup(t)
	g.ask(q) // the primary alone has it
	g.same()
	for i := 1; i < 4; i++ {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
	}
	g.deliver()
	g.same(string(q.Operation))
}

// A client that gives it to the primary alone delays itself only: the others
// get the whole batch from the primary, as any that they lack.
func TestLargeRequestThatOnlyThePrimaryHas(t *testing.T) {
	t.Parallel()
	g, q := largeGroup(t)
	g.ask(q)
	for range 10 {
		g.tick(150 * pbft.Millisecond)
	}
	g.same(string(q.Operation))
}

// A batch that comes from another than the primary must be whole: its digest
// is right also when its requests are only named.
func TestIncompleteBatchIsNoBody(t *testing.T) {
	t.Parallel()
	g, q := largeGroup(t)
	whole := &message.PrePrepare{Sequence: 1, Time: start, Requests: []*message.Request{q}}
	whole.Seal()
	named := &message.PrePrepare{Sequence: 1, Time: start, Requests: []*message.Request{message.Bare(q.Digest())}}
	named.Seal()
	for _, from := range []message.ReplicaID{2, 3} {
		g.step(message.ReplicaNode(1), message.ReplicaNode(from), &message.Committed{Sequence: 1, Digest: whole.Digest(), Replica: from})
	}
	e := g.step(message.ReplicaNode(1), message.ReplicaNode(2), named)
	if len(e) != 1 || !strings.Contains(e[0].String(), pbft.BadBatch.String()) || len(g.services[1].applied) != 0 {
		t.Fatalf("a batch of names was taken for the batch: %v, applied %q", e, g.services[1].applied)
	}
	g.step(message.ReplicaNode(1), message.ReplicaNode(2), whole)
	if got := g.services[1].applied; len(got) != 1 {
		t.Errorf("applied %q, want the whole batch", got)
	}
}

// A faulty client shows each backup another large request, each with
// authenticators that are right for that backup alone. The primary cannot know
// of any, so nobody may hold it to them (PROTOCOL, Attacks).
func TestLargeRequestsThatOneBackupKnowsOfReplaceNoPrimary(t *testing.T) {
	t.Parallel()
	g, _ := largeGroup(t)
	for i := 1; i <= 12; i++ {
		for id := message.ReplicaID(1); id < 4; id++ {
			q := g.request(uint64(id), message.Timestamp(i), message.Timestamp(i), strings.Repeat("x", 100))
			for j := range q.Auth {
				if j != int(id) {
					q.Auth[j] = message.MAC{}
				}
			}
			for range 2 { // it asks again
				g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
			}
		}
		g.deliver()
		for range 10 {
			g.tick(pbft.Second / 8)
		}
	}
	for i, r := range g.replicas {
		if got := r.Report(); got.View != 0 || got.Changing {
			t.Errorf("replica %d has left view 0", i)
		}
	}
}

// A correct client's large request that the primary does not propose counts
// against it once the client has asked again: f+1 backups vouch for it.
func TestIgnoredLargeRequestReplacesThePrimary(t *testing.T) {
	t.Parallel()
	g, _ := largeGroup(t)
	g.drop = func(from, to message.ReplicaID, m message.Message) bool { return from == 0 || to == 0 }
	q := g.request(1, 1, 1, strings.Repeat("x", 100))
	for range 2 {
		for id := message.ReplicaID(1); id < 4; id++ {
			g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
		}
		g.deliver()
	}
	for range 200 {
		g.tick(pbft.Second / 8)
	}
	for i := 1; i < 4; i++ {
		if got := g.replicas[i].Report(); got.Executed != 1 {
			t.Errorf("replica %d has executed %d, want 1", i, got.Executed)
		}
	}
}

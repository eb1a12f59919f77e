package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// rightFor makes a request's authenticator wrong for all but some replicas.
func rightFor(q *message.Request, right ...message.ReplicaID) *message.Request {
	for i := range q.Auth {
		q.Auth[i] = message.MAC{}
	}
	for _, i := range right {
		q.Auth[i] = message.MAC{1}
	}
	return q
}

// A faulty client shows each backup another request as authentic, and faulty
// replica 3 says to each that it has found it so, too, but not to the primary,
// which cannot know better (PROTOCOL, Attacks).
func TestClientAndReplicaTogetherReplaceNoPrimary(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	for i := 1; i <= 20; i++ {
		for id := message.ReplicaID(1); id < 3; id++ {
			q := rightFor(g.request(uint64(id), message.Timestamp(i), message.Timestamp(i), "junk"), id)
			g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
			g.step(message.ReplicaNode(id), message.ReplicaNode(3), q)
		}
		g.ask(g.requestOf(8, message.Timestamp(i), "op"))
		for range 4 {
			g.tick(pbft.Second / 8)
		}
	}
	for i := range 3 {
		if got := g.replicas[i].Report(); got.View != 0 || got.Changing {
			t.Errorf("replica %d: view %d changing %t, executed %d", i, got.View, got.Changing, got.Executed)
		}
	}
}

// requestOf makes an authentic request of a principal.
func (g *group) requestOf(principal uint32, ts message.Timestamp, op string) *message.Request {
	q := g.request(1, ts, ts, op)
	q.Client.Principal = principal
	q.Seal()
	return q
}

// Faulty clients fill the queues of the backups with requests that nobody else
// finds authentic. The primary ignores an honest client.
func TestJunkDoesNotHideAnIgnoredRequest(t *testing.T) {
	t.Parallel()
	p := small()
	p.MaxQueued = 64
	g := newGroup(t, p)
	for k := range 128 {
		for id := message.ReplicaID(1); id < 4; id++ {
			q := g.request(uint64(k*4)+uint64(id), 1, 1, "junk")
			q.Client.Principal = uint32(100 + k%8)
			q.Seal()
			rightFor(q, id)
			g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
		}
	}
	g.deliver()
	g.drop = without(0)
	q := g.request(1, 1, 1, "op")
	for range 100 {
		for id := message.ReplicaID(1); id < 4; id++ {
			g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
		}
		g.deliver()
		g.tick(pbft.Second / 8)
	}
	for i := 1; i < 4; i++ {
		got := g.replicas[i].Report()
		if len(g.services[i].applied) == 0 {
			t.Errorf("replica %d: view %d, changing %t, queued %d, executed %d", i, got.View, got.Changing, got.Queued, got.Executed)
		}
	}
}

// A lying primary makes all backups suspect an honest client. What the client
// asks the next primary is executed without its asking again.
func TestSuspectCostsOneHop(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	q := rightFor(g.request(1, 1, 1, "op1"), 0)
	for id := message.ReplicaID(1); id < 4; id++ {
		g.step(message.ReplicaNode(id), message.ReplicaNode(0), batchOf(0, 1, start, q))
	}
	for id := message.ReplicaID(1); id < 4; id++ { // all leave view 0
		for o := message.ReplicaID(1); o < 4; o++ {
			if o != id {
				g.step(message.ReplicaNode(id), message.ReplicaNode(o), change(o, 1))
			}
		}
	}
	g.deliver()
	if !g.hasEvent("entered view 1") {
		t.Fatal("not in view 1")
	}
	op := g.request(2, 1, 1, "op2")
	g.step(message.ReplicaNode(1), message.ClientNode(op.Client), op)
	g.deliver()
	g.same("op2")
}

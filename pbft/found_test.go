package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

func batchOf(v message.View, n message.Sequence, at message.Time, q ...*message.Request) *message.PrePrepare {
	b := &message.PrePrepare{View: v, Sequence: n, Time: at, Requests: q}
	b.Seal()
	return b
}

// onCommitted drops the batch of a slot whose prepared flag stays set; when the
// slot before it commits, executeReady executes the missing batch: nil
// dereference. Replica 3 has n=2 prepared in view 0; the others have changed to
// view 1 without it and committed another batch at n=2.
func TestPreparedSlotLosesItsBatch(t *testing.T) {
	g := newGroup(t, small())
	me := message.ReplicaNode(3)
	one, mine, theirs := batchOf(0, 1, start, g.request(1, 1, 1, "op1")), batchOf(0, 2, start+1, g.request(1, 2, 1, "op2")), batchOf(1, 2, start+2)
	g.step(me, message.ReplicaNode(0), mine)
	for _, i := range []message.ReplicaID{1, 2} {
		g.step(me, message.ReplicaNode(i), &message.Prepare{Sequence: 2, Digest: mine.Digest(), Replica: i})
	}
	for _, i := range []message.ReplicaID{1, 2} {
		g.step(me, message.ReplicaNode(i), &message.Committed{Sequence: 2, Digest: theirs.Digest(), Replica: i})
		g.step(me, message.ReplicaNode(i), &message.Committed{Sequence: 1, Digest: one.Digest(), Replica: i})
	}
	g.step(me, message.ReplicaNode(1), one)
	g.step(me, message.ReplicaNode(1), theirs)
	if g.replicas[3].Report().Executed != 2 {
		t.Error("not executed")
	}
}

// A replica answers reads after it has rolled back what it has already
// answered tentatively. Replica 0 is faulty. A write is prepared at 1 and 2;
// with 0 they give the client 2f+1 tentative replies, so the write is
// complete. Then 1 leaves the view (the write will be proposed again at the
// same number), rolls back, and answers a read from the state before the write;
// so does 3, which was left out, and 0 joins in: 2f+1 equal stale answers.
func TestReadAfterRollback(t *testing.T) {
	g := newGroup(t, small())
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 3 || to == 3 || m.Type() == message.TypeCommit
	}
	g.ask(g.request(1, 1, 1, "write"))
	tentative := 0
	for _, p := range g.replies {
		if p.Tentative && p.Replica != 3 {
			tentative++
		}
	}
	if tentative != 3 {
		t.Fatalf("%d tentative replies", tentative)
	}
	g.drop = without(0, 1, 2, 3)
	g.tick(2 * pbft.Second) // 1 and 2 leave the view, each alone
	q := g.request(2, 1, 1, "?")
	q.ReadOnly = true
	q.Seal()
	g.replies = nil
	for i := range message.ReplicaID(4) {
		g.step(message.ReplicaNode(i), message.ClientNode(q.Client), q)
	}
	for _, p := range g.replies {
		if p.Replica == 1 && string(p.Result) != "write" {
			t.Errorf("replica 1, which has answered the write, answers a read with %q while it changes views", p.Result)
		}
	}
}

// The same after the new view has begun but before n is executed in it again
// belongs to the fix: reads wait until executed reaches the highest number that
// was answered tentatively.

// PROTOCOL: a read needs 2f+1 replies of the same result and the same state
// position. The client ignores Position. With one liar (3) and a register that
// goes v@5, u@7, v@10, three reads one after another give u (1@7 2@7), v (0@5
// 2@10), u (0@7 1@7): not linearizable, since u is true only from 7 to 9.
func TestReadsMatchPosition(t *testing.T) {
	c := newClient()
	if _, _, err := c.Invoke(start, []byte("?"), true); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i, at := range map[message.ReplicaID]message.Sequence{0: 5, 2: 10, 3: 10} {
		p := reply(i, 1, "v")
		p.ReadOnly, p.Position = true, at
		n += len(answer(c, p))
	}
	if n != 0 {
		t.Error("a read was accepted from replies at different positions")
	}
}

// A faulty client sends one request that is authentic for backup 1 only, and
// one that is authentic for backup 2 only. Each starts its own timer for it and
// relays it to the primary alone, who counts one voucher each: f+1 backups leave
// the view of a correct primary. (Again in every view, at 2 requests a time.)
func TestPartlyAuthenticRequestsForceAViewChange(t *testing.T) {
	g := newGroup(t, small())
	for _, i := range []message.ReplicaID{1, 2} {
		q := g.request(uint64(i), 1, 1, "op")
		for k := range q.Auth {
			if message.ReplicaID(k) != i {
				q.Auth[k] = message.MAC{}
			}
		}
		g.step(message.ReplicaNode(i), message.ClientNode(q.Client), q)
	}
	g.deliver()
	for range 20 {
		g.tick(150 * pbft.Millisecond)
	}
	if v := g.replicas[0].Report().View; v != 0 {
		t.Errorf("a client with partly valid authenticators has forced view %d", v)
	}
}

// A client sends t=2, which acknowledges t=1, to the primary and t=1 to the
// backups only: the primary, where t=2 is executed (tentatively), refuses t=1
// as acknowledged; the backups keep it waiting for ever and change views.
func TestAcknowledgedRequestWaitsForEver(t *testing.T) {
	g := newGroup(t, small())
	g.ask(g.request(1, 1, 1, "op1"))
	late := g.request(1, 2, 1, "late")
	for i := message.ReplicaID(1); i < 4; i++ {
		g.step(message.ReplicaNode(i), message.ClientNode(late.Client), late)
	}
	g.wire = nil // the relayed copies are late
	g.ask(g.request(1, 3, 3, "op3"))
	for range 20 {
		g.tick(150 * pbft.Millisecond)
	}
	if v := g.replicas[1].Report().View; v != 0 || g.replicas[1].Report().Queued != 0 {
		t.Errorf("view %d, %d queued at a backup, want the request forgotten once a later one acknowledges it", v, g.replicas[1].Report().Queued)
	}
}

// A reply for a batch that is executed once it is committed, never tentatively
// (here by COMMITTED statements), says tentative=true: commit() executes before
// it raises r.executed, and reply() goes by r.executed. Replies of such replicas
// then do not match those of another view, and clients wait for a retransmission.
func TestCommittedExecutionRepliesTentatively(t *testing.T) {
	g := newGroup(t, small())
	b := batchOf(0, 1, start, g.request(1, 1, 1, "op"))
	for _, i := range []message.ReplicaID{2, 3} {
		g.step(message.ReplicaNode(1), message.ReplicaNode(i), &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: i})
	}
	g.step(message.ReplicaNode(1), message.ReplicaNode(2), b)
	if len(g.replies) != 1 || g.replies[0].Tentative {
		t.Errorf("replies %v, want one that is committed", g.replies)
	}
}

// A batch that only names a large request has the digest of the whole batch.
// Relayed by a liar it is adopted (or supplied to a new view) and executed with
// an empty request in its place: the replica diverges. onBody must refuse or
// fill it.
func TestBareBatchIsAdopted(t *testing.T) {
	g := newGroup(t, small())
	q := g.request(1, 1, 1, "op")
	b := batchOf(0, 1, start, q)
	bare := batchOf(0, 1, start, message.Bare(q.Digest()))
	if b.Digest() != bare.Digest() {
		t.Fatal("digests differ")
	}
	for _, i := range []message.ReplicaID{2, 3} {
		g.step(message.ReplicaNode(1), message.ReplicaNode(i), &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: i})
	}
	g.step(message.ReplicaNode(1), message.ReplicaNode(2), bare)
	g.step(message.ReplicaNode(1), message.ReplicaNode(3), b)
	if got := g.services[1].applied; len(got) != 1 || got[0] != "op" {
		t.Errorf("applied %q, want [op]", got)
	}
}

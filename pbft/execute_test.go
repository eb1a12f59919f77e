package pbft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Execution, replies and reads (TOCS'02, sections 2.3.3 and 5.1).

// prepare makes a batch prepared at backup i: the primary's pre-prepare, and
// the prepares of the other backups.
func (g *group) prepare(i message.ReplicaID, b *message.PrePrepare) {
	me, primary := message.ReplicaNode(i), g.params.Primary(b.View)
	g.step(me, message.ReplicaNode(primary), b)
	for k := range message.ReplicaID(4) {
		if k != i && k != primary {
			g.step(me, message.ReplicaNode(k), &message.Prepare{View: b.View, Sequence: b.Sequence, Digest: b.Digest(), Replica: k})
		}
	}
}

// commit makes a batch that is prepared at replica i committed there.
func (g *group) commit(i message.ReplicaID, b *message.PrePrepare) {
	for k := range message.ReplicaID(4) {
		if k != i {
			g.step(message.ReplicaNode(i), message.ReplicaNode(k), &message.Commit{View: b.View, Sequence: b.Sequence, Digest: b.Digest(), Replica: k})
		}
	}
}

// A null request executes nothing, answers nobody, and consumes its number.
func TestNullRequest(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	null, next := batch(0, 1, 0), batch(0, 2, start, g.request(1, 1, 1, "op"))
	for _, b := range []*message.PrePrepare{null, next} {
		g.prepare(1, b)
		g.commit(1, b)
	}
	if r := g.replicas[1].Report(); r.Executed != 2 || r.Batches != 2 || r.Requests != 1 {
		t.Errorf("executed=%d, %d batches with %d requests; want 2, 2 and 1", r.Executed, r.Batches, r.Requests)
	}
	if len(g.services[1].applied) != 1 || len(g.replies) != 1 || g.replies[0].Position != 2 {
		t.Errorf("applied %q, replies %v", g.services[1].applied, g.replies)
	}
}

// 5.1.2: a batch is executed tentatively only when all before it are committed.
func TestTentativeExecution(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	one := batch(0, 1, start, g.request(1, 1, 1, "op1"))
	two := batch(0, 2, start+1, g.request(1, 2, 1, "op2"))
	applied := func(when string, want ...string) {
		t.Helper()
		if !slices.Equal(g.services[1].applied, want) {
			t.Errorf("%s: applied %q, want %q", when, g.services[1].applied, want)
		}
	}
	g.prepare(1, two)
	applied("2 prepared, 1 unknown")
	g.prepare(1, one)
	applied("both prepared", "op1")
	if g.replicas[1].Report().Executed != 0 || len(g.replies) != 1 || !g.replies[0].Tentative {
		t.Errorf("before the commit: executed=%d, replies %v", g.replicas[1].Report().Executed, g.replies)
	}
	g.commit(1, one)
	applied("1 committed", "op1", "op2")
	if g.replicas[1].Report().Executed != 1 || len(g.replies) != 2 || g.replies[1].Position != 2 {
		t.Errorf("after the commit: executed=%d, replies %v", g.replicas[1].Report().Executed, g.replies)
	}
}

// A reply that is asked for again says what has become of it since.
func TestRepliesBecomeCommitted(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	q := g.request(1, 1, 1, "op1")
	b := batch(0, 1, start, q)
	g.prepare(1, b)
	ask := func() *message.Reply {
		g.step(message.ReplicaNode(1), message.ClientNode(q.Client), q)
		return g.replies[len(g.replies)-1]
	}
	if p := ask(); !p.Tentative || string(p.Result) != "1:op1" {
		t.Errorf("prepared: %v", p)
	}
	g.commit(1, b)
	if p := ask(); p.Tentative || string(p.Result) != "1:op1" {
		t.Errorf("committed: %v", p)
	}
	if len(g.services[1].applied) != 1 {
		t.Error("it was executed again")
	}
}

// A rollback takes back the state, the session and the cached reply.
func TestRollback(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	one, q := batch(0, 1, start, g.request(1, 1, 1, "op1")), g.request(2, 1, 1, "op2")
	two := batch(0, 2, start+1, q)
	g.prepare(1, one)
	g.commit(1, one)
	g.prepare(1, two)
	if g.replicas[1].Report().Clients != 2 {
		t.Fatal("the second session is not open")
	}
	for _, i := range []message.ReplicaID{2, 3} {
		g.step(message.ReplicaNode(1), message.ReplicaNode(i), change(i, 1))
	}
	if got := g.services[1].applied; !slices.Equal(got, []string{"op1"}) || !g.hasEvent("1 rolled back n=2") {
		t.Errorf("applied %q after leaving the view, want op1 alone", got)
	}
	if n := g.replicas[1].Report().Clients; n != 1 {
		t.Errorf("%d sessions after the rollback, want 1", n)
	}
	g.replies = nil
	g.step(message.ReplicaNode(1), message.ClientNode(q.Client), q)
	if len(g.replies) != 0 {
		t.Errorf("what was rolled back was answered from the cache: %v", g.replies)
	}
}

// A CHECKPOINT is of committed state, never of tentative.
func TestCheckpointOfCommittedState(t *testing.T) {
	t.Parallel()
	p := small()
	p.CheckpointInterval, p.LogSize = 1, 4
	g := newGroup(t, p)
	sent := keep[*message.Checkpoint](g)
	b := batch(0, 1, start, g.request(1, 1, 1, "op1"))
	g.prepare(1, b)
	if len(g.replies) != 1 || len(*sent) != 0 {
		t.Fatalf("tentatively: %d replies, %d checkpoints; want 1 and 0", len(g.replies), len(*sent))
	}
	g.commit(1, b)
	if len(*sent) != 3 {
		t.Errorf("%d CHECKPOINTs after the commit, want one for each other replica", len(*sent))
	}
}

// The digest of a checkpoint covers the last-reply table, the ordered time and
// the number, not only the service's state.
func TestCheckpointDigestCoversSessions(t *testing.T) {
	t.Parallel()
	digests := make(map[message.Digest]string)
	for name, b := range map[string]*message.PrePrepare{
		"plain":           batch(0, 1, start, newGroup(t, small()).request(1, 1, 1, "op")),
		"another session": batch(0, 1, start, newGroup(t, small()).request(2, 1, 1, "op")),
		"another t":       batch(0, 1, start, newGroup(t, small()).request(1, 2, 1, "op")),
		"another ack":     batch(0, 1, start, newGroup(t, small()).request(1, 2, 2, "op")),
		"another time":    batch(0, 1, start+1, newGroup(t, small()).request(1, 1, 1, "op")),
	} {
		p := small()
		p.CheckpointInterval, p.LogSize = 1, 4
		g := newGroup(t, p)
		sent := keep[*message.Checkpoint](g)
		g.prepare(1, b)
		g.commit(1, b)
		d := (*sent)[0].Digest
		if other, ok := digests[d]; ok {
			t.Errorf("%q and %q have one digest", name, other)
		}
		digests[d] = name
	}
}

// 5.1.3: a read is answered from committed state: it waits for what has been
// executed tentatively.
func TestReadsWaitForTheCommit(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	b := batch(0, 1, start, g.request(1, 1, 1, "op1"))
	g.prepare(1, b)
	g.replies = nil
	g.read(1, "?")
	if len(g.replies) != 0 {
		t.Fatalf("answered before the commit: %v", g.replies)
	}
	g.commit(1, b)
	if len(g.replies) != 1 || !g.replies[0].ReadOnly || g.replies[0].Tentative || g.replies[0].Position != 1 || string(g.replies[0].Result) != "op1" {
		t.Errorf("after the commit: %v", g.replies)
	}
}

// read gives replica i a read-only request.
func (g *group) read(i message.ReplicaID, op string) []pbft.Event {
	q := g.request(9, 1, 1, op)
	q.ReadOnly = true
	q.Seal()
	return g.step(message.ReplicaNode(i), message.ClientNode(q.Client), q)
}

// The replica decides what may be answered without being ordered; so nobody
// changes the state this way, and nobody unknown reads it.
func TestReadsAreChecked(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	if e := fmt.Sprint(g.read(1, "write")); !strings.Contains(e, pbft.NotReadOnly.String()) {
		t.Errorf("a write that says that it only reads: %v", e)
	}
	q := g.request(9, 1, 1, "?")
	q.ReadOnly, q.Auth[1] = true, message.MAC{}
	q.Seal()
	if e := fmt.Sprint(g.step(message.ReplicaNode(1), message.ClientNode(q.Client), q)); !strings.Contains(e, pbft.Unauthentic.String()) {
		t.Errorf("a read that is not authentic: %v", e)
	}
	if len(g.replies) != 0 || len(g.services[1].applied) != 0 {
		t.Errorf("replies %v, applied %q", g.replies, g.services[1].applied)
	}
}

// The reads that wait are bounded.
func TestWaitingReadsAreBounded(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.prepare(1, batch(0, 1, start, g.request(1, 1, 1, "op1")))
	refused := 0
	for range 2000 {
		if len(g.read(1, "?")) > 0 {
			refused++
		}
	}
	if refused == 0 || refused > 1500 {
		t.Errorf("%d of 2000 reads refused while a batch is tentative", refused)
	}
}

// 5.1.1: of a large result only the replier sends all; the repliers take turns.
func TestDigestReplies(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	c := newCaller(g, 1)
	big := strings.Repeat("x", 1000)
	repliers := make(map[message.ReplicaID]bool)
	for i := range 8 {
		g.replies = nil
		c.seen = 0
		c.invoke(big, false)
		full := 0
		for _, p := range g.replies {
			if p.Full {
				full++
				repliers[p.Replica] = true
			}
		}
		if len(g.replies) != 4 || full != 1 || len(c.done) != i+1 {
			t.Fatalf("%d replies, %d of them full, %d operations done", len(g.replies), full, len(c.done))
		}
	}
	if len(repliers) != 4 {
		t.Errorf("%d replicas were asked for full results, want all in turn", len(repliers))
	}
}

// A client whose replier is silent asks again, and gets the result.
func TestSilentReplier(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	c := newCaller(g, 1)
	g.drop = without(1)
	c.reach = func(to message.ReplicaID) bool { return to != 1 } // t=1 names replica 1
	big := strings.Repeat("x", 1000)
	c.invoke(big, false)
	if len(c.done) != 0 {
		t.Fatal("completed by digests alone")
	}
	c.wait(200 * pbft.Millisecond)
	c.want("1:" + big)
	if len(g.services[0].applied) != 1 {
		t.Error("it was executed again")
	}
}

// 5.1.3: a read that does not get 2f+1 equal answers is ordered like a write.
func TestReadFallsBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		reach   func(message.ReplicaID) bool
		op      string
		ordered bool
	}{
		{"all answer", nil, "?", false},
		{"2f+1 answer", func(i message.ReplicaID) bool { return i != 2 }, "?", false},
		{"f+1 answer", func(i message.ReplicaID) bool { return i < 2 }, "?", true},
		{"not read-only", nil, "write", true},
	} {
		g := newGroup(t, small())
		cl := newCaller(g, 1)
		cl.reach = c.reach
		cl.invoke(c.op, true)
		cl.reach = nil
		for range 4 {
			cl.wait(200 * pbft.Millisecond)
		}
		if len(cl.done) != 1 || (len(g.services[0].applied) == 1) != c.ordered {
			t.Errorf("%s: %d done, applied %q, want it ordered: %t", c.name, len(cl.done), g.services[0].applied, c.ordered)
		}
	}
}

// Answers that differ are not counted together.
func TestReadNeedsEqualAnswers(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = without(3)
	g.run(2, 1, 1)
	c := newCaller(g, 3)
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool { return m.Type() == message.TypePrePrepare }
	c.reach = func(i message.ReplicaID) bool { return i != 0 } // 1 and 2 say op1, 3 says nothing was written
	c.invoke("?", true)
	if len(c.done) != 0 {
		t.Fatal("two equal answers of three were enough")
	}
	c.reach, g.drop = nil, nil
	for range 6 {
		c.wait(200 * pbft.Millisecond)
	}
	if len(c.done) != 1 || string(c.done[0].Result) != "2:?" {
		t.Errorf("done %v, want the read ordered", c.done)
	}
}

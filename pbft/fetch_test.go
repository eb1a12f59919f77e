package pbft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Missing bodies in a new view (TOCS'02, section 2.3.5) and state transfer
// (5.3.2).

// rounds lets time pass in steps of an interval.
func (g *group) rounds(n int) {
	g.t.Helper()
	for range n {
		g.tick(g.params.StatusInterval)
	}
}

// count is how many events have a part.
func (g *group) count(part string) int {
	n := 0
	for _, e := range g.events {
		if strings.Contains(e, part) {
			n++
		}
	}
	return n
}

// A new primary that lacks a batch which was chosen fetches it before it begins
// its view; a backup that lacks it does so afterwards.
func TestMissingBodiesAreFetched(t *testing.T) {
	t.Parallel()
	for _, lacking := range []message.ReplicaID{1, 3} {
		g := newGroup(t, small())
		c := newCaller(g, 1)
		g.drop = func(from, to message.ReplicaID, m message.Message) bool {
			return to == lacking || from == lacking || m.Type() == message.TypeCommit
		}
		c.invoke("op1", false) // prepared at the other three
		gone := without(0)
		g.drop = func(from, to message.ReplicaID, m message.Message) bool {
			view0 := g.replicas[from].Report().View == 0
			return gone(from, to, m) || view0 && (m.Type() == message.TypeCommit || m.Type() == message.TypePrePrepare)
		}
		fetched := keep[*message.Fetch](g)
		c.reach = func(to message.ReplicaID) bool { return to != 0 && to != lacking }
		for range 40 {
			c.wait(100 * pbft.Millisecond)
		}
		c.want("1:op1")
		if len(*fetched) == 0 || (*fetched)[0].Replica != lacking {
			t.Errorf("replica %d lacks the batch; fetches: %v", lacking, *fetched)
		}
		for i, s := range g.services[1:] {
			if !slices.Equal(s.applied, []string{"op1"}) {
				t.Errorf("replica %d has applied %q", i+1, s.applied)
			}
		}
	}
}

// A body of another digest than the one chosen is not taken.
func TestWrongBodiesAreRefused(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	right, wrong := batch(0, 1, start, g.request(1, 1, 1, "right")), batch(0, 1, start, g.request(1, 1, 1, "wrong"))
	m := newView(1)
	for i, c := range m.Changes {
		p := *c
		p.Prepared = []message.Entry{{Sequence: 1, Digest: right.Digest()}}
		p.PrePrepared = p.Prepared
		m.Changes[i] = &p
	}
	me := message.ReplicaNode(3)
	g.step(me, message.ReplicaNode(1), m)
	if e := g.step(me, message.ReplicaNode(2), wrong); len(e) == 0 || len(g.replies) != 0 {
		t.Error("a batch that was not chosen was taken")
	}
	if e := g.step(me, message.ReplicaNode(1), batch(1, 1, start, wrong.Requests...)); len(e) == 0 {
		t.Error("the new primary proposed another batch than the one chosen, and was heard")
	}
	g.wire = nil
	g.step(me, message.ReplicaNode(2), right)
	if len(g.wire) != 3 || !strings.Contains(fmt.Sprint(message.Decode(g.wire[0].frame, g.params.Limits())), "PREPARE v=1 n=1") {
		t.Errorf("%d messages after the right batch came, want a PREPARE to all", len(g.wire))
	}
}

// Requests run exactly once, and are answered, over several view changes.
func TestExactlyOnceAcrossViews(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	c := newCaller(g, 1)
	var want []string
	for v := range message.ReplicaID(4) {
		// The view's primary goes silent after its proposal has prepared.
		g.drop = func(from, _ message.ReplicaID, m message.Message) bool {
			return from == v && m.Type() == message.TypeCommit
		}
		op := fmt.Sprint("op", v)
		c.invoke(op, false)
		g.drop = without(v)
		c.reach = func(to message.ReplicaID) bool { return to != v }
		c.invoke("more"+op, false)
		for range 60 {
			c.wait(100 * pbft.Millisecond)
		}
		g.drop, c.reach = nil, nil
		for range 20 {
			c.wait(100 * pbft.Millisecond)
		}
		want = append(want, op, "more"+op)
	}
	if len(c.done) != 8 {
		t.Fatalf("%d operations are done, want 8", len(c.done))
	}
	for i, s := range g.services {
		got := slices.Sorted(slices.Values(s.applied))
		if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("replica %d has applied %q, want each of %q once", i, s.applied, want)
		}
	}
}

// behind is a group whose replica 3 has missed n operations.
func behind(t *testing.T, n int) *group {
	g := newGroup(t, small())
	g.drop = without(3)
	g.run(1, 1, n)
	g.drop = nil
	return g
}

// A replica that is behind the others' logs fetches the state, from several
// of them, and goes on.
func TestStateTransfer(t *testing.T) {
	t.Parallel()
	g := behind(t, 100)
	pages := keep[*message.StatePage](g)
	g.rounds(30)
	if !g.hasEvent("3 has fetched the state at n=100") {
		t.Fatalf("no transfer: %v", g.replicas[3].Report())
	}
	g.same(ops(1, 100)...)
	from := make(map[message.ReplicaID]bool)
	for _, p := range *pages {
		from[p.Replica] = true
	}
	if len(from) < 2 {
		t.Errorf("pages came from %v, want several replicas", from)
	}
	g.run(1, 101, 8)
	g.same(ops(1, 108)...)
	if r := g.replicas[3].Report(); r.Stable != 108 || r.Behind {
		t.Errorf("afterwards stable=%d behind=%t", r.Stable, r.Behind)
	}
}

// What the replica has in common with the others is not fetched.
func TestStateTransferMovesWhatDiffers(t *testing.T) {
	t.Parallel()
	count := func(first int) int {
		g := newGroup(t, small())
		g.run(1, 1, first)
		g.drop = without(3)
		g.run(1, first+1, 20)
		g.drop = nil
		pages := keep[*message.StatePage](g)
		g.rounds(30)
		g.same(ops(1, first+20)...)
		return len(*pages)
	}
	if few, many := count(4), count(400); many > 2*few {
		t.Errorf("20 missed operations took %d pages in a small state and %d in a large one", few, many)
	}
}

// Every page is checked: a liar's is refused, and asked of another.
func TestLyingPages(t *testing.T) {
	t.Parallel()
	g := behind(t, 100)
	lies := 0
	g.lie = func(from message.ReplicaID, m message.Message) message.Message {
		p, ok := m.(*message.StatePage)
		if !ok || from != 1 || len(p.Data) == 0 {
			return m
		}
		lies++
		lie := *p
		lie.Data = slices.Clone(p.Data)
		lie.Data[len(lie.Data)/2] ^= 1
		return &lie
	}
	g.rounds(30)
	if lies == 0 || g.count(pbft.BadPage.String()) != lies {
		t.Errorf("%d false pages, %d refused", lies, g.count(pbft.BadPage.String()))
	}
	g.same(ops(1, 100)...)
}

// A checkpoint that one replica alone claims is never fetched.
func TestGoalNeedsWeakCertificate(t *testing.T) {
	t.Parallel()
	g := behind(t, 8)
	me := message.ReplicaNode(3)
	g.step(me, message.ReplicaNode(1), &message.Checkpoint{Sequence: 4000, Digest: message.Digest{1}, Replica: 1})
	g.rounds(30)
	if g.hasEvent("fetches the state at n=4000") {
		t.Error("it believed one replica")
	}
	g.same(ops(1, 8)...)
}

// The others collect garbage while the state is fetched: the target moves on,
// and what was fetched serves.
func TestTransferFollowsTheOthers(t *testing.T) {
	t.Parallel()
	g := behind(t, 200)
	supplied := 0
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		if m.Type() == message.TypeStatePage {
			supplied++
		}
		return m.Type() == message.TypeStatePage && supplied > 6
	}
	g.rounds(12)
	if !g.hasEvent("3 fetches the state at n=200") {
		t.Fatal("no transfer has begun")
	}
	lost := g.drop
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 3 || to == 3 || lost(from, to, m)
	}
	g.run(1, 201, 40)
	g.drop = nil
	g.rounds(30)
	if !g.hasEvent("3 has fetched the state at n=240") {
		t.Error("it did not aim at the later checkpoint")
	}
	g.same(ops(1, 240)...)
}

// A replica whose state has silently changed finds out at the next checkpoint,
// fetches the right one and goes on.
func TestDivergenceIsRepaired(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 20)
	g.services[2].applied = slices.Clone(g.services[2].applied)
	g.services[2].applied[3] = "flipped"
	g.run(1, 21, 4)
	if !g.replicas[2].Report().Diverged {
		t.Fatal("not noticed")
	}
	g.rounds(10)
	if g.replicas[2].Report().Diverged {
		t.Fatal("not repaired")
	}
	g.run(1, 25, 3)
	g.same(ops(1, 27)...)
}

// A transfer finishes while views change.
func TestTransferDuringAViewChange(t *testing.T) {
	t.Parallel()
	p := small()
	p.Faults = 2
	g := newGroup(t, p)
	g.drop = without(3)
	g.run(1, 1, 100)
	c := newCaller(g, 2)
	c.reach = func(to message.ReplicaID) bool { return to != 0 }
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 0 || to == 0 || m.Type() == message.TypeStatePage && g.replicas[1].Report().View == 0
	}
	c.invoke("after", false)
	for range 40 {
		c.wait(150 * pbft.Millisecond)
	}
	if !g.hasEvent("3 has fetched the state at n=100") || len(c.done) != 1 {
		t.Fatalf("fetched %t, %d operations done", g.hasEvent("3 has fetched"), len(c.done))
	}
	if got := g.services[3].applied; len(got) != 101 || got[100] != "after" {
		t.Errorf("replica 3 has applied %d operations, want 101", len(got))
	}
}

// What was queued and is executed in the state that was fetched is forgotten:
// no timer runs for it.
func TestQueueIsPrunedAfterTransfer(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	late := g.request(1, 1, 1, "op1")
	g.step(message.ReplicaNode(3), message.ClientNode(late.Client), late)
	g.wire = nil
	g.drop = without(3)
	g.run(1, 1, 40)
	g.drop = nil
	g.rounds(5)
	if r := g.replicas[3].Report(); r.Queued != 0 || r.Executed != 40 {
		t.Errorf("executed=%d, %d queued; want 40 and 0", r.Executed, r.Queued)
	}
}

// A service's result that a client has not acknowledged comes with the state.
func TestTransferBringsReplies(t *testing.T) {
	t.Parallel()
	g := behind(t, 40)
	g.rounds(20)
	g.replies = nil
	q := g.request(1, 40, 40, "op40")
	g.step(message.ReplicaNode(3), message.ClientNode(q.Client), q)
	if len(g.replies) != 1 || string(g.replies[0].Result) != "40:op40" || g.replies[0].Tentative {
		t.Errorf("answered %v", g.replies)
	}
}

// A replica that leaves questions open is asked last: by the time that they are
// put to another, the state may be gone.
func TestSilentHelperIsAskedLast(t *testing.T) {
	t.Parallel()
	g := behind(t, 100)
	asked := 0
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		if m.Type() != message.TypeFetchState || to != 1 {
			return false
		}
		asked++
		return true
	}
	g.rounds(30)
	g.same(ops(1, 100)...)
	if asked == 0 || asked > 2 {
		t.Errorf("replica 1, which never answers, was asked %d times; want once or twice", asked)
	}
}

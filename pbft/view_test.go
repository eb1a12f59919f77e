package pbft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// View changes (TOCS'02, section 2.3.5).

// change is a VIEW-CHANGE that claims nothing but the initial state.
func change(from message.ReplicaID, v message.View) *message.ViewChange {
	m := &message.ViewChange{View: v, Replica: from, Checkpoints: []message.Entry{{}}, Signature: message.Signature{1}}
	m.Seal()
	return m
}

// keep notes the messages of a type that pass by, once for each receiver.
func keep[M message.Message](g *group) *[]M {
	var out []M
	before := g.drop
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		if m, ok := m.(M); ok {
			out = append(out, m)
		}
		return before != nil && before(from, to, m)
	}
	return &out
}

// P is what prepared, Q what was agreed to, C the checkpoints held.
func TestViewChangeContents(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		c, ok := m.(*message.Checkpoint)
		return ok && c.Sequence == 8 && to == 1
	}
	g.run(1, 1, 8) // 4 is stable, 8 is not at replica 1
	g.drop = func(from, to message.ReplicaID, m message.Message) bool { return m.Type() == message.TypeCommit }
	g.run(1, 9, 1) // prepared, not committed
	g.drop = func(from, to message.ReplicaID, m message.Message) bool { return m.Type() == message.TypePrepare }
	g.run(1, 10, 1) // agreed to, not prepared
	g.drop = nil
	sent := keep[*message.ViewChange](g)
	me := message.ReplicaNode(1)
	g.step(me, message.ReplicaNode(2), change(2, 1))
	g.step(me, message.ReplicaNode(3), change(3, 1))
	if len(*sent) == 0 {
		t.Fatal("no VIEW-CHANGE")
	}
	m := (*sent)[0]
	numbers := func(list []message.Entry) string {
		out := ""
		for _, e := range list {
			out += fmt.Sprint(" ", e.Sequence)
		}
		return out
	}
	if m.Stable != 4 || numbers(m.Checkpoints) != " 4 8" {
		t.Errorf("h=%d C=%s, want 4 and 4 8", m.Stable, numbers(m.Checkpoints))
	}
	if numbers(m.Prepared) != " 5 6 7 8 9" || numbers(m.PrePrepared) != " 5 6 7 8 9 10" {
		t.Errorf("P=%s Q=%s, want 5 to 9, and 10 in Q alone", numbers(m.Prepared), numbers(m.PrePrepared))
	}
	if m.Signature == (message.Signature{}) {
		t.Error("it is not signed")
	}
}

// A replica that has agreed to other batches in earlier views has them all in
// Q, in order, and in P only the one that prepared last.
func TestQKeepsSeveralBatches(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	me := message.ReplicaNode(3)
	first := batch(0, 1, start, g.request(1, 1, 1, "a"))
	g.step(me, message.ReplicaNode(0), first)
	g.step(me, message.ReplicaNode(1), newView(1))
	second := batch(1, 1, start+1, g.request(1, 1, 1, "b"))
	g.step(me, message.ReplicaNode(1), second)
	for _, i := range []message.ReplicaID{0, 2} {
		g.step(me, message.ReplicaNode(i), &message.Prepare{View: 1, Sequence: 1, Digest: second.Digest(), Replica: i})
	}
	sent := keep[*message.ViewChange](g)
	g.step(me, message.ReplicaNode(1), change(1, 2))
	g.step(me, message.ReplicaNode(2), change(2, 2))
	m := (*sent)[0]
	if len(m.Prepared) != 1 || m.Prepared[0].Digest != second.Digest() || m.Prepared[0].View != 1 {
		t.Errorf("P is %v, want the batch of view 1", m.Prepared)
	}
	if len(m.PrePrepared) != 2 || string(m.PrePrepared[0].Digest[:]) >= string(m.PrePrepared[1].Digest[:]) {
		t.Errorf("Q is %v, want both, ordered by digest", m.PrePrepared)
	}
}

func batch(v message.View, n message.Sequence, at message.Time, q ...*message.Request) *message.PrePrepare {
	b := &message.PrePrepare{View: v, Sequence: n, Time: at, Requests: q}
	b.Seal()
	return b
}

// newView is a NEW-VIEW of four replicas of which three claim nothing.
func newView(v message.View) *message.NewView {
	p := pbft.DefaultParams(1)
	return &message.NewView{View: v, Replica: p.Primary(v), Changes: []*message.ViewChange{change(0, v), change(1, v), change(2, v)}}
}

// A replica joins when f+1 others ask for later views, and takes the smallest.
func TestJoiningAViewChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		f     int
		views map[message.ReplicaID]message.View
		want  message.View
	}{
		{"one of four", 1, map[message.ReplicaID]message.View{2: 5}, 0},
		{"two of four", 1, map[message.ReplicaID]message.View{2: 5, 3: 5}, 5},
		{"two that differ", 1, map[message.ReplicaID]message.View{2: 9, 3: 5}, 5},
		{"two of seven", 2, map[message.ReplicaID]message.View{2: 5, 3: 5}, 0},
		{"three of seven", 2, map[message.ReplicaID]message.View{2: 5, 3: 7, 6: 6}, 5},
	} {
		p := small()
		p.Faults = c.f
		g := newGroup(t, p)
		for _, i := range []message.ReplicaID{2, 3, 6} {
			if v, ok := c.views[i]; ok {
				g.step(message.ReplicaNode(1), message.ReplicaNode(i), change(i, v))
			}
		}
		if v := g.replicas[1].Report().View; v != c.want {
			t.Errorf("%s: view %d, want %d", c.name, v, c.want)
		}
	}
}

// One replica counts once, and what it said first of a view counts.
func TestOneReplicaCannotForceAView(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	me := message.ReplicaNode(1)
	for v := message.View(1); v < 9; v++ {
		g.step(me, message.ReplicaNode(3), change(3, v))
	}
	g.step(me, message.ReplicaNode(3), change(1, 9)) // in this replica's own name
	if v := g.replicas[1].Report().View; v != 0 {
		t.Errorf("view %d, want 0", v)
	}
}

func TestNewViewIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		from   message.ReplicaID
		m      *message.NewView
		reason pbft.Reason
	}{
		{"not the primary", 2, &message.NewView{View: 1, Replica: 2, Changes: newView(1).Changes}, pbft.NotPrimary},
		{"passed on", 2, newView(1), pbft.NotPrimary},
		{"of the present view", 0, newView(0), pbft.BadView},
		{"too few messages", 1, &message.NewView{View: 1, Replica: 1, Changes: newView(1).Changes[:2]}, pbft.BadNewView},
		{"undecided", 1, undecided(), pbft.BadNewView},
		{"good", 1, newView(1), 0},
	} {
		g := newGroup(t, small())
		events := g.step(message.ReplicaNode(3), message.ReplicaNode(c.from), c.m)
		entered := g.replicas[3].Report().View == 1
		if entered != (c.reason == 0) {
			t.Errorf("%s: entered %t", c.name, entered)
		}
		if c.reason != 0 && !strings.Contains(fmt.Sprint(events), c.reason.String()) {
			t.Errorf("%s: %v, want it refused: %v", c.name, events, c.reason)
		}
	}
}

// undecided is a NEW-VIEW whose messages leave n=1 open.
func undecided() *message.NewView {
	m := newView(1)
	open := *m.Changes[2]
	open.Prepared = []message.Entry{{Sequence: 1, Digest: message.Digest{1}}}
	m.Changes = []*message.ViewChange{m.Changes[0], m.Changes[1], &open}
	return m
}

// The timer runs for a request that a backup knows of; it doubles with each
// view that brings nothing and comes back down with progress.
func TestViewTimer(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.tick(10 * pbft.Second)
	if g.hasEvent("asks for view") {
		t.Fatal("an idle backup has left the view")
	}
	g.drop = func(from, to message.ReplicaID, _ message.Message) bool { return from == 0 || to == 0 }
	for i := range message.ReplicaID(4) {
		g.step(message.ReplicaNode(i), message.Node{Kind: message.KindClient}, g.request(1, 1, 1, "op1"))
	}
	g.deliver()
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 0 || to == 0 || m.Type() == message.TypeNewView
	}
	times := leaving(g, 3, 9*20) // in steps of 50 ms; 3 is primary of none of these views
	want := []message.Time{1000, 2000, 4000}
	if len(times) < len(want) {
		t.Fatalf("left %d views, want at least %d", len(times), len(want))
	}
	for i, w := range want {
		if d := times[i] / pbft.Millisecond; d < w || d > w+300 {
			t.Errorf("left view %d after %d ms, want %d", i, d, w)
		}
	}
}

// leaving lets time pass and returns how long replica i was in each view.
func leaving(g *group, i message.ReplicaID, steps int) []message.Time {
	var out []message.Time
	view, since := g.replicas[i].Report().View, g.now
	for range steps {
		g.tick(50 * pbft.Millisecond)
		if v := g.replicas[i].Report().View; v != view {
			out = append(out, g.now-since)
			view, since = v, g.now
		}
	}
	return out
}

func TestViewTimerComesBackDown(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	c := newCaller(g, 1)
	g.drop = without(0)
	c.reach = func(to message.ReplicaID) bool { return to != 0 }
	c.invoke("op1", false)
	for range 40 {
		c.wait(100 * pbft.Millisecond) // the request reaches all, and view 1 begins
	}
	c.want("1:op1")
	if v := g.replicas[2].Report().View; v != 1 {
		t.Fatalf("view %d, want 1", v)
	}
	for i := 2; i <= 20; i++ {
		c.invoke(fmt.Sprint("op", i), false) // checkpoints become stable
		c.wait(pbft.Millisecond)
	}
	g.drop = nil
	g.rounds(20) // 0 is back
	g.drop = without(1)
	c.reach = func(to message.ReplicaID) bool { return to != 1 }
	c.invoke("op21", false)
	c.wait(200 * pbft.Millisecond)
	if times := leaving(g, 2, 60); len(times) == 0 || times[0] > 1500*pbft.Millisecond {
		t.Errorf("after progress a view was left after %v, want the first timeout again", times)
	}
}

// A view begun with what prepared in the one before executes it at the same
// number; what was not prepared is proposed anew.
func TestPreparedRequestSurvives(t *testing.T) {
	t.Parallel()
	for _, lost := range []message.Type{message.TypeCommit, message.TypePrepare} {
		g := newGroup(t, small())
		c := newCaller(g, 1)
		g.drop = func(_, _ message.ReplicaID, m message.Message) bool { return m.Type() == lost }
		c.invoke("op1", false)
		gone := without(0)
		g.drop = func(from, to message.ReplicaID, m message.Message) bool {
			return gone(from, to, m) || m.Type() == lost && g.replicas[from].Report().View == 0
		}
		c.reach = func(to message.ReplicaID) bool { return to != 0 }
		for range 30 {
			c.wait(100 * pbft.Millisecond)
		}
		c.want("1:op1")
		for i, s := range g.services[1:] {
			if !slices.Equal(s.applied, []string{"op1"}) {
				t.Errorf("%v lost: replica %d has applied %q", lost, i+1, s.applied)
			}
		}
		again := lost == message.TypeCommit
		if g.hasEvent("start n=0, proposed again 1") != again {
			t.Errorf("%v lost: proposed again, or not: %v", lost, g.events)
		}
		if tentative := lost == message.TypeCommit; g.hasEvent("rolled back n=1") != tentative {
			t.Errorf("%v lost: rolled back, or not", lost)
		}
	}
}

// A new primary whose clock is behind proposes later times all the same.
func TestNewPrimaryWithASlowClock(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.skew = map[message.ReplicaID]message.Time{0: 5 * pbft.Second} // within the backups' bound
	seen := keep[*message.PrePrepare](g)
	c := newCaller(g, 1)
	c.invoke("op1", false)
	g.drop = without(0)
	seen2 := keep[*message.PrePrepare](g)
	c.reach = func(to message.ReplicaID) bool { return to != 0 }
	c.invoke("op2", false)
	for range 30 {
		c.wait(100 * pbft.Millisecond)
	}
	c.want("1:op1", "2:op2")
	first, second := (*seen)[0], (*seen2)[0]
	if first.View != 0 || second.View != 1 || second.Time <= first.Time {
		t.Errorf("%v at %d and then %v at %d: time went back", first, first.Time-start, second, second.Time-start)
	}
}

package pbft_test

import (
	"fmt"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// PROTOCOL, Attacks: a primary that delays every request to just under the
// timeout is replaced; one that is merely slow now and then is not.
func TestDelayingPrimaryIsReplaced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		delay    message.Time // in parts of a thousand of the timeout
		every    int          // of so many requests one is delayed
		replaced bool
	}{
		{"just under the timeout", 950, 1, true},
		{"half the timeout", 500, 1, true},
		{"an eighth of the timeout", 125, 1, false},
		{"just under the timeout, one request in ten", 950, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, small())
			delay := c.delay * g.params.ViewTimeout / 1000
			for i := 1; i <= 40; i++ {
				q := g.request(1, message.Timestamp(i), message.Timestamp(i), "op")
				wait := message.Time(0)
				if i%c.every == 0 {
					wait = delay
				}
				g.askAll(q, wait)
			}
			if g.hasEvent("entered view 1") != c.replaced {
				t.Errorf("replaced: %t, want %t", !c.replaced, c.replaced)
			}
		})
	}
}

// askAll gives a request to all replicas, to primary 0 only after a delay.
func (g *group) askAll(q *message.Request, delay message.Time) {
	g.t.Helper()
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return to == 0 && m.Type() == message.TypeRequest
	}
	for i := 1; i < len(g.replicas); i++ {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
	}
	g.deliver()
	const step = 50 * pbft.Millisecond
	for waited := message.Time(0); waited < delay; waited += step {
		g.tick(step)
	}
	g.step(message.ReplicaNode(0), message.ClientNode(q.Client), q)
	g.deliver()
	g.tick(step)
}

// PROTOCOL, Attacks: an equivocating primary. It proposes one batch to replica 2
// and another to the rest, and commits to both; the rest make progress, but what
// replica 2 says tells on it.
func TestEquivocatingPrimaryIsReplaced(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return to == 2 && m.Type() == message.TypePrePrepare && !g.hasEvent("entered view 1")
	}
	q := g.request(1, 1, 1, "op1")
	other := batchOf(0, 1, start+message.Time(pbft.Second), q)
	g.step(message.ReplicaNode(2), message.ReplicaNode(0), other)
	g.ask(q)
	g.tick(0)
	for i := 1; i < 4; i++ {
		if got := g.replicas[i].Report(); got.View != 1 || got.Changing || got.Executed < 1 {
			t.Errorf("replica %d: %+v; want it in view 1, with op1 executed", i, got)
		}
	}
	g.same("op1")
}

// A backup that claims to have been misled, time after time, is believed once.
func TestLyingBackupReplacesOnePrimary(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.lie = func(from message.ReplicaID, m message.Message) message.Message {
		if p, ok := m.(*message.Prepare); ok && from == 3 {
			return &message.Prepare{View: p.View, Sequence: p.Sequence, Digest: message.Digest{1}, Replica: 3}
		}
		return m
	}
	for i := 1; i <= 20; i++ {
		q := g.request(1, message.Timestamp(i), message.Timestamp(i), "op")
		for id := range 4 {
			g.step(message.ReplicaNode(message.ReplicaID(id)), message.ClientNode(q.Client), q)
		}
		g.deliver()
		for range 4 {
			g.tick(pbft.Second / 8)
		}
	}
	for i := range 3 {
		if got := g.replicas[i].Report(); got.View != 1 || got.Executed != 20 {
			t.Errorf("replica %d is in view %d and has executed %d; want 1, since a backup is believed once, and 20", i, got.View, got.Executed)
		}
	}
}

// More is asked than the group can do, so that every request waits for longer
// than a primary may keep one waiting that has room for it. No primary is faulty.
func TestOverloadReplacesNoPrimary(t *testing.T) {
	t.Parallel()
	for _, inFlight := range []int{1, 2} {
		p := pbft.DefaultParams(1)
		p.BatchRequests, p.InFlight = 8, inFlight
		g := newGroup(t, p)
		next := make(map[uint32]message.Timestamp) // by principal
		for i := range uint32(300) {
			g.askAgain(i, next)
		}
		for range 400 {
			for _, m := range g.hop(10 * pbft.Millisecond) {
				if m.Replica == 1 && m.Timestamp == next[m.Client.Principal] {
					g.askAgain(m.Client.Principal, next)
				}
			}
		}
		if got := g.replicas[1].Report(); got.View != 0 || got.Requests < 500 {
			t.Errorf("%d in flight: view %d, %d requests executed; want view 0 and at least 500", inFlight, got.View, got.Requests)
		}
	}
}

// askAgain gives a principal's next request to all replicas.
func (g *group) askAgain(principal uint32, next map[uint32]message.Timestamp) {
	next[principal]++
	q := g.requestOf(principal, next[principal], fmt.Sprint(principal))
	for id := range message.ReplicaID(4) {
		g.step(message.ReplicaNode(id), message.ClientNode(q.Client), q)
	}
}

// hop lets time pass, what is on the wire arrive and nothing that it causes, and
// returns the replies.
func (g *group) hop(d message.Time) []*message.Reply {
	g.now += d
	for i, r := range g.replicas {
		if r.Wake() <= g.now {
			g.collect(message.ReplicaID(i), r.Tick(g.now))
		}
	}
	g.replies = nil
	for n := len(g.wire); n > 0; n-- {
		f := g.wire[0]
		g.wire = g.wire[1:]
		m, err := message.Decode(f.frame, g.params.Limits())
		if err != nil {
			g.t.Fatal(err)
		}
		g.step(message.ReplicaNode(f.to), message.ReplicaNode(f.from), m)
	}
	return g.replies
}

// A principal that keeps its own requests waiting, by opening one session after
// the other, does not have the primary replaced: as long as it is served it
// starves only if more of its requests overtake one than can be ahead of it.
func TestOwnRequestsAheadAreNoStarvation(t *testing.T) {
	t.Parallel()
	p := small()
	g := newGroup(t, p)
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return to == 0 && m.Type() == message.TypeRequest
	}
	left := g.request(99, 1, 1, "left out")
	for id := message.ReplicaID(1); id < 4; id++ {
		g.step(message.ReplicaNode(id), message.ClientNode(left.Client), left)
	}
	g.deliver()
	serve := func(from, n int) {
		for i := from; i < from+n; i++ {
			g.ask(g.request(1, message.Timestamp(i), message.Timestamp(i), "op"))
			g.tick(p.ViewTimeout / 8)
		}
	}
	most := p.ClientWindow * p.Sessions
	serve(1, most+55)
	if g.hasEvent("entered view 1") {
		t.Fatal("the primary was replaced, although its client's own requests were ahead")
	}
	serve(most+56, 20)
	if !g.hasEvent("entered view 1") {
		t.Error("the primary leaves out one request for ever, and was not replaced")
	}
}

package pbft_test

import (
	"fmt"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	q := g.request(1, 1, 1, "op1")
	// Twice in one batch, again in the next, and again to be answered.
	b := &message.PrePrepare{Sequence: 1, Time: start, Requests: []*message.Request{q, q}}
	b2 := &message.PrePrepare{Sequence: 2, Time: start + 1, Requests: []*message.Request{q}}
	b.Seal()
	b2.Seal()
	g.replicas = g.replicas[:4]
	for i := 1; i < 4; i++ {
		g.send(0, b, message.ReplicaID(i))
		g.send(0, b2, message.ReplicaID(i))
	}
	g.deliver()
	for _, i := range []int{1, 2, 3} {
		if got := g.services[i].applied; len(got) != 1 {
			t.Errorf("replica %d applied %q, want it once", i, got)
		}
	}
	if want := 3 * 3; len(g.replies) != want {
		t.Errorf("%d replies, want %d: every time it was ordered it is answered", len(g.replies), want)
	}
	for _, p := range g.replies {
		if string(p.Result) != "1:op1" {
			t.Errorf("answered %q", p.Result)
		}
	}
}

func TestOneTimestampTwoRequests(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.ask(g.request(1, 1, 1, "first"))
	g.ask(g.request(1, 1, 1, "second"))
	g.same("first")
	if last := g.replies[len(g.replies)-1]; string(last.Result) != "1:first" {
		t.Errorf("the second request was answered %q, want the first's result", last.Result)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.ask(g.request(1, 1, 1, "op1"))
	g.ask(g.request(1, 5, 1, "far")) // the window is 4 wide: 1 to 4
	if last := g.replies[len(g.replies)-1]; last.Status != message.ReplyOutOfWindow {
		t.Errorf("a timestamp above the window was answered with status %d", last.Status)
	}
	g.ask(g.request(1, 5, 2, "op5")) // which acknowledges 1
	g.same("op1", "op5")
	g.replies = nil
	g.ask(g.request(1, 1, 1, "op1"))
	if len(g.replies) != 0 || !g.hasEvent(pbft.StaleRequest.String()) {
		t.Errorf("a request whose reply was acknowledged was answered %v", g.replies)
	}
	g.ask(g.request(1, 1<<40, 1<<40, "op-far")) // acknowledges all before it
	g.same("op1", "op5", "op-far")
}

func TestSessions(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small()) // two sessions of a principal are kept
	g.ask(g.request(10, 1, 1, "a"))
	g.ask(g.request(20, 1, 1, "b"))
	g.ask(g.request(10, 2, 2, "c"))
	g.ask(g.request(30, 1, 1, "d")) // 20 was idle for longest
	g.ask(g.request(10, 3, 3, "e"))
	g.same("a", "b", "c", "d", "e")
	for _, session := range []uint64{20, 15, 1} {
		g.replies = nil
		g.ask(g.request(session, 1, 1, "never"))
		if len(g.replies) != 4 || g.replies[0].Status != message.ReplySessionExpired || g.replies[0].Floor != 31 {
			t.Errorf("session %d: replies %v, want expired with floor 31 from all", session, g.replies)
		}
	}
	g.same("a", "b", "c", "d", "e")
}

func TestPrimaryQueueIsFairAndBounded(t *testing.T) {
	t.Parallel()
	p := small()
	p.InFlight, p.BatchRequests, p.MaxQueued, p.Sessions = 1, 2, 6*4, 8
	g := newGroup(t, p)
	ask := func(session uint64, ts message.Timestamp) bool {
		events := g.step(message.ReplicaNode(0), message.Node{}, g.request(session, ts, 1, fmt.Sprintf("%d.%d", session, ts)))
		return len(events) == 0
	}
	for ts := message.Timestamp(1); ts <= 4; ts++ {
		ask(1, ts) // the first is proposed at once, three wait
	}
	ask(2, 1)
	if ask(1, 4) != true {
		t.Error("a request that waits already was refused")
	}
	if ask(1, 5) {
		t.Error("a session has more requests waiting than its window")
	}
	if !ask(3, 1) || ask(4, 1) {
		t.Error("want room for six requests of a principal, a quarter of the queue, and not for seven")
	}
	other := g.request(5, 1, 1, "another principal's")
	other.Client.Principal++
	other.Seal()
	if e := g.step(message.ReplicaNode(0), message.Node{}, other); len(e) != 0 {
		t.Errorf("one principal has filled the queue for others: %v", e)
	}
	g.deliver()
	g.same("1.1", "1.2", "another principal's", "2.1", "3.1", "1.3", "1.4")
}

func TestBatchBytes(t *testing.T) {
	t.Parallel()
	p := small()
	p.InFlight, p.BatchBytes = 1, 10
	g := newGroup(t, p)
	for i, op := range []string{"first", "four", "five5", "a longer one than a batch", "x"} {
		g.step(message.ReplicaNode(0), message.Node{}, g.request(uint64(i+1), 1, 1, op))
	}
	g.deliver()
	g.same("first", "four", "five5", "a longer one than a batch", "x")
	if n := g.replicas[0].Report().Batches; n != 4 {
		t.Errorf("%d batches, want 4: 5, 4+5, 25 and 1 bytes", n)
	}
}

func TestWaterMarks(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small()) // K=4, L=8
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool { return m.Type() == message.TypeCheckpoint }
	g.run(1, 1, 12)
	r := g.replicas[0].Report()
	if r.Executed != 8 || r.Queued != 4 {
		t.Fatalf("without a stable checkpoint executed=%d queued=%d, want 8 and 4: the window is full", r.Executed, r.Queued)
	}
	g.drop = nil // the missing checkpoints are sent again
	for range 8 {
		g.tick(200 * pbft.Millisecond)
	}
	g.same(ops(1, 12)...)
	if r := g.replicas[0].Report(); r.Stable != 8 || r.Executed != 9 || r.LogSlots != 4+1 {
		t.Errorf("stable=%d executed=%d with %d slots in the log, want 8, 9 (the four that waited share a batch), 5", r.Stable, r.Executed, r.LogSlots)
	}
}

func TestLogIsBounded(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 500)
	for i, r := range g.replicas {
		p := r.Report()
		if p.Stable != 500 || p.LogSlots > 4 || p.LogBytes > 4*8 || p.Clients != 1 {
			t.Errorf("replica %d after 500 requests: %v, %d slots, %d bytes", i, &p, p.LogSlots, p.LogBytes)
		}
	}
}

// PROTOCOL: nothing is accepted outside the water marks, from the wrong
// sender, of another view, or against what the sender said before.
func TestRefusals(t *testing.T) {
	t.Parallel()
	d := message.Sum([]byte("d"))
	batch := func(view message.View, n message.Sequence, at message.Time) *message.PrePrepare {
		b := &message.PrePrepare{View: view, Sequence: n, Time: at}
		b.Seal()
		return b
	}
	for _, c := range []struct {
		name   string
		from   message.ReplicaID
		m      message.Message
		reason pbft.Reason
	}{
		{"pre-prepare of a backup", 2, batch(0, 1, start), pbft.NotPrimary},
		{"pre-prepare of another view", 0, batch(1, 1, start), pbft.BadView},
		{"pre-prepare above the window", 0, batch(0, 9, start), pbft.OutsideWindow},
		{"prepare of the primary", 0, &message.Prepare{Sequence: 1, Digest: d, Replica: 0}, pbft.NotPrimary},
		{"prepare in another's name", 2, &message.Prepare{Sequence: 1, Digest: d, Replica: 3}, pbft.BadSender},
		{"prepare of another view", 2, &message.Prepare{View: 1, Sequence: 1, Digest: d, Replica: 2}, pbft.BadView},
		{"commit above the window", 2, &message.Commit{Sequence: 9, Digest: d, Replica: 2}, pbft.OutsideWindow},
		{"commit in another's name", 2, &message.Commit{Sequence: 1, Digest: d, Replica: 0}, pbft.BadSender},
		{"committed in another's name", 2, &message.Committed{Sequence: 1, Digest: d, Replica: 0}, pbft.BadSender},
		{"committed above the window", 2, &message.Committed{Sequence: 9, Digest: d, Replica: 2}, pbft.OutsideWindow},
		{"checkpoint between intervals", 2, &message.Checkpoint{Sequence: 3, Digest: d, Replica: 2}, pbft.OutsideWindow},
		{"checkpoint above the window", 2, &message.Checkpoint{Sequence: 12, Digest: d, Replica: 2}, pbft.OutsideWindow},
		{"checkpoint in another's name", 2, &message.Checkpoint{Sequence: 4, Digest: d, Replica: 0}, pbft.BadSender},
		{"status in another's name", 2, &message.Status{Replica: 0}, pbft.BadSender},
		{"a reply", 2, &message.Reply{Replica: 2}, pbft.UnknownMessage},
		{"itself", 1, &message.Status{Replica: 1}, pbft.BadSender},
		{"a replica that is not", 4, &message.Status{Replica: 4}, pbft.BadSender},
	} {
		g := newGroup(t, small())
		events := g.step(message.ReplicaNode(1), message.ReplicaNode(c.from), c.m)
		if len(events) != 1 || events[0] != pbft.Event(pbft.Rejected{From: message.ReplicaNode(c.from), Type: c.m.Type(), Reason: c.reason}) {
			t.Errorf("%s: %v, want it refused: %v", c.name, events, c.reason)
		}
		if len(g.wire) != 0 {
			t.Errorf("%s: answered with %d messages", c.name, len(g.wire))
		}
	}
}

func TestContradictionsAreRefused(t *testing.T) {
	t.Parallel()
	d1, d2 := message.Sum([]byte("1")), message.Sum([]byte("2"))
	for _, m := range [][2]message.Message{
		{&message.Prepare{Sequence: 1, Digest: d1, Replica: 2}, &message.Prepare{Sequence: 1, Digest: d2, Replica: 2}},
		{&message.Commit{Sequence: 1, Digest: d1, Replica: 2}, &message.Commit{Sequence: 1, Digest: d2, Replica: 2}},
		{&message.Committed{Sequence: 1, Digest: d1, Replica: 2}, &message.Committed{Sequence: 1, Digest: d2, Replica: 2}},
		{&message.Checkpoint{Sequence: 4, Digest: d1, Replica: 2}, &message.Checkpoint{Sequence: 4, Digest: d2, Replica: 2}},
	} {
		g := newGroup(t, small())
		if e := g.step(message.ReplicaNode(1), message.ReplicaNode(2), m[0]); len(e) != 0 {
			t.Errorf("%v: %v", m[0], e)
		}
		e := g.step(message.ReplicaNode(1), message.ReplicaNode(2), m[1])
		if len(e) != 1 || !strings.Contains(e[0].String(), pbft.Conflict.String()) {
			t.Errorf("%v after %v: %v, want it refused", m[1], m[0], e)
		}
	}
}

// A time that goes back is refused; one that is off the clock, and a request
// that is not authentic here, keep this backup from vouching, until f+1 do.
func TestVouching(t *testing.T) {
	t.Parallel()
	foreign := func(g *group) *message.Request {
		q := g.request(1, 1, 1, "op")
		q.Auth[1] = message.MAC{}
		return q
	}
	for _, c := range []struct {
		name string
		at   message.Time
		q    func(*group) *message.Request
		held bool
	}{
		{"fine", start, func(g *group) *message.Request { return g.request(1, 1, 1, "op") }, false},
		{"not authentic", start, foreign, true},
		{"an hour ahead", start + 3600*pbft.Second, func(g *group) *message.Request { return g.request(1, 1, 1, "op") }, true},
		{"an hour behind", start - 3600*pbft.Second, func(g *group) *message.Request { return g.request(1, 1, 1, "op") }, true},
	} {
		g := newGroup(t, small())
		b := &message.PrePrepare{Sequence: 1, Time: c.at, Requests: []*message.Request{c.q(g)}}
		b.Seal()
		g.step(message.ReplicaNode(1), message.ReplicaNode(0), b)
		if held := len(g.wire) == 0; held != c.held {
			t.Errorf("%s: prepare withheld: %t, want %t", c.name, held, c.held)
		}
		g.wire = nil
		g.step(message.ReplicaNode(1), message.ReplicaNode(2), &message.Prepare{Sequence: 1, Digest: b.Digest(), Replica: 2})
		if c.held && len(g.wire) == 0 {
			t.Errorf("%s: f+1 replicas vouch, and the backup still does not prepare", c.name)
		}
	}
}

func TestTimeMustNotGoBack(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	for i, at := range []message.Time{start, start, start - 1} {
		b := &message.PrePrepare{Sequence: message.Sequence(1 + min(i, 1)), Time: at}
		b.Seal()
		e := g.step(message.ReplicaNode(1), message.ReplicaNode(0), b)
		if refused := len(e) > 0; refused != (i > 0) {
			t.Errorf("batch %d at %d: %v", i, at-start, e)
		}
	}
}

func TestRelayedBatchNeedsCommittedStatements(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	b := &message.PrePrepare{Sequence: 1, Time: start, Requests: []*message.Request{g.request(1, 1, 1, "op")}}
	b.Seal()
	one, two, three := message.ReplicaNode(1), message.ReplicaNode(2), message.ReplicaNode(3)
	g.step(one, two, &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: 2})
	if e := g.step(one, two, b); len(e) == 0 {
		t.Fatal("one statement, which may be a lie, was enough")
	}
	g.step(one, three, &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: 3})
	g.step(one, two, b)
	if got := g.services[1].applied; len(got) != 1 {
		t.Fatalf("applied %q, want the batch that f+1 say is committed", got)
	}
}

func TestDivergedReplicaStepsAside(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 2)
	g.services[2].applied[0] = "flipped" // its memory is corrupted
	g.run(1, 3, 2)
	if !g.replicas[2].Report().Diverged || !g.hasEvent("2 state diverged at n=4") {
		t.Fatal("a replica whose state differs from the certified one has not noticed")
	}
	g.replies = nil
	g.run(1, 5, 2)
	for _, p := range g.replies {
		if p.Replica == 2 {
			t.Error("it still answers clients")
		}
	}
	if len(g.replies) != 2*3 {
		t.Errorf("%d replies, want 6 from the other three", len(g.replies))
	}
}

func TestBehindIsNoticed(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = func(from, to message.ReplicaID, _ message.Message) bool { return from == 3 || to == 3 }
	g.run(1, 1, 8)
	g.drop = nil
	g.tick(10 * pbft.Second)
	if !g.replicas[3].Report().Behind {
		t.Error("the others have dropped n=1 from their logs, and replica 3 does not say that it is behind")
	}
}

func TestNewReplicaRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	bad := pbft.DefaultParams(1)
	bad.LogSize, bad.InFlight = 200, 0
	_, err := pbft.NewReplica(pbft.Config{Params: bad, Service: &ledger{}})
	if err == nil || !strings.Contains(err.Error(), "log_size") || !strings.Contains(err.Error(), "in_flight") {
		t.Errorf("error %v, want both parameters named", err)
	}
	if _, err := pbft.NewReplica(pbft.Config{ID: 4, Params: pbft.DefaultParams(1), Service: &ledger{}}); err == nil {
		t.Error("replica 4 of 4 was made")
	}
}

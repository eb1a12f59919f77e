package pbft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Certificates (TOCS'02, section 2.3.3), the vouching for requests, catching
// up and retransmission (5.2).

// Prepared is a pre-prepare and 2f prepares of backups that match it.
func TestPreparedCertificate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		prepares []message.ReplicaID // besides replica 1's own
		other    bool                // for another digest
		view     message.View
		want     bool
	}{
		{"its own", nil, false, 0, false},
		{"2f", []message.ReplicaID{2}, false, 0, true},
		{"the same twice", []message.ReplicaID{1, 1}, false, 0, false},
		{"the primary's", []message.ReplicaID{0}, false, 0, false},
		{"of another digest", []message.ReplicaID{2, 3}, true, 0, false},
		{"of another view", []message.ReplicaID{2, 3}, false, 1, false},
	} {
		g := newGroup(t, small())
		b := batch(0, 1, start, g.request(1, 1, 1, "op"))
		d := b.Digest()
		if c.other {
			d[0]++
		}
		g.step(message.ReplicaNode(1), message.ReplicaNode(0), b)
		for _, i := range c.prepares {
			g.step(message.ReplicaNode(1), message.ReplicaNode(i), &message.Prepare{View: c.view, Sequence: 1, Digest: d, Replica: i})
		}
		if got := len(g.replies) == 1; got != c.want {
			t.Errorf("%s: prepared %t, want %t", c.name, got, c.want)
		}
	}
}

// Committed is 2f+1 COMMITs, or f+1 COMMITTED statements, or 2f+1 of both.
func TestCommittedCertificate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		f       int
		commits int // of replicas 2, 3, …, besides the own one
		stated  int // of the replicas after those
		want    bool
	}{
		{"2f", 1, 1, 0, false},
		{"2f+1", 1, 2, 0, true},
		{"one statement", 1, 0, 1, false},
		{"f+1 statements", 1, 0, 2, true},
		{"a commit and a statement", 1, 1, 1, true},
		{"f=2: 2f", 2, 3, 0, false},
		{"f=2: 2f+1", 2, 4, 0, true},
		{"f=2: f statements", 2, 0, 2, false},
		{"f=2: f+1 statements", 2, 0, 3, true},
		{"f=2: 2f with statements", 2, 2, 1, false},
		{"f=2: 2f+1 with statements", 2, 2, 2, true},
	} {
		p := small()
		p.Faults = c.f
		g := newGroup(t, p)
		b := batch(0, 1, start, g.request(1, 1, 1, "op"))
		me := message.ReplicaNode(1)
		g.step(me, message.ReplicaNode(0), b)
		for i := message.ReplicaID(2); int(i) < p.Replicas(); i++ {
			g.step(me, message.ReplicaNode(i), &message.Prepare{Sequence: 1, Digest: b.Digest(), Replica: i})
		}
		for k := range c.commits + c.stated {
			i := message.ReplicaID(2 + k)
			if k < c.commits {
				g.step(me, message.ReplicaNode(i), &message.Commit{Sequence: 1, Digest: b.Digest(), Replica: i})
			} else {
				g.step(me, message.ReplicaNode(i), &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: i})
			}
		}
		if got := g.replicas[1].Report().Executed == 1; got != c.want {
			t.Errorf("%s: committed %t, want %t", c.name, got, c.want)
		}
	}
}

// COMMITs of different views do not add up.
func TestCommitsOfTwoViews(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	b := batch(0, 1, start, g.request(1, 1, 1, "op"))
	g.prepare(3, b)
	g.step(message.ReplicaNode(3), message.ReplicaNode(0), &message.Commit{Sequence: 1, Digest: b.Digest(), Replica: 0})
	g.step(message.ReplicaNode(3), message.ReplicaNode(1), newView(1))
	again := batch(1, 1, start, b.Requests...)
	g.prepare(3, again)
	g.step(message.ReplicaNode(3), message.ReplicaNode(2), &message.Commit{View: 1, Sequence: 1, Digest: b.Digest(), Replica: 2})
	if g.replicas[3].Report().Executed != 0 {
		t.Error("one COMMIT of view 0 and two of view 1 committed the batch")
	}
	g.step(message.ReplicaNode(3), message.ReplicaNode(0), &message.Commit{View: 1, Sequence: 1, Digest: b.Digest(), Replica: 0})
	if g.replicas[3].Report().Executed != 1 {
		t.Error("three COMMITs of view 1 did not")
	}
}

// What is proposed must not be too large.
func TestOversizedBatches(t *testing.T) {
	t.Parallel()
	p := small()
	p.BatchRequests, p.BatchBytes, p.MaxOperation, p.MaxQueuedBytes = 2, 10, 20, 1000
	g := newGroup(t, p)
	for _, c := range []struct {
		name string
		ops  []string
		good bool
	}{
		{"one large one", []string{"fifteen letters"}, true},
		{"two that fit", []string{"12345", "12345"}, true},
		{"two that do not", []string{"12345", "123456"}, false},
		{"three", []string{"1", "2", "3"}, false},
	} {
		var requests []*message.Request
		for i, op := range c.ops {
			requests = append(requests, g.request(uint64(i+1), 1, 1, op))
		}
		e := newGroup(t, p).step(message.ReplicaNode(1), message.ReplicaNode(0), batch(0, 1, start, requests...))
		if good := len(e) == 0; good != c.good {
			t.Errorf("%s: %v", c.name, e)
		}
	}
	q := g.request(1, 1, 1, strings.Repeat("x", 21))
	if e := g.step(message.ReplicaNode(1), message.ClientNode(q.Client), q); len(e) == 0 {
		t.Error("an operation above the limit was taken from a client")
	}
}

// SRDS'21: a replica that the primary leaves out catches up by f+1 COMMITTED
// statements and a batch, from the other backups alone.
func TestCatchUpWithoutThePrimary(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	leftOut := func(from, to message.ReplicaID, _ message.Message) bool {
		return from == 0 && to == 3 || from == 3 && to == 0
	}
	g.drop = leftOut
	g.run(1, 1, 3)
	if len(g.services[3].applied) != 0 {
		t.Fatal("replica 3 was not left out")
	}
	for range 20 {
		g.tick(150 * pbft.Millisecond)
	}
	g.same(ops(1, 3)...)
	if g.hasEvent("asks for view") {
		t.Error("that took a view change")
	}
}

// The answers to one status are bounded, in number and in how often.
func TestStatusAnswersAreBounded(t *testing.T) {
	t.Parallel()
	p := small()
	p.CheckpointInterval, p.LogSize = 128, 256
	g := newGroup(t, p)
	g.drop = without(3)
	g.run(1, 1, 100)
	g.drop, g.wire = nil, nil
	status := &message.Status{Replica: 3}
	g.now += pbft.Second
	g.step(message.ReplicaNode(0), message.ReplicaNode(3), status)
	first := len(g.wire)
	if first == 0 || first > 4*64 {
		t.Errorf("%d messages for a status that lacks 100 batches, want some for at most 64", first)
	}
	for range 100 {
		g.step(message.ReplicaNode(0), message.ReplicaNode(3), status)
	}
	if len(g.wire) != first {
		t.Errorf("a flood of statuses was answered with %d messages", len(g.wire)-first)
	}
	g.now += p.StatusInterval
	if g.step(message.ReplicaNode(0), message.ReplicaNode(3), status); len(g.wire) == first {
		t.Error("a status an interval later was not answered")
	}
}

// A lagging replica catches up also when nobody sends anything: idle replicas
// say what they have now and then.
func TestIdleReplicasCatchUp(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.drop = without(3)
	g.run(1, 1, 2)
	g.drop = nil
	for range 30 {
		g.tick(150 * pbft.Millisecond)
	}
	g.same(ops(1, 2)...)
}

// A client whose requests are authentic for some backups only: they are
// executed once f+1 replicas vouch, and the client is suspect from then on.
func TestPartlyAuthenticRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		right    []message.ReplicaID
		executed bool
	}{
		{"the primary and one backup", []message.ReplicaID{0, 1}, true},
		{"all but one", []message.ReplicaID{0, 1, 2}, true},
		{"the primary alone", []message.ReplicaID{0}, false},
		{"nobody", nil, false},
	} {
		g := newGroup(t, small())
		q := g.request(1, 1, 1, "op")
		for i := range q.Auth {
			if !slices.Contains(c.right, message.ReplicaID(i)) {
				q.Auth[i] = message.MAC{}
			}
		}
		g.ask(q)
		want := []string(nil)
		if c.executed {
			want = []string{"op"}
		}
		for i, s := range g.services {
			if !slices.Equal(s.applied, want) {
				t.Errorf("%s: replica %d has applied %q, want %q", c.name, i, s.applied, want)
			}
		}
	}
}

// A suspect's request waits at each replica until f+1 have found it authentic;
// so it cannot stop the primary again, and an honest one gets through.
func TestSuspectsAreVouchedFor(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	bad := g.request(1, 1, 1, "bad")
	for i := range bad.Auth {
		if i != 0 {
			bad.Auth[i] = message.MAC{}
		}
	}
	g.ask(bad) // stands; all backups suspect the principal now
	g.now += pbft.Second
	good := g.request(2, 1, 1, "good")
	me := message.ReplicaNode(2)
	g.step(me, message.ClientNode(good.Client), good)
	if n := g.replicas[2].Report().Queued; n != 0 {
		t.Errorf("%d requests queued on one voucher, want 0", n)
	}
	if len(g.wire) != 3 {
		t.Errorf("passed on %d times, want to all others", len(g.wire))
	}
	g.step(me, message.ReplicaNode(3), good)
	if n := g.replicas[2].Report().Queued; n != 1 {
		t.Errorf("%d requests queued on f+1 vouchers, want 1", n)
	}
	g.now += 601 * pbft.Second
	later := g.request(2, 2, 1, "later")
	g.step(me, message.ClientNode(later.Client), later)
	if n := g.replicas[2].Report().Queued; n != 2 {
		t.Errorf("%d requests queued, want 2: nobody is suspect for ever", n)
	}
}

// Requests that nobody can vouch for take bounded memory, and do not get in
// the way of others.
func TestDoubtsAreBounded(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	for i := range message.Timestamp(10000) {
		q := g.request(1, i+1, 1, "junk")
		q.Auth[0] = message.MAC{}
		g.step(message.ReplicaNode(0), message.ClientNode(q.Client), q)
	}
	if r := g.replicas[0].Report(); r.Queued != 0 || r.LogSlots != 0 {
		t.Errorf("%d queued, %d slots", r.Queued, r.LogSlots)
	}
	g.ask(g.request(2, 1, 1, "op"))
	g.same("op")
}

// Slots exist only between the water marks, whatever peers say.
func TestLogSlotsAreBounded(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small()) // L=8, and K=4 kept below
	for n := range message.Sequence(1000) {
		for i := range message.ReplicaID(4) {
			d := message.Sum(fmt.Append(nil, n, i))
			g.step(message.ReplicaNode(1), message.ReplicaNode(i), &message.Commit{Sequence: n, Digest: d, Replica: i})
			g.step(message.ReplicaNode(1), message.ReplicaNode(i), &message.Committed{Sequence: n, Digest: d, Replica: i})
			g.step(message.ReplicaNode(1), message.ReplicaNode(i), batch(0, n, start, g.request(1, 1, 1, "op")))
		}
	}
	if r := g.replicas[1].Report(); r.LogSlots > 8 || r.LogBytes > 8*2 {
		t.Errorf("%d slots, %d bytes", r.LogSlots, r.LogBytes)
	}
}

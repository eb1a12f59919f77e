package pbft_test

import (
	"strings"
	"testing"

	"bfs/pbft/message"
)

// What implementations of the paper got wrong, where no other file has it.

// Stable is a checkpoint that 2f+1 replicas have, this one among them (2.3.4).
func TestStableCertificate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		equal, other int // CHECKPOINTs of replicas 0, 2 and 3 like replica 1's own, and then not
		stable       bool
		diverged     bool
	}{
		{"its own", 0, 0, false, false},
		{"2f", 1, 0, false, false},
		{"2f+1", 2, 0, true, false},
		{"2f, and a liar", 1, 1, false, false},
		{"2f, and two of another", 1, 2, false, false},
		{"2f+1, and a liar", 2, 1, true, false},
		{"2f+1 of another", 0, 3, false, true},
	} {
		p := small()
		p.CheckpointInterval, p.LogSize = 1, 4
		g := newGroup(t, p)
		own := keep[*message.Checkpoint](g)
		b := batch(0, 1, start, g.request(1, 1, 1, "op"))
		g.prepare(1, b)
		g.commit(1, b)
		others := []message.ReplicaID{0, 2, 3}
		for i, from := range others[:c.equal+c.other] {
			d := (*own)[0].Digest
			if i >= c.equal {
				d[0]++
			}
			g.step(message.ReplicaNode(1), message.ReplicaNode(from), &message.Checkpoint{Sequence: 1, Digest: d, Replica: from})
		}
		r := g.replicas[1].Report()
		if (r.Stable == 1) != c.stable || r.Diverged != c.diverged {
			t.Errorf("%s: stable n=%d, diverged %t; want %t, %t", c.name, r.Stable, r.Diverged, c.stable, c.diverged)
		}
	}
}

// CHECKPOINTs do not move the water marks past what this replica has executed,
// however many there are: it has no state there (2.3.4).
func TestCheckpointsAloneMoveNoWaterMark(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	for _, from := range []message.ReplicaID{0, 2, 3} {
		g.step(message.ReplicaNode(1), message.ReplicaNode(from), &message.Checkpoint{Sequence: 4, Digest: message.Digest{1}, Replica: from})
	}
	if r := g.replicas[1].Report(); r.Stable != 0 || r.Executed != 0 {
		t.Errorf("stable n=%d, executed n=%d without any state", r.Stable, r.Executed)
	}
}

// A null request comes from no client, so there is no authenticator to check: a
// backup prepares one that a new view has chosen as soon as the view begins
// (2.3.5).
func TestNullRequestNeedsNoAuthenticator(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	prepares := keep[*message.Prepare](g)
	null := batch(0, 1, 0).Digest()
	m := newView(1)
	for _, c := range m.Changes { // n=2 has prepared, n=1 has not
		c.Prepared = []message.Entry{{Sequence: 2, Digest: message.Digest{1}}}
		c.PrePrepared = c.Prepared
		c.Seal()
	}
	g.step(message.ReplicaNode(2), message.ReplicaNode(1), m)
	for _, p := range *prepares {
		if p.Sequence == 1 && p.View == 1 && p.Digest == null {
			return
		}
	}
	t.Errorf("no PREPARE of the null request at n=1, but %v", *prepares)
}

// A replica that has left its view, and waits for the next to begin, still
// counts CHECKPOINTs and COMMITTED statements, executes what they certify, and
// helps others; it only takes no part in agreeing (2.3.5).
func TestWhatGoesOnDuringAViewChange(t *testing.T) {
	t.Parallel()
	p := small()
	p.CheckpointInterval, p.LogSize = 1, 4
	g := newGroup(t, p)
	me := message.ReplicaNode(3)
	g.drop = without(3)
	sums := keep[*message.Checkpoint](g)
	g.run(1, 1, 1)
	b := batch(0, 1, start, g.request(1, 1, 1, "op1")) // as replica 0 has proposed it
	for _, from := range []message.ReplicaID{1, 2} {
		g.step(me, message.ReplicaNode(from), change(from, 5))
	}
	if r := g.replicas[3].Report(); !r.Changing {
		t.Fatal("replica 3 is not changing views")
	}
	g.drop, g.wire = nil, nil

	g.step(me, message.ReplicaNode(0), b)
	if len(g.wire) != 0 {
		t.Errorf("it agrees to a batch of the view that it has left: %v", g.log.String())
	}
	for _, from := range []message.ReplicaID{1, 2} {
		g.step(me, message.ReplicaNode(from), &message.Committed{Sequence: 1, Digest: b.Digest(), Replica: from})
	}
	g.step(me, message.ReplicaNode(1), b)
	if r := g.replicas[3].Report(); r.Executed != 1 || !r.Changing {
		t.Fatalf("executed n=%d, changing %t; want what f+1 say is committed", r.Executed, r.Changing)
	}
	for _, c := range *sums {
		g.step(me, message.ReplicaNode(c.Replica), c)
	}
	if r := g.replicas[3].Report(); r.Stable != 1 {
		t.Errorf("the checkpoint at 1 is not stable: %+v", r)
	}
	g.wire = nil
	g.step(me, message.ReplicaNode(0), &message.Fetch{Sequence: 1, Digest: b.Digest(), Replica: 0})
	g.step(me, message.ReplicaNode(0), &message.Status{Replica: 0, Stable: 0, Executed: 0})
	helped := g.log.String()
	for _, want := range []string{"3 -> 0  PRE-PREPARE v=0 n=1", "3 -> 0  COMMITTED n=1"} {
		if !strings.Contains(helped, want) {
			t.Errorf("it does not help others: no %q in\n%s", want, helped)
		}
	}
}

// A replica that installs a state forgets what is at and below it, and keeps
// what it has agreed to above: it will speak of that in its next VIEW-CHANGE
// (5.3.2 and 2.3.5).
func TestFetchedStateKeepsWhatIsAbove(t *testing.T) {
	t.Parallel()
	p := small()
	p.LogSize = 16
	g := newGroup(t, p)
	g.drop = without(3)
	g.run(1, 1, 8)
	for _, n := range []message.Sequence{2, 12} {
		g.step(message.ReplicaNode(3), message.ReplicaNode(0), batch(0, n, g.now+message.Time(n), g.request(2, 1, 1, "op")))
	}
	g.drop = nil
	g.rounds(5)
	if !g.hasEvent("3 has fetched the state at n=8") {
		t.Fatalf("replica 3 has not fetched the state: %+v", g.replicas[3].Report())
	}
	changes := keep[*message.ViewChange](g)
	g.step(message.ReplicaNode(3), message.ReplicaNode(1), change(1, 1))
	g.step(message.ReplicaNode(3), message.ReplicaNode(2), change(2, 1))
	m := (*changes)[0]
	if m.Stable != 8 || len(m.PrePrepared) != 1 || m.PrePrepared[0].Sequence != 12 {
		t.Errorf("after the state at n=8 its log starts at n=%d and Q is %v; want what was agreed at 12", m.Stable, m.PrePrepared)
	}
}

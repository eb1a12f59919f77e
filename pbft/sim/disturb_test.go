package sim

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestDamageWithinF: replicas lose their memory or have it damaged only as long
// as f allows, those that are faulty for good included.
func TestDamageWithinF(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		s := Draw(seed, 2)
		s.Faults = []Planned{{Node: 1, Attacks: []Attack{AttackNamed("silent")}}}
		w := New(s, nil)
		if w.amnesia() == nil {
			t.Fatal("one of two faults is left, and no replica may lose its memory")
		}
		if w.spare() != 0 || w.corruption() != nil || w.amnesia() != nil {
			t.Fatalf("seed %d: more than f replicas are damaged", seed)
		}
	}
}

// TestTrustComesBack: a replica that lost its memory counts as faulty until it
// has a stable checkpoint above everything it may have voted on.
func TestTrustComesBack(t *testing.T) {
	t.Parallel()
	s := Draw(3, 1)
	s.Faults = nil
	w := New(s, nil)
	w.impaired[2] = &impaired{highest: 1}
	w.recovered()
	if w.spare() != 0 {
		t.Error("a replica is trusted that has nothing")
	}
	w.impaired[2] = &impaired{}
	w.recovered()
	if w.spare() != 1 {
		t.Error("a replica is not trusted that had nothing to forget")
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	replica := func(i message.ReplicaID) message.Node { return message.ReplicaNode(i) }
	client := message.ClientNode(message.ClientID{Principal: 1, Session: 9})
	l := newLinks(4)
	l.cut[0] = true
	l.side[3] = 1
	l.down[[2]int{1, 2}] = true
	l.down[[2]int{5, 2}] = true // the client's place
	for _, c := range []struct {
		name     string
		from, to message.Node
		blocked  bool
	}{
		{"cut off", replica(0), replica(1), true},
		{"to one cut off", client, replica(0), true},
		{"other side", replica(1), replica(3), true},
		{"a client reaches both sides", client, replica(3), false},
		{"one way", replica(1), replica(2), true},
		{"the other way", replica(2), replica(1), false},
		{"one way of a client", client, replica(2), true},
		{"its other way", replica(2), client, false},
	} {
		if l.blocked(c.from, c.to) != c.blocked {
			t.Errorf("%s: blocked=%t", c.name, !c.blocked)
		}
	}
	l.heal()
	if l.blocked(replica(0), replica(3)) || l.blocked(replica(1), replica(2)) {
		t.Error("links do not heal")
	}
}

// TestClocks: clocks go forward, stay within the skew, and when one has shown a
// time is told neither too early nor much too late.
func TestClocks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		s := Draw(seed, 1)
		s.Skew = pbft.Second
		w := New(s, nil)
		c := w.drawClock()
		before := c.read(epochStart)
		for now := epochStart; now < epochStart+faultyTime+coreTime+healingTime; now += 10 * pbft.Second {
			shown := c.read(now)
			if shown < before || shown > now+s.Skew || shown < now-s.Skew {
				t.Fatalf("at %d a clock shows %d, after %d", now-epochStart, shown-epochStart, before-epochStart)
			}
			before = shown
			at := shown + 777
			if d := c.until(now, at); c.read(now+d) < at || d > 1000 {
				t.Fatalf("777 ns of a clock take %d", d)
			}
		}
	}
}

// TestTwinsAreSeenApart: a node hears only the twins that it sees.
func TestTwinsAreSeenApart(t *testing.T) {
	t.Parallel()
	s := Draw(2, 1)
	s.Faults = []Planned{{Node: 0, Attacks: []Attack{twins}}}
	w := New(s, nil)
	p := w.pairs[0]
	one := message.ReplicaNode(1)
	for _, c := range []struct {
		seen           half
		count          int
		hidesA, hidesB bool
	}{{twinA, 1, false, true}, {twinB, 1, true, false}, {both, 2, false, false}} {
		p.seen[1] = c.seen
		if n := len(w.at(message.ReplicaNode(0), one)); n != c.count {
			t.Errorf("who sees %d reaches %d replicas", c.seen, n)
		}
		if w.unseen(message.ReplicaNode(0), twinA, one) != c.hidesA || w.unseen(message.ReplicaNode(0), twinB, one) != c.hidesB {
			t.Errorf("who sees %d hears the wrong twin", c.seen)
		}
	}
	if w.unseen(one, single, message.ReplicaNode(0)) {
		t.Error("a replica without a twin is not heard")
	}
}

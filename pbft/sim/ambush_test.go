package sim

import (
	"testing"

	"bfs/pbft/message"
)

// ambushed is a world in which an ambush waits.
func ambushed(o occasion, s strike) *World {
	settings := Draw(2, 1)
	settings.Faults, settings.Ambushes, settings.Hunt = nil, 0, false
	w := New(settings, nil)
	w.ambush = &ambush{occasion: o, strike: s, odds: 1}
	return w
}

// TestAmbushIsolates: an ambush strikes at its occasion only, once, and whom it
// isolates is reached by clients but by no other replica.
func TestAmbushIsolates(t *testing.T) {
	t.Parallel()
	w := ambushed(onLeaving, strikes[0])
	zero, one, two := message.ReplicaNode(0), message.ReplicaNode(1), message.ReplicaNode(2)
	client := message.ClientNode(message.ClientID{Principal: 0, Session: 1})
	w.occurs(onEntering, w.replicas[1])
	if w.links.blocked(one, zero) {
		t.Error("it strikes at another occasion")
	}
	w.occurs(onLeaving, w.replicas[1])
	w.occurs(onLeaving, w.replicas[2])
	if !w.links.blocked(one, zero) || !w.links.blocked(zero, one) || w.links.blocked(client, one) || w.links.blocked(two, zero) {
		t.Error("it isolates the wrong nodes")
	}
	if err := w.runUntil(w.now+longestDisturbance+1, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	if w.links.blocked(one, zero) {
		t.Error("it has no end")
	}
}

// TestSilence: after it clients wait for nothing and send nothing, until they
// read at the end what has come of the run.
func TestSilence(t *testing.T) {
	t.Parallel()
	w := ambushed(onLeaving, strikes[len(strikes)-1])
	if err := w.runUntil(w.now+1_000_000, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	w.occurs(onLeaving, w.replicas[1])
	if !w.finished() {
		t.Error("clients still wait for something")
	}
	for _, c := range w.clients {
		if c.invoke(); c.outstanding() > 0 {
			t.Errorf("%v begins another call", c.node)
		}
		if c.readBack(); c.outstanding() == 0 {
			t.Errorf("%v does not read at the end", c.node)
		}
	}
}

// TestHuntsIsolateTheOnlyOne: hunts strike when a batch is prepared or executed,
// at the replica that knows.
func TestHuntsIsolateTheOnlyOne(t *testing.T) {
	t.Parallel()
	hunts := 0
	for seed := range uint64(60) {
		s := Draw(seed, 1)
		if !s.Hunt {
			continue
		}
		hunts++
		w := New(s, nil)
		w.layAmbush()
		if a := w.ambush; a.strike.name != strikes[0].name || a.occasion != onPrepared && a.occasion != onExecuted {
			t.Errorf("seed %d: a hunt waits for %q to %q", seed, occasionNames[a.occasion], a.strike.name)
		}
	}
	if hunts == 0 {
		t.Error("no run is a hunt")
	}
}

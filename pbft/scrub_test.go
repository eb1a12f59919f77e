package pbft_test

import (
	"fmt"
	"slices"
	"testing"
)

// wearOut changes an operation in a replica's memory. Nobody notices before the
// replica checks it.
func (g *group) wearOut(replica, op int) {
	l := g.services[replica]
	l.damage = func() {
		l.applied = slices.Clone(l.applied)
		l.applied[op] += "?"
	}
}

// idle lets so many idle periods pass, and a little more.
func (g *group) idle(periods int) {
	g.t.Helper()
	for range periods*8 + 1 {
		g.tick(g.params.StatusInterval)
	}
}

// TestIdleReplicaRepairsItsMemory (TOCS'02, section 5.3.3): a replica whose
// state has changed by itself notices although nothing is executed, at a stable
// checkpoint and between two; fetches the right state; and executes again what
// came after it. The others are not disturbed.
func TestIdleReplicaRepairsItsMemory(t *testing.T) {
	t.Parallel()
	for _, executed := range []int{4, 5, 7, 8, 11} {
		for replica := range 4 {
			t.Run(fmt.Sprintf("%d batches, replica %d", executed, replica), func(t *testing.T) {
				t.Parallel()
				g := newGroup(t, small())
				g.run(1, 1, executed)
				g.idle(2)
				g.wearOut(replica, 2)
				g.idle(3)
				if !g.hasEvent(fmt.Sprintf("%d state diverged at n=%d", replica, executed)) {
					t.Fatalf("nothing was noticed: %q", g.events)
				}
				g.same(ops(1, executed)...)
				for i, r := range g.replicas {
					p := r.Report()
					if p.Diverged || int(p.Executed) != executed {
						t.Errorf("replica %d: %+v", i, p)
					}
					if i != replica && g.hasEvent(fmt.Sprintf("%d state diverged", i)) {
						t.Errorf("replica %d diverged", i)
					}
				}
				g.run(1, executed+1, 8)
				g.same(ops(1, executed+8)...)
			})
		}
	}
}

// TestWornReplicaWithoutCheckpointStartsOver: there is none to fetch, and all
// that was executed is in the log.
func TestWornReplicaWithoutCheckpointStartsOver(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 2)
	g.idle(2)
	g.wearOut(2, 0)
	g.idle(2)
	if !g.hasEvent("2 state diverged at n=2") {
		t.Fatal("nothing was noticed")
	}
	if g.replicas[2].Report().Diverged {
		t.Error("it has not repaired itself")
	}
	g.same(ops(1, 2)...)
	g.run(1, 3, 3)
	g.same(ops(1, 5)...)
}

// TestWornMemoryShowsAtTheNextCheckpoint when the replica is never idle.
func TestWornMemoryShowsAtTheNextCheckpoint(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	g.run(1, 1, 5)
	g.wearOut(1, 3)
	g.tick(g.params.StatusInterval)
	g.run(1, 6, 3)
	if !g.hasEvent("1 state diverged at n=8") {
		t.Errorf("nothing was noticed: %q", g.events)
	}
	g.idle(1)
	g.same(ops(1, 8)...)
}

// TestSoundMemoryIsLeftAlone, busy or idle, with state that is executed
// tentatively among it.
func TestSoundMemoryIsLeftAlone(t *testing.T) {
	t.Parallel()
	g := newGroup(t, small())
	for i := range 30 {
		g.run(1, i+1, 1)
		g.idle(i % 3)
	}
	if g.hasEvent("diverged") {
		t.Errorf("%q", g.events)
	}
}

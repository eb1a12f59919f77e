package fsstate

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// supply moves pages until limit have been supplied or none is missing, and
// returns how many it moved. A few are asked for at a time, and come in any
// order.
func supply(t testing.TB, a *Assembly, from *Snapshot, limit int, rng *rand.Rand) (moved int) {
	t.Helper()
	for moved < limit {
		ids := a.Missing(nil, 1+rng.IntN(40))
		if len(ids) == 0 {
			return moved
		}
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		for _, id := range ids[:min(len(ids), limit-moved)] {
			page := from.Page(id)
			if len(page) > MaxPageBytes || !a.Supply(id, page) {
				t.Fatalf("page %x of %d bytes is refused", id.Path, len(page))
			}
			moved++
		}
	}
	return moved
}

// transfer makes the version of what s has, and returns it with the pages and
// bytes that it took.
func transfer(t testing.TB, s *State, to *Snapshot) (got *State, pages, bytes uint64) {
	t.Helper()
	a := s.Assemble(to.Digest())
	supply(t, a, to, 1<<30, rand.New(rand.NewPCG(1, 2)))
	got = new(State)
	got.Restore(a.Version())
	if got.Digest() != to.Digest() {
		t.Fatal("the state has another digest than was aimed at")
	}
	if err := got.CheckInvariants(); err != nil {
		t.Fatal(err)
	}
	pages, bytes = a.Progress()
	return got, pages, bytes
}

// TestTransferBetweenRandomStates brings one state to where another is at
// random points, aiming at earlier ones at first, and goes on with it. It must
// stay what one is that was never transferred.
func TestTransferBetweenRandomStates(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 9))
			plain, s, m, other := New(smallConfig), New(smallConfig), newModel(smallConfig), New(Config{})
			a := other.Assemble(other.Digest())
			for i, b := range mixedOps(300+seed, 1500) {
				o := decodeOp(b, m)
				o.run(plain)
				o.run(s)
				o.run(m)
				if plain.Digest() != s.Digest() {
					t.Fatalf("operation %d, %+v: the digests differ", i, o)
				}
				if rng.IntN(10) == 0 {
					a.Retarget(s.Digest())
					supply(t, a, s.Snapshot(), rng.IntN(20), rng)
				}
				if rng.IntN(30) > 0 {
					continue
				}
				a.Retarget(s.Digest())
				supply(t, a, s.Snapshot(), 1<<30, rng)
				other.Restore(a.Version())
				if err := errors.Join(other.CheckInvariants(), compare(other, m)); err != nil {
					t.Fatalf("after operation %d: %v", i, err)
				}
				s, other = other, s
				a = other.Assemble(s.Digest())
			}
		})
	}
}

// TestTransferLeavesTheStateAlone: what the state does while another is put
// together, and what its versions are, has nothing to do with that one.
func TestTransferLeavesTheStateAlone(t *testing.T) {
	t.Parallel()
	x, twin, goal := newTree(t), newTree(t), newTree(t)
	for i := range 50 {
		goal.write(goal.create(alice, fmt.Sprintf("dir/%d", i), 0o644), strings.Repeat("x", 9000))
	}
	goal.ok(goal.Unlink(goal.as(alice), goal.ino("dir"), "ln"))
	version := x.Snapshot()
	want := version.Digest()
	a := x.Assemble(goal.Digest())
	rng := rand.New(rand.NewPCG(3, 3))
	for i := 0; supply(t, a, goal.Snapshot(), 3, rng) > 0; i++ {
		for _, y := range []*tree{x, twin} {
			y.write(y.create(alice, fmt.Sprintf("dir/new%d", i), 0o644), "text")
			y.write(y.ino("dir/f"), fmt.Sprint(i))
		}
		if x.Digest() != twin.Digest() {
			t.Fatal("the transfer has changed the state")
		}
	}
	if x.Restore(a.Version()); x.Digest() != goal.Digest() {
		t.Error("not the state that was aimed at")
	}
	x.check()
	if x.Restore(version); x.Digest() != want {
		t.Error("an earlier version has changed")
	}
	x.check()
}

// TestVersionOfAnIncompleteState is the caller's mistake.
func TestVersionOfAnIncompleteState(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	New(Config{}).Assemble(newTree(t).Digest()).Version()
}

package fsstate

import (
	"fmt"
	"math/rand/v2"
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

// transfer brings what s has to the version, as a new state, and returns it
// with the pages and bytes moved.
func transfer(t testing.TB, s *State, to *Snapshot) (_ *State, pages, bytes uint64) {
	t.Helper()
	a := s.Assemble(to.Digest())
	supply(t, a, to, 1<<30, rand.New(rand.NewPCG(1, 2)))
	got := new(State)
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

// TestTransferBetweenRandomStates moves to the state of one run that of
// another, or of nothing, or of itself some operations earlier; and goes on
// with both.
func TestTransferBetweenRandomStates(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 9))
			s, m := New(smallConfig), newModel(smallConfig)
			base := New(Config{})
			for i, b := range randomOps(300+seed, 1500) {
				o := decodeOp(b, m)
				o.run(s)
				o.run(m)
				base.Digest()
				if rng.IntN(10) > 0 {
					continue
				}
				want := s.Digest()
				got, _, _ := transfer(t, base, s.Snapshot())
				if err := compare(got, m); err != nil {
					t.Fatalf("after operation %d: %v", i, err)
				}
				if s.Digest() != want {
					t.Fatal("the source changed")
				}
				base = got
				if rng.IntN(2) == 0 {
					s, base = base, s
				}
			}
		})
	}
}

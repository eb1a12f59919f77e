package fsstate

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestTransferSharesWithSnapshots: what snapshots and the files of now have in
// common moves once, whoever has it, and is there once afterwards.
func TestTransferSharesWithSnapshots(t *testing.T) {
	t.Parallel()
	const blocks, size = 1500, 1500 * BlockSize
	x, file := bigState(t, blocks)
	rng := rand.New(rand.NewPCG(3, 3))
	old := clone(x)
	old.Digest()
	c := &Context{Now: 2e18}
	for i := range 5 {
		if _, status := x.CreateSnapshot(c, fmt.Sprint(i)); status != OK {
			t.Fatal(status)
		}
		for range blocks / 100 {
			fill(t, x, file, rng.Uint64N(blocks), 1, rng)
		}
	}
	emptied := clone(x)
	if _, status := emptied.Setattr(c, file, SetAttr{Mask: SetSize}); status != OK {
		t.Fatal(status)
	}
	all := uint64(size*103/100 + blocks*400)
	for name, test := range map[string]struct {
		from, to *State
		bytes    uint64 // at most
	}{
		"from nothing":                {New(Config{}), x, all + 5*size/50},
		"without the snapshots":       {old, x, 5 * size / 50},
		"without the latest":          {x, emptied, 20 << 10},
		"what only a snapshot has":    {emptied, x, size / 50},
		"back to before the first":    {x, old, size / 100},
		"the files are only in those": {New(Config{}), emptied, all + 5*size/50},
	} {
		t.Run(name, func(t *testing.T) {
			got, pages, bytes := transfer(t, test.from, test.to.Snapshot())
			t.Logf("%d pages, %d bytes, %.2f%% of the file's", pages, bytes, float64(bytes)/size*100)
			if bytes > test.bytes {
				t.Errorf("moved %d bytes, want at most %d", bytes, test.bytes)
			}
			got.Scrub(1 << 30)
			if got.Digest() != test.to.Digest() {
				t.Error("it does not hold what it says")
			}
		})
	}
}

// TestRepairIsNotTakenFromDamage: where memory has changed that snapshots share,
// what is wrong is repaired from others, and not from a snapshot.
func TestRepairIsNotTakenFromDamage(t *testing.T) {
	t.Parallel()
	for name, damage := range wear {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good, file := bigState(t, 300)
			bad, _ := bigState(t, 300)
			for _, s := range []*State{good, bad} {
				for i := range 2 {
					if _, status := s.CreateSnapshot(&Context{Now: 2e18}, fmt.Sprint(i)); status != OK {
						t.Fatal(status)
					}
					fill(t, s, file, 5, 1, rand.New(rand.NewPCG(1, uint64(i))))
				}
				s.Digest()
			}
			damage(bad, file)
			if scrubAll(bad, 10_000) == 0 || bad.Digest() == good.Digest() {
				t.Fatal("a round has not found the damage")
			}
			repaired, _, _ := transfer(t, bad, good.Snapshot())
			for range 3 {
				if wrong := scrubAll(repaired, 20_000); wrong != 0 {
					t.Fatalf("a round after the repair finds %d", wrong)
				}
			}
			sameFiles(t, repaired, good)
		})
	}
}

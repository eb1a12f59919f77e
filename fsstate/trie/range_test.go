package trie

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// randomKey is awkward, or one of a few that lie close together.
func randomKey(rng *rand.Rand) uint64 {
	if rng.IntN(3) == 0 {
		return awkwardKeys[rng.IntN(len(awkwardKeys))]
	}
	return 0x12340 + rng.Uint64N(200)<<(rng.IntN(3)*4)
}

// TestRangesAgreeWithModel asks random maps about random ranges.
func TestRangesAgreeWithModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 8))
	for range 400 {
		model := map[uint64]num{}
		for range rng.IntN(200) {
			model[randomKey(rng)] = num(rng.Uint64())
		}
		if rng.IntN(2) == 0 {
			for k := range rng.Uint64N(600) {
				model[0x12300+k] = 1
			}
		}
		m := build(model)
		for range 100 {
			askRange(t, m, model, randomKey(rng), randomKey(rng))
		}
	}
}

func askRange(t *testing.T, m *Map[num], model map[uint64]num, lo, hi uint64) {
	t.Helper()
	keys := slices.Sorted(maps.Keys(model))
	count, floor, some := 0, uint64(0), false
	for _, k := range keys {
		if lo <= k && k <= hi {
			count++
		}
		if k <= lo {
			floor, some = k, true
		}
	}
	if got := m.CountRange(lo, hi); got != count {
		t.Fatalf("%d keys from %#x to %#x, want %d", got, lo, hi, count)
	}
	if k, v, ok := m.Floor(lo); ok != some || k != floor || v != model[floor] && some {
		t.Fatalf("Floor(%#x) = %#x, %d, %v, want %#x, %v", lo, k, v, ok, floor, some)
	}
	gap, is := lo, true
	for _, taken := model[gap]; taken; _, taken = model[gap] {
		if gap++; gap == 0 {
			is = false
			break
		}
	}
	if k, ok := m.FirstGap(lo); ok != is || is && k != gap {
		t.Fatalf("FirstGap(%#x) = %#x, %v, want %#x, %v", lo, k, ok, gap, is)
	}
}

// TestCopyRangeAgreesWithModel copies ranges between random maps, to and fro.
func TestCopyRangeAgreesWithModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 8))
	a, b := version{model: map[uint64]num{}}, version{model: map[uint64]num{}}
	for e := Epoch(1); e < 3000; e++ {
		for range rng.IntN(10) {
			k := randomKey(rng)
			a.m.Set(e, k, num(e))
			a.model[k] = num(e)
		}
		a, b = b, a
		from, was := a.m, maps.Clone(a.model)
		lo, hi := randomKey(rng), randomKey(rng)
		e++
		b.m.CopyRange(e, a.m, lo, hi)
		if lo <= hi {
			maps.DeleteFunc(b.model, func(k uint64, _ num) bool { return lo <= k && k <= hi })
			for k, v := range a.model {
				if lo <= k && k <= hi {
					b.model[k] = v
				}
			}
		}
		same(t, &b.m, b.model)
		same(t, &from, was)
		if b.m.Digest() != build(b.model).Digest() {
			t.Fatal("the digest depends on the history")
		}
	}
}

// TestCopyRangeShares: a copy of a large map costs a few nodes, and neither
// side sees what the other does later. Allocations are counted, so nothing may
// run beside it.
func TestCopyRangeShares(t *testing.T) {
	const keys = 1 << 16
	var from, m Map[num]
	for k := range uint64(keys) {
		from.Set(1, k, num(k))
	}
	from.Digest()
	copies := testing.AllocsPerRun(10, func() {
		m = Map[num]{}
		m.CopyRange(2, from, 5, keys-7)
	})
	if copies > 50 {
		t.Errorf("a copy of %d keys takes %v allocations", keys, copies)
	}
	m.Set(2, 100, 0)
	from.Set(2, 101, 0)
	check(t, &m)
	check(t, &from)
	if v, _ := from.Get(100); v != 100 {
		t.Error("the source sees a change of the copy")
	}
	if v, _ := m.Get(101); v != 101 {
		t.Error("the copy sees a change of the source")
	}
}

// TestCopyRangeOfTheSameEpoch is the caller's mistake.
func TestCopyRangeOfTheSameEpoch(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var from, m Map[num]
	from.Set(3, 1, 1)
	m.CopyRange(3, from, 0, 5)
}

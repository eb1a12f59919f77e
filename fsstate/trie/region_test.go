package trie

import (
	"maps"
	"math/rand/v2"
	"testing"
)

func TestRegionsAreAligned(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r     Region
		valid bool
		last  uint64
	}{
		{All, true, maxKey},
		{Region{}, true, 0},
		{Region{maxKey, 0}, true, maxKey},
		{Region{0x1230, 4}, true, 0x123f},
		{Region{0xf << 60, 60}, true, maxKey},
		{Region{0x1234, 4}, false, 0x123f},
		{Region{1, 64}, false, maxKey},
		{Region{0, 5}, false, 31},
		{Region{0, 68}, false, maxKey},
	} {
		if c.r.Valid() != c.valid || c.r.Last() != c.last {
			t.Errorf("%+v: %v and last %#x, want %v and %#x", c.r, c.r.Valid(), c.r.Last(), c.valid, c.last)
		}
	}
	if r := (Region{0x1230, 4}); !r.Has(0x1230) || !r.Has(0x123f) || r.Has(0x122f) || r.Has(0x1240) {
		t.Error("a region has other keys")
	}
}

// TestRegionDigestIsWhatParentsShow: for each child of each node, and zero
// where there is none; in another map with those keys it is the same.
func TestRegionDigestIsWhatParentsShow(t *testing.T) {
	t.Parallel()
	model := map[uint64]num{}
	for i, k := range awkwardKeys {
		model[k] = num(i)
	}
	m := build(model)
	if m.RegionDigest(All) != m.Digest() {
		t.Fatal("the root has another digest")
	}
	nodes := []Region{All}
	for len(nodes) > 0 {
		n, ok := m.Node(nodes[0].First, uint(nodes[0].Bits))
		if !ok {
			t.Fatalf("no node in %+v", nodes[0])
		}
		nodes = nodes[1:]
		i := 0
		for d := range fanOut {
			var want Digest
			if (n.Kids|n.Leaves)&(1<<d) != 0 {
				want = n.Digests[i]
				i++
			}
			if n.Kids&(1<<d) != 0 {
				nodes = append(nodes, n.Child(d))
			}
			r := n.Child(d)
			part := maps.Clone(model)
			maps.DeleteFunc(part, func(k uint64, _ num) bool { return !r.Has(k) })
			if m.RegionDigest(r) != want || build(part).RegionDigest(r) != want {
				t.Errorf("child %d of %#x/%d has another digest", d, n.Prefix, n.Shift)
			}
		}
	}
	if empty := new(Map[num]); empty.RegionDigest(All) != (Digest{}) {
		t.Error("the empty map has a digest")
	}
}

// TestDeleteRegion removes regions, and what is around them, of random maps.
func TestDeleteRegion(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 1))
	for range 300 {
		model := map[uint64]num{}
		for i, k := range awkwardKeys {
			if rng.IntN(3) > 0 {
				model[k] = num(i)
			}
		}
		m := build(model)
		at := awkwardKeys[rng.IntN(len(awkwardKeys))]
		outer, inner := regionOf(at, rng.IntN(17)), regionOf(at, 0)
		for bits := uint8(0); bits < outer.Bits && rng.IntN(2) > 0; bits += digitBits {
			inner = regionOf(at, int(bits)/digitBits)
		}
		goes := func(k uint64, _ num) bool { return outer.Has(k) }
		was, removed := len(model), 0
		if rng.IntN(2) > 0 {
			goes = func(k uint64, _ num) bool { return outer.Has(k) && !inner.Has(k) }
			removed = m.DeleteAround(1, outer, inner)
		} else {
			removed = m.DeleteRegion(1, outer)
		}
		maps.DeleteFunc(model, goes)
		same(t, m, model)
		if removed != was-len(model) {
			t.Fatalf("%d keys removed, %d said", was-len(model), removed)
		}
	}
}

// regionOf is the region of that many digits around a key.
func regionOf(key uint64, digits int) Region {
	bits := uint8(digits * digitBits)
	return Region{key &^ (1<<bits - 1), bits}
}

// TestSetHashedIsSet with random keys, over old values and stale ones.
func TestSetHashedIsSet(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(8, 2))
	var m Map[num]
	model := map[uint64]num{}
	for i := range 2000 {
		k, v := rng.Uint64N(300)<<(rng.UintN(3)*20), num(i)
		model[k] = v
		if i%3 == 0 {
			m.Set(Epoch(i/100), k, v)
		} else {
			m.SetHashed(Epoch(i/100), k, v, LeafDigest(k, v.AppendLeaf(nil)))
		}
		if i%50 == 0 {
			m.Digest()
		}
	}
	same(t, &m, model)
	if m.Digest() != build(model).Digest() {
		t.Error("another digest than with Set")
	}
}

// TestSetHashedDoesNotHash the value, and Edit afterwards makes it stale.
func TestSetHashedDoesNotHash(t *testing.T) {
	t.Parallel()
	calls := 0
	var m Map[group]
	for i := range uint64(100) {
		g := group{name: num(i)}
		d := LeafDigest(i, g.AppendLeaf(nil))
		g.calls = &calls
		m.SetHashed(1, i, g, d)
	}
	before := m.Digest()
	if calls != 0 {
		t.Errorf("%d values were hashed", calls)
	}
	m.Edit(1, 7).rows.Set(1, 1, 1)
	if m.Digest() == before || calls != 1 {
		t.Errorf("after one change %d values were hashed", calls)
	}
	check(t, &m)
}

package trie

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// version is a snapshot with what it must go on holding.
type version struct {
	m     Map[num]
	model map[uint64]num
}

// modelRun does random operations on a map and a model side by side.
type modelRun struct {
	t       *testing.T
	r       *rand.Rand
	keys    []uint64
	m       Map[num]
	model   map[uint64]num
	e       Epoch
	kept    []version
	maxKept int
}

func (run *modelRun) key() uint64 { return run.keys[run.r.IntN(len(run.keys))] }

func (run *modelRun) step() {
	k, v := run.key(), num(run.r.Uint64N(4))
	switch p := run.r.IntN(100); {
	case p < 45:
		run.m.Set(run.e, k, v)
		run.model[k] = v
	case p < 60:
		run.edit(k, v)
	case p < 85:
		_, want := run.model[k]
		delete(run.model, k)
		if got := run.m.Delete(run.e, k); got != want {
			run.t.Fatalf("Delete(%#x) = %v", k, got)
		}
	case p < 87:
		run.cut(k, maxKey, run.m.DeleteFrom(run.e, k))
	case p < 90:
		to := run.key()
		run.cut(k, to-1, run.m.DeleteRange(run.e, k, to))
	case p < 95:
		run.m.Digest()
	default:
		run.snapshot()
	}
}

func (run *modelRun) edit(k uint64, v num) {
	p := run.m.Edit(run.e, k)
	if _, ok := run.model[k]; ok != (p != nil) {
		run.t.Fatalf("Edit(%#x) = %v", k, p)
	}
	if p != nil {
		*p = v
		run.model[k] = v
	}
}

// cut takes lo to hi out of the model; DeleteRange(k, 0) removes nothing.
func (run *modelRun) cut(lo, hi uint64, removed int) {
	was := len(run.model)
	if hi != maxKey || lo == maxKey || removed > 0 {
		maps.DeleteFunc(run.model, func(k uint64, _ num) bool { return lo <= k && k <= hi })
	}
	if was-len(run.model) != removed {
		run.t.Fatalf("%d keys from %#x to %#x removed, want %d", removed, lo, hi, was-len(run.model))
	}
}

// snapshot keeps the present version, or goes back to a kept one.
func (run *modelRun) snapshot() {
	if len(run.kept) > 0 && run.r.IntN(4) == 0 {
		old := run.kept[run.r.IntN(len(run.kept))]
		run.m, run.model = old.m, maps.Clone(old.model)
	} else if len(run.kept) < run.maxKept {
		run.kept = append(run.kept, version{run.m, maps.Clone(run.model)})
	}
	run.e += 1 + Epoch(run.r.IntN(3))
}

func TestModel(t *testing.T) {
	t.Parallel()
	dense := make([]uint64, 300)
	for i := range dense {
		dense[i] = uint64(i)
	}
	sparse := make([]uint64, 100)
	for i := range sparse {
		sparse[i] = rand.New(rand.NewPCG(7, uint64(i))).Uint64()
	}
	for name, keys := range map[string][]uint64{
		"dense":   dense,
		"few":     dense[:3],
		"sparse":  sparse,
		"awkward": awkwardKeys,
		"mixed":   slices.Concat(dense[:40], sparse[:40], awkwardKeys),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				run := &modelRun{t: t, r: rand.New(rand.NewPCG(seed, 0)), keys: keys, model: map[uint64]num{}, maxKept: 12}
				run.all(400)
			}
		})
	}
}

func (run *modelRun) all(steps int) {
	for range steps {
		run.step()
		check(run.t, &run.m)
		if run.m.Len() != len(run.model) {
			run.t.Fatalf("Len is %d, want %d", run.m.Len(), len(run.model))
		}
	}
	run.kept = append(run.kept, version{run.m, run.model})
	for _, v := range run.kept {
		same(run.t, &v.m, v.model)
		if v.m.Digest() != build(v.model).Digest() {
			run.t.Fatal("the digest depends on the history")
		}
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	var m Map[num]
	same(t, &m, nil)
	if m.Digest() != (Digest{}) || m.Edit(1, 0) != nil || m.Delete(1, 0) || m.DeleteFrom(1, 0) != 0 {
		t.Fatal("the empty map is not empty")
	}
	m.Set(1, 5, 1)
	if m.Digest() == (Digest{}) {
		t.Fatal("one key has the digest of none")
	}
	m.Delete(2, 5)
	if m.Digest() != (Digest{}) || m.root != nil {
		t.Fatal("the map does not return to empty")
	}
}

// Every pair of awkward keys, through every history of one and two keys.
func TestPairs(t *testing.T) {
	t.Parallel()
	for _, a := range awkwardKeys {
		for _, b := range awkwardKeys {
			var m Map[num]
			m.Set(1, a, 1)
			m.Set(1, b, 2)
			model := map[uint64]num{a: 1}
			model[b] = 2
			same(t, &m, model)
			m.Delete(2, a)
			delete(model, a)
			same(t, &m, model)
			if m.Digest() != build(model).Digest() {
				t.Fatalf("%#x depends on %#x having been there", b, a)
			}
		}
	}
}

func TestAscendStartsAndStops(t *testing.T) {
	t.Parallel()
	model := map[uint64]num{}
	for _, k := range awkwardKeys {
		model[k] = num(k)
	}
	m := build(model)
	for i, from := range awkwardKeys {
		var got []uint64
		for k := range m.Ascend(from) {
			if got = append(got, k); len(got) == 3 {
				break
			}
		}
		if want := awkwardKeys[i:min(i+3, len(awkwardKeys))]; !slices.Equal(got, want) {
			t.Fatalf("from %#x: %#x, want %#x", from, got, want)
		}
	}
	for k := range build(map[uint64]num{3: 1, 20: 1}).Ascend(4) {
		if k != 20 {
			t.Fatalf("from 4 on comes %d", k)
		}
	}
}

func TestDeleteRangeIsHalfOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to uint64
		want     int
	}{
		{0, 0, 0}, {0, 1, 1}, {5, 5, 0}, {6, 5, 0}, {1, maxKey, 2}, {maxKey, 0, 0}, {0, maxKey, 3}, {17, maxKey, 0},
	} {
		m := build(map[uint64]num{0: 1, 5: 1, 16: 1, maxKey: 1})
		if got := m.DeleteRange(2, c.from, c.to); got != c.want || m.Len() != 4-c.want {
			t.Errorf("DeleteRange(%#x, %#x) removed %d, want %d", c.from, c.to, got, c.want)
		}
		check(t, m)
	}
}

// Truncation leaves subtrees alone that it neither keeps in part nor needs.
func TestDeleteFromDropsSubtreesWhole(t *testing.T) {
	m := filled(1<<16, false, num(1))
	if allocs := testing.AllocsPerRun(5, func() {
		c := *m
		if c.DeleteFrom(2, 1234) != 1<<16-1234 {
			t.Error("wrong count")
		}
	}); allocs > 20 {
		t.Fatalf("%v allocations for one path of four nodes", allocs)
	}
}

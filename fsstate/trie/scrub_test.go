package trie

import (
	"math/rand/v2"
	"testing"
)

// randomKeys are keys near each other, keys far apart, and the awkward ones.
func randomKeys(seed uint64) []uint64 {
	r := rand.New(rand.NewPCG(seed, 3))
	keys := append([]uint64(nil), awkwardKeys...)
	for range 200 {
		keys = append(keys, r.Uint64(), uint64(r.IntN(500)))
	}
	return keys
}

func mapOf(keys []uint64) *Map[num] {
	m := new(Map[num])
	for i, k := range keys {
		m.Set(1, k, num(i))
	}
	return m
}

// round audits a whole map in parts of that budget.
func round(t testing.TB, m *Map[num], budget int) (wrong []Region, spent int) {
	t.Helper()
	var a Audit
	for calls := 0; !a.Done; calls++ {
		from := a.Next
		a = m.Audit(from, budget)
		if calls > m.Len() || !a.Done && a.Next <= from {
			t.Fatalf("call %d goes from %#x to %#x", calls, from, a.Next)
		}
		if most := budget + 16*maxEncoding + 64; a.Spent > most {
			t.Fatalf("%d bytes were hashed, with a budget of %d", a.Spent, budget)
		}
		wrong = append(wrong, a.Wrong...)
		spent += a.Spent
	}
	return wrong, spent
}

// nodes calls visit for every node of a map.
func (n *node[V]) nodes(visit func(*node[V])) {
	visit(n)
	for _, kid := range n.kids {
		kid.nodes(visit)
	}
}

// TestAuditHashesEverythingOnce, whatever parts a round is cut into.
func TestAuditHashesEverythingOnce(t *testing.T) {
	t.Parallel()
	m := mapOf(randomKeys(1))
	m.Digest()
	want := m.Len() * (leafHeader + 8)
	m.root.nodes(func(n *node[num]) { want += len(n.appendEncoding(nil)) })
	for _, budget := range []int{0, 1, 100, 1000, 5000, 1 << 30} {
		wrong, spent := round(t, m, budget)
		if len(wrong) != 0 || spent != want {
			t.Errorf("budget %d: %d bytes of %d are hashed, and %v is wrong", budget, spent, want, wrong)
		}
	}
	if a := new(Map[num]).Audit(0, 100); !a.Done || a.Spent != 0 {
		t.Errorf("the audit of an empty map is %+v", a)
	}
}

// flips are the ways in which memory may change.
var flips = map[string]func(m *Map[num], r *rand.Rand){
	"a value": func(m *Map[num], r *rand.Rand) { n := m.randomParent(r); n.leaves[0].value ^= 1 << r.IntN(64) },
	"a key":   func(m *Map[num], r *rand.Rand) { n := m.randomParent(r); n.leaves[0].key ^= 1 },
	"a child's digest": func(m *Map[num], r *rand.Rand) {
		n := m.randomParent(r)
		n.digests[len(n.digests)-1][r.IntN(32)] ^= 4
	},
	"a node's digest": func(m *Map[num], r *rand.Rand) { m.randomParent(r).digest[r.IntN(32)] ^= 8 },
	"a node's place":  func(m *Map[num], r *rand.Rand) { m.randomParent(r).prefix ^= 1 << 63 },
}

// randomParent is a node that has leaves.
func (m *Map[V]) randomParent(r *rand.Rand) *node[V] {
	var found []*node[V]
	m.root.nodes(func(n *node[V]) {
		if len(n.leaves) > 0 {
			found = append(found, n)
		}
	})
	return found[r.IntN(len(found))]
}

// TestAuditFindsWhatHasChangedByItself: after Distrust the digest is that of
// what the memory holds, a second round finds nothing, and an older version
// that shares the memory keeps its digest.
func TestAuditFindsWhatHasChangedByItself(t *testing.T) {
	t.Parallel()
	for name, flip := range flips {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(40) {
				m := mapOf(randomKeys(seed))
				before := m.Digest()
				old := *m
				flip(m, rand.New(rand.NewPCG(seed, 4)))
				wrong, _ := round(t, m, 1000)
				if len(wrong) == 0 {
					t.Fatalf("seed %d: nothing is found", seed)
				}
				for _, r := range wrong {
					m.Distrust(2, r)
				}
				if old.root.stale || name != "a node's digest" && old.Digest() != before {
					t.Fatalf("seed %d: the older version has another digest", seed)
				}
				checkFresh(t, m)
				if wrong, _ = round(t, m, 1000); len(wrong) != 0 {
					t.Fatalf("seed %d: a second round finds %v", seed, wrong)
				}
			}
		})
	}
}

// checkFresh holds the map's digests against those of all its contents.
func checkFresh(t *testing.T, m *Map[num]) {
	t.Helper()
	got := m.Digest()
	all := *m
	all.root.nodes(func(n *node[num]) { n.stale, n.staleSet = true, n.childSet() })
	if want := all.Digest(); got != want {
		t.Fatalf("the digest is %x, that of the contents %x", got[:4], want[:4])
	}
}

// TestAuditLeavesWhatIsStaleToDigest: what is being changed is not wrong.
func TestAuditLeavesWhatIsStaleToDigest(t *testing.T) {
	t.Parallel()
	keys := randomKeys(7)
	m := mapOf(keys)
	m.Digest()
	r := rand.New(rand.NewPCG(7, 7))
	for range 50 {
		if v := m.Edit(2, keys[r.IntN(len(keys))]); v != nil {
			*v += 1000
		}
		m.Delete(2, keys[r.IntN(len(awkwardKeys))])
		m.Set(2, r.Uint64(), 5)
		if wrong, _ := round(t, m, 500); len(wrong) != 0 {
			t.Fatalf("%v is wrong", wrong)
		}
	}
	check(t, m)
}

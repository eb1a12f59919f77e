package trie

import (
	"runtime"
	"strings"
	"sync"
	"testing"
)

// group is a value with a map inside, as an inode has.
type group struct {
	name  num
	rows  Map[num]
	calls *int // of AppendLeaf
}

func (g group) AppendLeaf(dst []byte) []byte {
	if g.calls != nil {
		*g.calls++
	}
	d := g.rows.Digest()
	return append(g.name.AppendLeaf(dst), d[:]...)
}

func TestNestedMapsKeepOldVersions(t *testing.T) {
	t.Parallel()
	var m Map[group]
	for i := range uint64(40) {
		m.Set(1, i, group{name: num(i)})
		m.Edit(1, i).rows.Set(1, i, 1)
	}
	first, old := m.Digest(), m
	m.Edit(2, 7).rows.Set(2, 7, 99)
	m.Edit(2, 7).rows.Set(2, 8, 1)
	m.Edit(2, 8).rows.DeleteFrom(2, 0)
	check(t, &m)
	check(t, &old)
	if old.Digest() != first || m.Digest() == first {
		t.Fatal("writing below a value must show in the new version, and in no other")
	}
	g, _ := old.Get(7)
	if v, _ := g.rows.Get(7); v != 1 || g.rows.Len() != 1 {
		t.Fatalf("the old version's row became %d", v)
	}
	check(t, &m)
}

func TestDigestHashesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	calls := 0
	var m Map[group]
	for i := range uint64(5000) {
		m.Set(1, i, group{calls: &calls})
	}
	for e, touched := range map[Epoch][]uint64{2: {}, 3: {4}, 4: {0, 1, 17, 4999}} {
		m.Digest()
		calls = 0
		next := m
		for _, k := range touched {
			next.Edit(e, k).name++
		}
		next.Digest()
		next.Digest()
		if calls != len(touched) {
			t.Errorf("%d leaves hashed for %d edits", calls, len(touched))
		}
	}
}

// A digest that is up to date is not computed again: a wrong one stays.
func TestDigestTrustsWhatIsUpToDate(t *testing.T) {
	t.Parallel()
	m := filled(32, false, num(1))
	m.Digest()
	spoiled := &m.root.kids[1].digest
	spoiled[0]++
	want := *spoiled
	m.Set(1, 0, 2)
	m.Digest()
	if *spoiled != want {
		t.Fatal("a node that nothing touched was hashed again")
	}
	m.root.digest = want
	if m.Digest() != want {
		t.Fatal("a map that nothing touched was hashed again")
	}
}

// Moving a leaf up or down when its neighbours go and come keeps its digest.
func TestMovedLeavesAreNotHashedAgain(t *testing.T) {
	t.Parallel()
	calls := 0
	var m Map[group]
	m.Set(1, 0x100, group{calls: &calls})
	m.Digest()
	for _, k := range []uint64{0x101, 0x200, 0x1000} {
		m.Set(2, k, group{})
		m.Digest()
		m.Delete(2, k)
		m.Digest()
	}
	check(t, &m)
	if calls != 1+1 { // CheckInvariants makes one
		t.Fatalf("a leaf that stayed was hashed %d times", calls-1)
	}
}

func TestEpochsOnlyGrow(t *testing.T) {
	t.Parallel()
	var m Map[num]
	m.Set(5, 1, 1)
	defer func() {
		if err, _ := recover().(string); !strings.Contains(err, "epoch") {
			t.Fatalf("a write with an older epoch gave %q", err)
		}
	}()
	m.Set(4, 1, 2)
}

// Readers hold versions that the writer has left behind, hashed or not, while
// it writes and hashes on. The race detector is the judge.
func TestReadersOfOldVersions(t *testing.T) {
	t.Parallel()
	var readers sync.WaitGroup
	m := filled(500, false, group{})
	for e := Epoch(2); e < 30; e++ {
		hashed := e%2 == 0
		if hashed {
			m.Digest()
		}
		old := *m
		readers.Go(func() { read(t, old, hashed) })
		for i := uint64(0); i < 500; i += 7 {
			m.Edit(e, i).rows.Set(e, i, num(e))
			m.Delete(e, i+1)
		}
		m.Digest()
	}
	readers.Wait()
}

func read(t *testing.T, old Map[group], hashed bool) {
	n := 0
	for k := range old.Ascend(0) {
		g, ok := old.Get(k)
		if _, inner := g.rows.Get(k); !ok || inner != (g.rows.Len() > 0) {
			t.Errorf("key %d is torn", k)
		}
		n++
	}
	if n != old.Len() {
		t.Errorf("%d keys, Len is %d", n, old.Len())
	}
	if hashed {
		if err := old.CheckInvariants(); err != nil {
			t.Error(err)
		}
	}
}

// heavy is a value whose collection shows.
type heavy struct{ bytes *[1 << 10]byte }

func (heavy) AppendLeaf(dst []byte) []byte { return dst }

func TestOldVersionsAreFreed(t *testing.T) {
	t.Parallel()
	const values = 64
	freed := make(chan struct{}, 2*values)
	fresh := func() heavy {
		h := heavy{new([1 << 10]byte)}
		runtime.AddCleanup(h.bytes, func(struct{}) { freed <- struct{}{} }, struct{}{})
		return h
	}
	var m Map[heavy]
	for i := range uint64(values) {
		m.Set(1, i, fresh())
	}
	old := m
	for i := range uint64(values) {
		m.Set(2, i, fresh())
	}
	runtime.GC()
	if v, _ := old.Get(3); v.bytes == nil || len(freed) > 0 {
		t.Fatal("a version in use was freed")
	}
	old = Map[heavy]{}
	for range values {
		runtime.GC()
		<-freed
	}
	if m.Len() != values || len(freed) > 0 {
		t.Fatal("the present version was freed")
	}
	runtime.KeepAlive(&m)
}

// A pointer used after Digest leaves a digest behind that is wrong; the
// checker must say so.
func TestCheckerFindsLateEdits(t *testing.T) {
	t.Parallel()
	m := build(map[uint64]num{1: 1, 2: 2, 300: 3})
	late := m.Edit(1, 2)
	m.Digest()
	*late = 9
	if m.CheckInvariants() == nil {
		t.Fatal("a wrong digest went unnoticed")
	}
}

func TestCheckerFindsBadShapes(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(n *node[num]){
		"count":    func(n *node[num]) { n.count++ },
		"prefix":   func(n *node[num]) { n.kids[0].prefix += 1 << 12 },
		"shift":    func(n *node[num]) { n.kids[0].shift = 60 },
		"epoch":    func(n *node[num]) { n.kids[0].epoch = 9 },
		"stale":    func(n *node[num]) { n.kids[0].stale = true },
		"leaf set": func(n *node[num]) { n.leafSet = n.leafSet.without(3) },
		"overlap":  func(n *node[num]) { n.kidSet = n.kidSet.with(3) },
		"leaf key": func(n *node[num]) { n.leaves[0].key += 0x100; n.staleSet = n.leafSet; n.stale = true },
		"one kid":  func(n *node[num]) { n.kids[0].dropLeaf(0); n.kids[0].count--; n.count-- },
		"digest":   func(n *node[num]) { n.digest[0]++ },
	} {
		m := build(map[uint64]num{0: 1, 1: 2, 0x300: 3})
		m.Digest()
		check(t, m)
		if spoil(m.root); m.CheckInvariants() == nil {
			t.Errorf("%s: went unnoticed", name)
		}
	}
}

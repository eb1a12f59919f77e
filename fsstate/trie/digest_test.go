package trie

import (
	"encoding/hex"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestDigestIsOfTheContents(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	model := map[uint64]num{}
	for i := range 400 {
		model[r.Uint64()>>(r.UintN(60))] = num(i)
	}
	want := build(model).Digest()
	for range 20 {
		m := shuffled(r, model)
		check(t, m)
		if m.Digest() != want {
			t.Fatal("the digest depends on the order")
		}
	}
}

// shuffled inserts in random order, and other keys too, which it removes.
func shuffled(r *rand.Rand, model map[uint64]num) *Map[num] {
	keys := slices.Sorted(maps.Keys(model))
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	m, e := new(Map[num]), Epoch(0)
	for i, k := range keys {
		extra := k ^ 1<<r.UintN(64)
		m.Set(e, extra, 77)
		m.Set(e, k, model[k])
		if i%8 == 0 {
			m.Digest()
			e++
		}
		if v, ok := model[extra]; ok {
			m.Set(e, extra, v)
		} else {
			m.Delete(e, extra)
		}
	}
	return m
}

func TestDifferentContentsDifferentDigests(t *testing.T) {
	t.Parallel()
	base := map[uint64]num{0: 1, 1: 2, 16: 3, 1 << 40: 4}
	seen := map[Digest]string{build(base).Digest(): "the same"}
	try := func(name string, change func(m map[uint64]num)) {
		model := maps.Clone(base)
		change(model)
		d := build(model).Digest()
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[d] = name
	}
	try("nothing", func(m map[uint64]num) { clear(m) })
	try("a value more", func(m map[uint64]num) { m[2] = 0 })
	try("a value less", func(m map[uint64]num) { delete(m, 16) })
	try("a value changed", func(m map[uint64]num) { m[16] = 4 })
	try("values swapped", func(m map[uint64]num) { m[0], m[1] = m[1], m[0] })
	try("a key moved", func(m map[uint64]num) { delete(m, 16); m[17] = 3 })
	try("all keys moved", func(m map[uint64]num) {
		clear(m)
		for k, v := range base {
			m[k+1<<50] = v
		}
	})
}

// The digest is part of what replicas of different builds must agree on.
func TestDigestIsFixed(t *testing.T) {
	t.Parallel()
	d := build(map[uint64]num{0: 1, 1: 2, 16: 3, 1 << 40: 4, maxKey: 5}).Digest()
	const want = "de64ca142f06f6d2c43a3114f4accfc20825290d4658beca196a41acb86338ca"
	if got := hex.EncodeToString(d[:]); got != want {
		t.Fatalf("the digest of a known map is now %s; replicas of older builds compute %s", got, want)
	}
}

// fetch rebuilds a map from a trusted digest and a source that is not, asking
// for nodes and leaves as state transfer does.
func fetch(t *testing.T, from *Map[num], want Digest, first uint64, bits uint, into *Map[num]) {
	n, ok := from.Node(first, bits)
	if !ok || n.Sum() != want {
		t.Fatalf("no node %#x/%d with digest %x", first, bits, want)
	}
	decoded, err := DecodeNode(n.Append(nil))
	if err != nil || decoded.Sum() != want {
		t.Fatalf("%#x/%d does not survive its encoding: %v", first, bits, err)
	}
	i := 0
	for d := range uint64(fanOut) {
		place := decoded.Prefix | d<<decoded.Shift
		switch {
		case decoded.Kids&(1<<d) != 0:
			fetch(t, from, decoded.Digests[i], place, uint(decoded.Shift), into)
		case decoded.Leaves&(1<<d) != 0:
			fetchLeaf(t, from, decoded.Digests[i], place, into)
		default:
			continue
		}
		i++
	}
}

func fetchLeaf(t *testing.T, from *Map[num], want Digest, place uint64, into *Map[num]) {
	for k, v := range from.Ascend(place) {
		if LeafDigest(k, v.AppendLeaf(nil)) != want {
			t.Fatalf("leaf %#x does not have the digest that its parent shows", k)
		}
		into.Set(1, k, v)
		return
	}
	t.Fatalf("no leaf at %#x", place)
}

func TestNodesLeadFromTheRootToEveryLeaf(t *testing.T) {
	t.Parallel()
	model := map[uint64]num{}
	for i, k := range awkwardKeys {
		model[k] = num(i)
	}
	for _, size := range []int{1, 2, 3, len(awkwardKeys)} {
		for k := range model {
			if len(model) > size {
				delete(model, k)
			}
		}
		m, copied := build(model), new(Map[num])
		fetch(t, m, m.Digest(), 0, 64, copied)
		same(t, copied, model)
		if copied.Digest() != m.Digest() {
			t.Fatal("the copy has another digest")
		}
	}
}

func TestNodeFindsTheTopmostInTheRange(t *testing.T) {
	t.Parallel()
	m := build(map[uint64]num{0x1000: 1, 0x1001: 1, 0x1100: 1, 0x2000: 1, 0x9_0000: 1})
	for _, c := range []struct {
		first  uint64
		bits   uint
		prefix uint64
		shift  uint8
		ok     bool
	}{
		{0, 64, 0, 16, true},
		{0, 20, 0, 16, true},
		{0, 16, 0, 12, true},
		{0x1000, 12, 0x1000, 8, true},
		{0x1000, 8, 0x1000, 0, true},
		{0x1000, 4, 0x1000, 0, true},
		{0x1100, 8, 0, 0, false},     // one leaf
		{0x1200, 8, 0, 0, false},     // none
		{0x9_0000, 16, 0, 0, false},  // one leaf
		{0xff_0000, 16, 0, 0, false}, // beyond all
	} {
		n, ok := m.Node(c.first, c.bits)
		if ok != c.ok || n.Prefix != c.prefix || n.Shift != c.shift {
			t.Errorf("Node(%#x, %d) = %#x/%d, %v", c.first, c.bits, n.Prefix, n.Shift, ok)
		}
	}
}

func TestDecodeNodeRefuses(t *testing.T) {
	t.Parallel()
	good := Node{Prefix: 0x1200, Shift: 4, Kids: 1, Leaves: 2, Digests: make([]Digest, 2)}
	if _, err := DecodeNode(good.Append(nil)); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(n *Node){
		"shift off the digits":   func(n *Node) { n.Shift = 5 },
		"shift too large":        func(n *Node) { n.Shift = 64; n.Prefix = 0 },
		"prefix below the shift": func(n *Node) { n.Prefix = 0x1210 },
		"overlap":                func(n *Node) { n.Leaves = 3 },
		"kid at the bottom":      func(n *Node) { n.Shift = 0 },
		"one child":              func(n *Node) { n.Leaves = 0; n.Digests = n.Digests[:1] },
		"no child":               func(n *Node) { n.Kids, n.Leaves, n.Digests = 0, 0, nil },
		"too few digests":        func(n *Node) { n.Digests = n.Digests[:1] },
		"too many digests":       func(n *Node) { n.Digests = make([]Digest, 3) },
	} {
		n := good
		spoil(&n)
		if _, err := DecodeNode(n.Append(nil)); !errors.Is(err, ErrNode) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, b := range [][]byte{nil, {nodeTag}, append(good.Append(nil), 0), append([]byte{leafTag}, good.Append(nil)[1:]...)} {
		if _, err := DecodeNode(b); !errors.Is(err, ErrNode) {
			t.Errorf("%x: %v", b, err)
		}
	}
}

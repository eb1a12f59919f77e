package trie

import (
	"fmt"
	"math/bits"
	"slices"
)

// The limits of the structure. Fan-out 16 against 32 and 64: see the
// measurements in doc.go.
const (
	digitBits = 4              // bits of the key that one node looks at
	fanOut    = 1 << digitBits // most children of a node
	topShift  = 64 - digitBits // shift of a node that looks at the highest digit
	maxKey    = 1<<64 - 1
)

// digitSet is a set of digits; a node has one for its leaves and one for its
// kids, and the arrays hold one element for each member, in order.
type digitSet uint16

func (s digitSet) has(d uint) bool { return s&(1<<d) != 0 }

// rank is the number of members below d, which is d's place in the array.
func (s digitSet) rank(d uint) int { return bits.OnesCount16(uint16(s & (1<<d - 1))) }

func (s digitSet) size() int { return bits.OnesCount16(uint16(s)) }

// lowest is the smallest member of a set that has one.
func (s digitSet) lowest() uint { return uint(bits.TrailingZeros16(uint16(s))) }

// highest is the largest member of a set that has one.
func (s digitSet) highest() uint { return uint(bits.Len16(uint16(s))) - 1 }

func (s digitSet) with(d uint) digitSet { return s | 1<<d }

func (s digitSet) without(d uint) digitSet { return s &^ (1 << d) }

// between keeps the members from lo to hi, both included.
func (s digitSet) between(lo, hi uint) digitSet {
	return s & (1<<(hi+1) - 1) &^ (1<<lo - 1)
}

// leaf is one key with its value.
type leaf[V Value] struct {
	key   uint64
	value V
}

// looseLeaf is a leaf on its way from one node to another.
type looseLeaf[V Value] struct {
	leaf   leaf[V]
	digest Digest
	stale  bool // digest is out of date
}

func freshLeaf[V Value](key uint64, v V) looseLeaf[V] {
	return looseLeaf[V]{leaf: leaf[V]{key, v}, stale: true}
}

// node branches on the digit of the key at shift. All keys below it agree in
// the bits above that digit, which are those of prefix; prefix's other bits
// are zero.
type node[V Value] struct {
	kidSet   digitSet
	leafSet  digitSet // disjoint from kidSet
	staleSet digitSet // children whose digest, here or in themselves, is out of date
	shift    uint8    // a multiple of digitBits
	stale    bool     // digest is out of date; then the parents' are too
	prefix   uint64
	kids     []*node[V]
	leaves   []leaf[V]
	epoch    Epoch // that made the node, and may change it in place
	// digests are those of all children in the order of their digits: of leaves,
	// apart from them so that walks do not read them, and of kids, again, so that
	// hashing a node does not read those that have not changed.
	digests []Digest
	count   int // leaves in the subtree
	digest  Digest
}

func newNode[V Value](e Epoch, key uint64, shift uint8) *node[V] {
	return &node[V]{prefix: key &^ span(shift), epoch: e, shift: shift, stale: true}
}

// newSingle makes the node for the only leaf of a map.
func newSingle[V Value](e Epoch, l looseLeaf[V]) *node[V] {
	n := newNode[V](e, l.leaf.key, 0)
	n.addLeaf(l)
	n.count = 1
	return n
}

// span is a mask of the key bits that a node with that shift leaves open.
func span(shift uint8) uint64 { return 1<<(shift+digitBits) - 1 }

// parting is the shift at which two different keys part.
func parting(a, b uint64) uint8 {
	highest := uint8(bits.Len64(a^b) - 1)
	return highest - highest%digitBits
}

func (n *node[V]) digit(key uint64) uint { return uint(key>>n.shift) % fanOut }

func (n *node[V]) covers(key uint64) bool { return key&^span(n.shift) == n.prefix }

func (n *node[V]) size() int { return len(n.kids) + len(n.leaves) }

// own returns the node itself if e made it, else a copy that e owns, with
// room for spare more leaves; either way with a digest that is out of date.
func (n *node[V]) own(e Epoch, spare int) *node[V] {
	if n.epoch != e {
		n = n.copyFor(e, spare)
	}
	n.stale = true
	return n
}

func (n *node[V]) copyFor(e Epoch, spare int) *node[V] {
	if n.epoch > e {
		panic(fmt.Sprintf("trie: write with epoch %d to a node of epoch %d; epochs only grow", e, n.epoch))
	}
	c := *n
	c.epoch = e
	c.kids = slices.Clone(n.kids)
	c.leaves = append(make([]leaf[V], 0, len(n.leaves)+spare), n.leaves...)
	c.digests = append(make([]Digest, 0, len(n.digests)+spare), n.digests...)
	return &c
}

// childSet is the digits that have a child.
func (n *node[V]) childSet() digitSet { return n.kidSet | n.leafSet }

// childDigest is the digest of the child at d, unless that is stale.
func (n *node[V]) childDigest(d uint) *Digest { return &n.digests[n.childSet().rank(d)] }

// mark says whether the digest of the child at d is out of date.
func (n *node[V]) mark(d uint, stale bool) {
	n.staleSet = n.staleSet.without(d)
	if stale {
		n.staleSet = n.staleSet.with(d)
	}
}

// addDigest makes room for a child that comes to d, dropDigest closes it.
func (n *node[V]) addDigest(d uint, digest Digest, stale bool) {
	n.digests = insertAt(n.digests, n.childSet().rank(d), digest)
	n.mark(d, stale)
}

func (n *node[V]) dropDigest(d uint) {
	i := n.childSet().rank(d)
	n.digests = slices.Delete(n.digests, i, i+1)
	n.mark(d, false)
}

// addLeaf puts a leaf into a place that is empty. The count is the caller's.
func (n *node[V]) addLeaf(l looseLeaf[V]) {
	d := n.digit(l.leaf.key)
	i := n.leafSet.rank(d)
	n.leaves = insertAt(n.leaves, i, l.leaf)
	n.addDigest(d, l.digest, l.stale)
	n.leafSet = n.leafSet.with(d)
}

// replaceLeaf puts l in place of the leaf at d, whose key it has.
func (n *node[V]) replaceLeaf(d uint, l looseLeaf[V]) {
	n.leaves[n.leafSet.rank(d)], *n.childDigest(d) = l.leaf, l.digest
	n.mark(d, l.stale)
}

// looseLeaf returns the leaf at d.
func (n *node[V]) looseLeaf(d uint) looseLeaf[V] {
	return looseLeaf[V]{n.leaves[n.leafSet.rank(d)], *n.childDigest(d), n.staleSet.has(d)}
}

func (n *node[V]) dropLeaf(d uint) {
	i := n.leafSet.rank(d)
	n.leaves = slices.Delete(n.leaves, i, i+1)
	n.dropDigest(d)
	n.leafSet = n.leafSet.without(d)
}

// addKid puts a node into a place that is empty. The count is the caller's.
func (n *node[V]) addKid(d uint, kid *node[V]) {
	n.kids = insertAt(n.kids, n.kidSet.rank(d), kid)
	n.addDigest(d, Digest{}, true)
	n.kidSet = n.kidSet.with(d)
}

// setKid puts a node in place of the one at d, which it may be itself.
func (n *node[V]) setKid(d uint, kid *node[V]) {
	n.kids[n.kidSet.rank(d)] = kid
	n.mark(d, true)
}

func (n *node[V]) dropKid(d uint) {
	i := n.kidSet.rank(d)
	n.kids = slices.Delete(n.kids, i, i+1)
	n.dropDigest(d)
	n.kidSet = n.kidSet.without(d)
}

// insertAt is slices.Insert with a growth that suits arrays of at most fanOut.
func insertAt[T any](s []T, i int, x T) []T {
	if len(s) == cap(s) {
		grown := make([]T, len(s), min(len(s)+len(s)/2+1, fanOut))
		copy(grown, s)
		s = grown
	}
	return slices.Insert(s, i, x)
}

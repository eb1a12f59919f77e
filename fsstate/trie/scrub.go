package trie

// Audit is what a look at the hashes of a part of a map has shown.
type Audit struct {
	// Wrong are the regions of the leaves and nodes whose digest is not that
	// of what they hold now. The map's writer has not changed them, so the
	// memory has.
	Wrong []Region
	// Next is the key to go on from, unless Done: then the end is reached.
	Next uint64
	Done bool
	// Spent is how many bytes have been hashed, and some for every leaf that
	// was passed over.
	Spent int
}

// Audit hashes leaves and nodes from a key on again, and compares that with
// the digests that are kept for them, until it has hashed about budget bytes,
// at least one leaf, and at most one leaf and the nodes above it more than
// that. What Digest is going to hash anyway is passed over. A round of calls,
// each from the Next of the one before, looks at everything once. Nothing is
// changed, except that nested maps may be asked for their digests.
func (m *Map[V]) Audit(from uint64, budget int) Audit {
	a := auditor[V]{from: from, budget: budget}
	a.Done = m.root == nil || a.node(m.root, All)
	return a.Audit
}

// auditor is one call of Audit.
type auditor[V Value] struct {
	Audit
	from    uint64
	budget  int
	scratch []byte
}

// node looks at a subtree that hangs at r. It is false when the budget is
// spent before the end of it.
func (a *auditor[V]) node(n *node[V], r Region) bool {
	// The place comes from above, lest a node that has lost its own cannot be
	// found again.
	first := r.First | n.prefix&(1<<r.Bits-1)
	if first|span(n.shift) < a.from {
		return true
	}
	if first >= a.from && !n.stale {
		a.scratch = n.appendEncoding(a.scratch[:0])
		a.compare(n.digest, r)
	}
	for rest := n.kidSet | n.leafSet; rest != 0; rest = rest.without(rest.lowest()) {
		d := rest.lowest()
		place := Region{first&^span(n.shift) | uint64(d)<<n.shift, n.shift}
		if n.kidSet.has(d) {
			if !a.node(n.kids[n.kidSet.rank(d)], place) {
				return false
			}
		} else if place.Last() >= a.from && !a.leaf(n, d, place) {
			return false
		}
	}
	return true
}

// leaf looks at the leaf at d. It is false when the budget is spent.
func (a *auditor[V]) leaf(n *node[V], d uint, place Region) bool {
	if n.staleSet.has(d) {
		a.Spent += leafHeader
	} else {
		l := &n.leaves[n.leafSet.rank(d)]
		a.scratch = l.value.AppendLeaf(appendLeafHeader(a.scratch[:0], l.key))
		a.compare(*n.childDigest(d), place)
	}
	a.Next = place.Last() + 1
	return a.Spent < a.budget || a.Next == 0
}

// compare holds what is in scratch against the digest kept for it.
func (a *auditor[V]) compare(kept Digest, r Region) {
	a.Spent += len(a.scratch)
	if Sum(a.scratch) != kept {
		a.Wrong = append(a.Wrong, r)
	}
}

// Distrust makes Digest hash again what an Audit has found wrong, so that it
// shows what the memory holds now. Older versions, which may share it, keep
// the digests that they have.
func (m *Map[V]) Distrust(e Epoch, wrong Region) {
	if m.root != nil {
		m.root = m.root.distrust(e, All, wrong)
	}
}

// distrust returns what is to take the place of a node that hangs at r.
func (n *node[V]) distrust(e Epoch, r, wrong Region) *node[V] {
	n = n.own(e, 0)
	if r == wrong {
		n.staleSet |= n.kidSet // their digests are kept here, too
		return n
	}
	d := n.digit(wrong.First)
	if n.leafSet.has(d) {
		n.mark(d, true)
	}
	if n.kidSet.has(d) {
		place := Region{wrong.First &^ (1<<n.shift - 1), n.shift}
		n.setKid(d, n.kids[n.kidSet.rank(d)].distrust(e, place, wrong))
	}
	return n
}

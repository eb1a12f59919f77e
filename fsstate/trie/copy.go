package trie

// CopyRange makes m between first and last, both included, what from is there.
// Nodes that lie in between are shared and not copied, so the cost goes with
// the depth, not with the number of keys. All writing to from so far must have
// been with smaller epochs than e, or one of the two would change the other.
func (m *Map[V]) CopyRange(e Epoch, from Map[V], first, last uint64) {
	if first > last {
		return
	}
	if from.root != nil && from.root.epoch >= e {
		panic("trie: a copy with the epoch in which its source was written to")
	}
	if first > 0 {
		from.cut(e, 0, first-1)
	}
	if last < maxKey {
		from.cut(e, last+1, maxKey)
	}
	m.cut(e, first, last)
	switch {
	case m.root == nil:
		m.root = from.root
	case from.root != nil:
		m.root = merge(e, m.root, from.root)
	}
}

// merge returns a node with what two nodes hold, which have no key in common.
func merge[V Value](e Epoch, a, b *node[V]) *node[V] {
	switch {
	case a.size() == 1:
		n, _ := b.set(e, a.looseLeaf(a.leafSet.lowest()))
		return n
	case b.size() == 1:
		n, _ := a.set(e, b.looseLeaf(b.leafSet.lowest()))
		return n
	case a.shift >= b.shift && a.covers(b.prefix):
		return a.absorb(e, b)
	case b.covers(a.prefix):
		return b.absorb(e, a)
	}
	f := newNode[V](e, a.prefix, parting(a.prefix, b.prefix))
	f.addKid(f.digit(a.prefix), a)
	f.addKid(f.digit(b.prefix), b)
	f.count = a.count + b.count
	return f
}

// absorb is merge where the keys of b lie within the range of n.
func (n *node[V]) absorb(e Epoch, b *node[V]) *node[V] {
	if b.shift < n.shift {
		n = n.own(e, 0)
		n.mergeKid(e, b)
		return n
	}
	n = n.own(e, len(b.leaves))
	for rest := b.leafSet; rest != 0; rest = rest.without(rest.lowest()) {
		n, _ = n.set(e, b.looseLeaf(rest.lowest()))
	}
	for _, kid := range b.kids {
		n.mergeKid(e, kid)
	}
	return n
}

// mergeKid puts kid below n, which e owns.
func (n *node[V]) mergeKid(e Epoch, kid *node[V]) {
	d := n.digit(kid.prefix)
	n.count += kid.count
	switch {
	case n.kidSet.has(d):
		n.setKid(d, merge(e, n.kids[n.kidSet.rank(d)], kid))
	case n.leafSet.has(d):
		both, _ := kid.set(e, n.looseLeaf(d))
		n.dropLeaf(d)
		n.addKid(d, both)
	default:
		n.addKid(d, kid)
	}
}

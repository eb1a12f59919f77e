package trie

// cut removes the keys from lo to hi, both included, and returns how many
// there were.
func (m *Map[V]) cut(e Epoch, lo, hi uint64) int {
	if m.root == nil {
		return 0
	}
	root, removed := m.root.cut(e, lo, hi)
	m.root = root.asRoot(e)
	return removed
}

// asRoot brings a root that has lost children back into the shape of doc.go.
func (n *node[V]) asRoot(e Epoch) *node[V] {
	switch {
	case n == nil || n.size() == 0:
		return nil
	case n.size() > 1:
		return n
	case len(n.kids) == 1:
		return n.kids[0]
	case n.shift == 0:
		return n
	}
	return newSingle(e, n.looseLeaf(n.leafSet.lowest()))
}

// cut removes the keys from lo to hi below n. It returns what is to take n's
// place and how many leaves went: nil if all did, n itself if none did. The
// node it returns may have a single child, which is for the caller to mend.
func (n *node[V]) cut(e Epoch, lo, hi uint64) (*node[V], int) {
	first, last := n.prefix, n.prefix|span(n.shift)
	if hi < first || last < lo {
		return n, 0
	}
	if lo <= first && last <= hi {
		return nil, n.count
	}
	from, to := n.digit(max(lo, first)), n.digit(min(hi, last))
	was := n.count
	n = n.cutLeaves(e, n.leafSet.between(from, to), lo, hi)
	n = n.cutKids(e, n.kidSet.between(from, to), lo, hi)
	return n, was - n.count
}

// cutLeaves removes those of the leaves at the digits of where that lie
// between lo and hi.
func (n *node[V]) cutLeaves(e Epoch, where digitSet, lo, hi uint64) *node[V] {
	for ; where != 0; where = where.without(where.lowest()) {
		d := where.lowest()
		if key := n.leaves[n.leafSet.rank(d)].key; key < lo || hi < key {
			continue
		}
		n = n.own(e, 0)
		n.dropLeaf(d)
		n.count--
	}
	return n
}

func (n *node[V]) cutKids(e Epoch, where digitSet, lo, hi uint64) *node[V] {
	for ; where != 0; where = where.without(where.lowest()) {
		d := where.lowest()
		kid, removed := n.kids[n.kidSet.rank(d)].cut(e, lo, hi)
		if removed == 0 {
			continue
		}
		n = n.own(e, 1)
		n.replaceKid(d, kid)
		n.count -= removed
	}
	return n
}

// replaceKid puts at d what cut has left of the kid there: nothing, the one
// child that it still has, or a node.
func (n *node[V]) replaceKid(d uint, kid *node[V]) {
	switch {
	case kid == nil || kid.size() == 0:
		n.dropKid(d)
	case kid.size() > 1:
		n.setKid(d, kid)
	case len(kid.kids) == 1:
		n.setKid(d, kid.kids[0])
	default:
		n.dropKid(d)
		n.addLeaf(kid.looseLeaf(kid.leafSet.lowest()))
	}
}

package trie

// set puts l below n, in place of the leaf with that key if there is one. It
// returns the node to put in n's place and how many leaves came to it, 0 or 1.
func (n *node[V]) set(e Epoch, l looseLeaf[V]) (*node[V], int) {
	if !n.covers(l.leaf.key) {
		return n.fork(e, l), 1
	}
	d := n.digit(l.leaf.key)
	switch {
	case n.kidSet.has(d):
		return n.setInKid(e, d, l)
	case n.leafSet.has(d):
		return n.setAtLeaf(e, d, l)
	}
	n = n.own(e, 1)
	n.addLeaf(l)
	n.count++
	return n, 1
}

func (n *node[V]) setInKid(e Epoch, d uint, l looseLeaf[V]) (*node[V], int) {
	kid, added := n.kids[n.kidSet.rank(d)].set(e, l)
	n = n.own(e, 0)
	n.setKid(d, kid)
	n.count += added
	return n, added
}

// setAtLeaf replaces the leaf at d, or puts a node with both leaves there if
// it is another key's.
func (n *node[V]) setAtLeaf(e Epoch, d uint, l looseLeaf[V]) (*node[V], int) {
	n = n.own(e, 0)
	if n.leaves[n.leafSet.rank(d)].key == l.leaf.key {
		n.replaceLeaf(d, l)
		return n, 0
	}
	pair := newPair(e, n.looseLeaf(d), l)
	n.dropLeaf(d)
	n.addKid(d, pair)
	n.count++
	return n, 1
}

// fork returns a node with n, whose prefix the new leaf does not share, and
// that leaf. The single leaf of a map comes along without its node.
func (n *node[V]) fork(e Epoch, fresh looseLeaf[V]) *node[V] {
	if n.size() == 1 {
		return newPair(e, n.looseLeaf(n.leafSet.lowest()), fresh)
	}
	f := newNode[V](e, n.prefix, parting(n.prefix, fresh.leaf.key))
	f.addKid(f.digit(n.prefix), n)
	f.addLeaf(fresh)
	f.count = n.count + 1
	return f
}

func newPair[V Value](e Epoch, a, b looseLeaf[V]) *node[V] {
	n := newNode[V](e, a.leaf.key, parting(a.leaf.key, b.leaf.key))
	n.leaves = make([]leaf[V], 0, 2)
	n.digests = make([]Digest, 0, 2)
	n.addLeaf(a)
	n.addLeaf(b)
	n.count = 2
	return n
}

// edit finds the value of key. It returns the node to put in n's place, which
// is n if there is no such key, and the value in it, or nil.
func (n *node[V]) edit(e Epoch, key uint64) (*node[V], *V) {
	d := n.digit(key)
	if n.kidSet.has(d) {
		kid, v := n.kids[n.kidSet.rank(d)].edit(e, key)
		if v == nil {
			return n, nil
		}
		n = n.own(e, 0)
		n.setKid(d, kid)
		return n, v
	}
	i := n.leafSet.rank(d)
	if !n.leafSet.has(d) || n.leaves[i].key != key {
		return n, nil
	}
	n = n.own(e, 0)
	n.mark(d, true)
	return n, &n.leaves[i].value
}

package trie

// CountRange returns how many keys k there are with first <= k <= last. It
// looks at the nodes on the way to the two ends only.
func (m *Map[V]) CountRange(first, last uint64) int {
	if m.root == nil || first > last {
		return 0
	}
	return m.root.countRange(first, last)
}

func (n *node[V]) countRange(lo, hi uint64) int {
	first, last := n.prefix, n.prefix|span(n.shift)
	switch {
	case hi < first || last < lo:
		return 0
	case lo <= first && last <= hi:
		return n.count
	}
	from, to := n.digit(max(lo, first)), n.digit(min(hi, last))
	count := 0
	for where := n.leafSet.between(from, to); where != 0; where = where.without(where.lowest()) {
		if key := n.leaves[n.leafSet.rank(where.lowest())].key; lo <= key && key <= hi {
			count++
		}
	}
	for where := n.kidSet.between(from, to); where != 0; where = where.without(where.lowest()) {
		count += n.kids[n.kidSet.rank(where.lowest())].countRange(lo, hi)
	}
	return count
}

// Floor returns the highest key <= key, with its value; ok is false if there
// is none.
func (m *Map[V]) Floor(key uint64) (at uint64, v V, ok bool) {
	if m.root == nil {
		return 0, v, false
	}
	l := m.root.floor(key)
	if l == nil {
		return 0, v, false
	}
	return l.key, l.value, true
}

func (n *node[V]) floor(key uint64) *leaf[V] {
	if key < n.prefix {
		return nil
	}
	all := n.kidSet | n.leafSet
	for rest := all.between(0, n.digit(min(key, n.prefix|span(n.shift)))); rest != 0; {
		d := rest.highest()
		rest = rest.without(d)
		if n.kidSet.has(d) {
			if l := n.kids[n.kidSet.rank(d)].floor(key); l != nil {
				return l
			}
		} else if l := &n.leaves[n.leafSet.rank(d)]; l.key <= key {
			return l
		}
	}
	return nil
}

// FirstGap returns the lowest key >= from that the map has not; ok is false if
// it has all of them. Subtrees without gaps are not looked into.
func (m *Map[V]) FirstGap(from uint64) (key uint64, ok bool) {
	if m.root == nil || !m.root.covers(from) {
		return from, true
	}
	if key, ok = m.root.gap(from); ok {
		return key, true
	}
	last := m.root.prefix | span(m.root.shift)
	return last + 1, last != maxKey
}

// gap is FirstGap among the keys of n, of which from is one.
func (n *node[V]) gap(from uint64) (uint64, bool) {
	if uint64(n.count-1) == span(n.shift) {
		return 0, false
	}
	for d := n.digit(from); d < fanOut; d++ {
		place := Region{n.prefix | uint64(d)<<n.shift, n.shift}
		if key := n.gapAt(d, max(from, place.First)); place.Has(key) {
			return key, true
		}
	}
	return 0, false
}

// gapAt returns the lowest key >= from that is not below the child for d, where
// from would be; it may lie behind all that would be there.
func (n *node[V]) gapAt(d uint, from uint64) uint64 {
	switch {
	case n.leafSet.has(d) && n.leaves[n.leafSet.rank(d)].key == from:
		return from + 1
	case !n.kidSet.has(d):
		return from
	}
	kid := n.kids[n.kidSet.rank(d)]
	if !kid.covers(from) {
		return from
	}
	if key, ok := kid.gap(from); ok {
		return key
	}
	return (kid.prefix | span(kid.shift)) + 1
}

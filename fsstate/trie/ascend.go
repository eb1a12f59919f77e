package trie

import "iter"

// Ascend yields the keys >= from, in order, with their values. The map may not
// be written to during the walk; walk a snapshot for that.
func (m *Map[V]) Ascend(from uint64) iter.Seq2[uint64, V] {
	return func(yield func(uint64, V) bool) {
		if m.root != nil {
			m.root.ascend(from, yield)
		}
	}
}

// ascend returns whether the caller wants more.
func (n *node[V]) ascend(from uint64, yield func(uint64, V) bool) bool {
	if n.prefix|span(n.shift) < from {
		return true
	}
	all := n.kidSet | n.leafSet
	for rest := all.between(n.digit(max(from, n.prefix)), fanOut-1); rest != 0; {
		d := rest.lowest()
		rest = rest.without(d)
		if n.kidSet.has(d) {
			if !n.kids[n.kidSet.rank(d)].ascend(from, yield) {
				return false
			}
			continue
		}
		l := &n.leaves[n.leafSet.rank(d)]
		if l.key >= from && !yield(l.key, l.value) {
			return false
		}
	}
	return true
}

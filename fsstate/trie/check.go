package trie

import (
	"fmt"
)

// CheckInvariants returns an error if the map's shape is not the one that
// doc.go promises, or a digest held to be up to date is not: as when a value
// was changed through a pointer from Edit that was no longer good. It walks
// and hashes the whole map, and is meant for tests.
func (m *Map[V]) CheckInvariants() error {
	if m.root == nil {
		return nil
	}
	if m.root.size() == 1 && (m.root.shift != 0 || len(m.root.leaves) != 1) {
		return fmt.Errorf("trie: root has one child at shift %d", m.root.shift)
	}
	return m.root.checkTree(m.root.epoch, m.root.size() == 1)
}

// checkTree checks a subtree below a node of the epoch given.
func (n *node[V]) checkTree(parent Epoch, single bool) error {
	if n.epoch > parent {
		return n.wrong("epoch %d is above its parent's, %d", n.epoch, parent)
	}
	if n.size() < 2 && !single {
		return n.wrong("%d children", n.size())
	}
	if err := n.checkSets(); err != nil {
		return err
	}
	if err := n.checkLeaves(); err != nil {
		return err
	}
	if err := n.checkKids(); err != nil {
		return err
	}
	if !n.stale && Sum(n.appendEncoding(nil)) != n.digest {
		return n.wrong("digest is not that of its contents")
	}
	return nil
}

func (n *node[V]) wrong(format string, args ...any) error {
	return fmt.Errorf("trie: node %#x/%d: %s", n.prefix, n.shift, fmt.Sprintf(format, args...))
}

func (n *node[V]) checkSets() error {
	switch {
	case n.shift > topShift || n.shift%digitBits != 0 || n.prefix&span(n.shift) != 0:
		return n.wrong("no such place")
	case n.kidSet&n.leafSet != 0:
		return n.wrong("kids %#x and leaves %#x overlap", n.kidSet, n.leafSet)
	case n.kidSet.size() != len(n.kids) || n.leafSet.size() != len(n.leaves) || n.size() != len(n.digests):
		return n.wrong("%d kids and %d leaves for %#x and %#x", len(n.kids), len(n.leaves), n.kidSet, n.leafSet)
	case n.staleSet&^n.childSet() != 0:
		return n.wrong("children %#x are stale, of %#x", n.staleSet, n.childSet())
	case n.staleSet != 0 && !n.stale:
		return n.wrong("children are stale and the node is not")
	}
	return nil
}

func (n *node[V]) checkLeaves() error {
	for rest := n.leafSet; rest != 0; rest = rest.without(rest.lowest()) {
		d := rest.lowest()
		i := n.leafSet.rank(d)
		l := &n.leaves[i]
		if !n.covers(l.key) || n.digit(l.key) != d {
			return n.wrong("key %#x lies at digit %d", l.key, d)
		}
		if n.staleSet.has(d) {
			continue
		}
		if LeafDigest(l.key, l.value.AppendLeaf(nil)) != *n.childDigest(d) {
			return n.wrong("the digest of key %#x is not that of its value", l.key)
		}
	}
	return nil
}

func (n *node[V]) checkKids() error {
	count := len(n.leaves)
	for rest := n.kidSet; rest != 0; rest = rest.without(rest.lowest()) {
		d := rest.lowest()
		kid := n.kids[n.kidSet.rank(d)]
		count += kid.count
		if !n.covers(kid.prefix) || n.digit(kid.prefix) != d || kid.shift >= n.shift {
			return n.wrong("kid %#x/%d lies at digit %d", kid.prefix, kid.shift, d)
		}
		if !n.staleSet.has(d) && (kid.stale || kid.digest != *n.childDigest(d)) {
			return n.wrong("the kid at digit %d has another digest", d)
		}
		if err := kid.checkTree(n.epoch, false); err != nil {
			return err
		}
	}
	if count != n.count {
		return n.wrong("counts %d leaves, has %d", n.count, count)
	}
	return nil
}

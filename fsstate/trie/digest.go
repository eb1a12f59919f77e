package trie

import (
	"crypto/sha256"
	"encoding/binary"
)

// Digest is a SHA-256 hash. Of the collision-resistant hashes it is the fastest
// for a few KiB on processors that have instructions for it; see doc.go.
type Digest [32]byte

// Sum returns the digest of b.
func Sum(b []byte) Digest { return sha256.Sum256(b) }

// The first byte of what is hashed tells leaves from nodes.
const (
	leafTag = 1
	nodeTag = 2
)

// Digest returns the digest of the map's contents: equal for equal contents,
// different for different ones. The digest of the empty map is zero. It
// hashes only what has changed since it was last asked for, in this map or in
// one that it was copied from; k changes among n keys cost O(k log n).
func (m *Map[V]) Digest() Digest {
	if m.root == nil {
		return Digest{}
	}
	if m.root.stale {
		m.root.rehash(make([]byte, 0, maxEncoding))
	}
	return m.root.digest
}

// LeafDigest returns the digest of a leaf whose value's bytes, as AppendLeaf
// gives them, are value.
func LeafDigest(key uint64, value []byte) Digest {
	buf := make([]byte, 0, leafHeader+len(value))
	return Sum(append(appendLeafHeader(buf, key), value...))
}

const leafHeader = 1 + 8

func appendLeafHeader(dst []byte, key uint64) []byte {
	return binary.BigEndian.AppendUint64(append(dst, leafTag), key)
}

// rehash brings the digests of the subtree up to date. The contents of scratch
// do not matter; it returns scratch, perhaps grown, for the next call.
func (n *node[V]) rehash(scratch []byte) []byte {
	for ; n.staleSet != 0; n.staleSet = n.staleSet.without(n.staleSet.lowest()) {
		d := n.staleSet.lowest()
		if n.leafSet.has(d) {
			l := &n.leaves[n.leafSet.rank(d)]
			scratch = l.value.AppendLeaf(appendLeafHeader(scratch[:0], l.key))
			*n.childDigest(d) = Sum(scratch)
			continue
		}
		kid := n.kids[n.kidSet.rank(d)]
		if kid.stale {
			scratch = kid.rehash(scratch)
		}
		*n.childDigest(d) = kid.digest
	}
	scratch = n.appendEncoding(scratch[:0])
	n.digest = Sum(scratch)
	n.stale = false
	return scratch
}

package fsstate

import (
	"encoding/binary"

	"bfs/fsstate/trie"
)

// pageLeaf is a leaf from a page, the only one in its region.
type pageLeaf struct {
	region trie.Region
	key    uint64
	value  []byte
	digest trie.Digest
}

// fetchedNode is a node from a page, with the leaves that came with it: those
// at the digits of inline.
type fetchedNode struct {
	trie.Node
	inline uint16
	leaves []pageLeaf
}

// readNode takes a page apart that should be the topmost node of a region, and
// checks it against its digest.
func readNode(page []byte, r trie.Region, want trie.Digest) (*fetchedNode, bool) {
	f, ok := parseNode(page)
	return f, ok && f.isTopOf(r, want)
}

// parseNode takes apart what has the form of a node's page.
func parseNode(page []byte) (*fetchedNode, bool) {
	in := pageReader{rest: page}
	f := &fetchedNode{Node: trie.Node{Shift: in.take(1)[0], Prefix: in.uint64(), Kids: in.uint16(), Leaves: in.uint16()}}
	f.inline = in.uint16()
	if in.short || f.inline&^f.Leaves != 0 {
		return nil, false
	}
	for _, d := range digits(f.Kids | f.Leaves) {
		if f.inline&(1<<d) == 0 {
			f.Digests = append(f.Digests, trie.Digest(in.take(len(trie.Digest{}))))
			continue
		}
		l, ok := in.leaf(f.Child(d))
		if !ok || len(l.value) > inlineLeaf {
			return nil, false
		}
		f.leaves = append(f.leaves, l)
		f.Digests = append(f.Digests, l.digest)
	}
	return f, in.done()
}

// isTopOf tells whether the node is well-formed, of that digest, and the
// topmost of the region.
func (f *fetchedNode) isTopOf(r trie.Region, want trie.Digest) bool {
	encoded := f.Append(nil)
	if _, err := trie.DecodeNode(encoded); err != nil || trie.Sum(encoded) != want {
		return false
	}
	own := f.Region()
	return r.Has(own.First) && r.Has(own.Last()) && (len(f.Digests) > 1 || r == trie.All)
}

// differ is the set of the node's children that the table has not.
func (f *fetchedNode) differ(base table) (set uint16) {
	for i, d := range digits(f.Kids | f.Leaves) {
		if base.RegionDigest(f.Child(d)) != f.Digests[i] {
			set |= 1 << d
		}
	}
	return set
}

// inlineAt is those of the leaves that came with the node at the digits of set.
func (f *fetchedNode) inlineAt(set uint16) (out []pageLeaf) {
	for i, d := range digits(f.inline) {
		if set&(1<<d) != 0 {
			out = append(out, f.leaves[i])
		}
	}
	return out
}

// readLeaves takes a page apart that should be the leaves of a node at those
// digits, and checks them against the digests that the node shows.
func readLeaves(page []byte, n *trie.Node, leaves uint16) ([]pageLeaf, bool) {
	in := pageReader{rest: page}
	var out []pageLeaf
	for i, d := range digits(n.Kids | n.Leaves) {
		if leaves&(1<<d) == 0 {
			continue
		}
		l, ok := in.leaf(n.Child(d))
		if !ok || l.digest != n.Digests[i] {
			return nil, false
		}
		out = append(out, l)
	}
	return out, in.done()
}

// pageReader takes pages apart. When the bytes do not suffice it is short, and
// gives zeros.
type pageReader struct {
	rest  []byte
	short bool
}

func (r *pageReader) take(n int) []byte {
	if n > len(r.rest) {
		r.short, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *pageReader) uint16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *pageReader) uint64() uint64 { return binary.BigEndian.Uint64(r.take(8)) }

// done tells whether the bytes were what was asked for, and no more.
func (r *pageReader) done() bool { return !r.short && len(r.rest) == 0 }

// leaf takes a leaf whose key is to lie in a region.
func (r *pageReader) leaf(region trie.Region) (pageLeaf, bool) {
	l := pageLeaf{region: region, key: r.uint64()}
	l.value = r.take(int(r.uint16()))
	if r.short || len(l.value) > maxLeaf || !region.Has(l.key) {
		return pageLeaf{}, false
	}
	l.digest = trie.LeafDigest(l.key, l.value)
	return l, true
}

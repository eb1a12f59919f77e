package fsstate

import (
	"encoding/binary"
	"math/bits"

	"bfs/fsstate/trie"
)

// PageID names a page of a version for a transfer: Path, at most 28 bytes, is
// where it hangs, and Digest what makes sure of its contents.
type PageID struct {
	Path   string
	Digest [32]byte
}

// A page other than the root's is one of two, numbers big-endian:
//
//   - a node: shift (1 byte), prefix (8), kids, leaves, inline (2 each), then
//     for each child in the order of the digits its digest, or, for the leaves
//     at the digits of inline, the leaf itself;
//   - leaves of a node: nothing but them, in the order of their digits.
//
// A leaf is its key (8 bytes), the length of its value (2) and the value. Both
// are checked by the digest of the node, which covers those of its leaves.
const (
	nodeHead = 1 + 8 + 3*2
	leafHead = 8 + 2
)

// Page returns the page, at most MaxPageBytes long, or nil if the version has
// no such page. It is nil also for an id that makes no sense.
func (v *Snapshot) Page(id PageID) []byte {
	if id.Path == "" {
		return v.rootPage(id.Digest)
	}
	p, ok := parsePath(id.Path)
	if !ok {
		return nil
	}
	t := v.table(p.table)
	n, ok := t.Node(p.region.First, uint(p.region.Bits))
	if !ok || n.Sum() != id.Digest || p.leaves&^n.Leaves != 0 {
		return nil
	}
	if p.leaves == 0 {
		return nodePage(t, &n)
	}
	return leafPage(t, &n, p.leaves)
}

func (v *version) rootPage(digest trie.Digest) []byte {
	page := v.appendRootPage(make([]byte, 0, rootPageBytes))
	if trie.Sum(page) != digest {
		return nil
	}
	return page
}

// digits yields the members of a set of digits in order, and their places.
func digits(set uint16) func(yield func(i, d int) bool) {
	return func(yield func(i, d int) bool) {
		for i := 0; set != 0; i++ {
			if !yield(i, bits.TrailingZeros16(set)) {
				return
			}
			set &= set - 1
		}
	}
}

func appendPageLeaf(dst []byte, key uint64, v trie.Value) []byte {
	at := len(dst)
	dst = append(binary.BigEndian.AppendUint64(dst, key), 0, 0)
	dst = v.AppendLeaf(dst)
	binary.BigEndian.PutUint16(dst[at+8:], uint16(len(dst)-at-leafHead))
	return dst
}

func nodePage(t table, n *trie.Node) []byte {
	var inline uint16
	var children, leaf []byte
	for i, d := range digits(n.Kids | n.Leaves) {
		if n.Leaves&(1<<d) != 0 {
			leaf = t.appendLeaf(leaf[:0], n.Child(d))
			if len(leaf) <= leafHead+inlineLeaf {
				inline |= 1 << d
				children = append(children, leaf...)
				continue
			}
		}
		children = append(children, n.Digests[i][:]...)
	}
	page := append(make([]byte, 0, nodeHead+len(children)), n.Shift)
	page = binary.BigEndian.AppendUint64(page, n.Prefix)
	for _, set := range []uint16{n.Kids, n.Leaves, inline} {
		page = binary.BigEndian.AppendUint16(page, set)
	}
	return append(page, children...)
}

func leafPage(t table, n *trie.Node, leaves uint16) (page []byte) {
	for _, d := range digits(leaves) {
		page = t.appendLeaf(page, n.Child(d))
	}
	return page
}

package trie

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrNode is what all errors of DecodeNode wrap.
var ErrNode = errors.New("trie: malformed node")

// Node is a node as its digest covers it. It branches on the digit of four
// bits at Shift; the child for digit d holds the keys from Prefix | d<<Shift on,
// 1<<Shift of them at most.
//
// Encoded it is: the byte 2; Shift in one byte; Prefix in eight; Kids and
// Leaves in two each; the Digests. Numbers are big-endian.
type Node struct {
	Prefix  uint64   // the bits that all keys share, the others zero
	Shift   uint8    // 0, 4, … 60
	Kids    uint16   // bit d: the child for digit d is a node
	Leaves  uint16   // bit d: the child for digit d is a leaf
	Digests []Digest // of the children, in the order of their digits
}

const (
	nodeHeader  = 1 + 1 + 8 + 2 + 2
	maxEncoding = nodeHeader + fanOut*len(Digest{})
)

// Sum returns the node's digest, which its parent, or the map, shows.
func (n *Node) Sum() Digest {
	return Sum(n.Append(make([]byte, 0, maxEncoding)))
}

// Append appends the node's encoding to dst.
func (n *Node) Append(dst []byte) []byte {
	dst = appendNodeHeader(dst, n.Shift, n.Prefix, digitSet(n.Kids), digitSet(n.Leaves))
	for i := range n.Digests {
		dst = append(dst, n.Digests[i][:]...)
	}
	return dst
}

func appendNodeHeader(dst []byte, shift uint8, prefix uint64, kids, leaves digitSet) []byte {
	dst = append(dst, nodeTag, shift)
	dst = binary.BigEndian.AppendUint64(dst, prefix)
	dst = binary.BigEndian.AppendUint16(dst, uint16(kids))
	return binary.BigEndian.AppendUint16(dst, uint16(leaves))
}

// appendEncoding appends the encoding of a node whose children's digests are
// up to date.
func (n *node[V]) appendEncoding(dst []byte) []byte {
	dst = appendNodeHeader(dst, n.shift, n.prefix, n.kidSet, n.leafSet)
	for i := range n.digests {
		dst = append(dst, n.digests[i][:]...)
	}
	return dst
}

// DecodeNode is the inverse of Node.Append. It accepts no other bytes than
// Append can give for a well-formed node. The error wraps ErrNode.
func DecodeNode(b []byte) (Node, error) {
	if len(b) < nodeHeader || b[0] != nodeTag {
		return Node{}, fmt.Errorf("%w: no header in %d bytes", ErrNode, len(b))
	}
	n := Node{
		Shift:  b[1],
		Prefix: binary.BigEndian.Uint64(b[2:]),
		Kids:   binary.BigEndian.Uint16(b[10:]),
		Leaves: binary.BigEndian.Uint16(b[12:]),
	}
	if err := n.check(len(b) - nodeHeader); err != nil {
		return Node{}, err
	}
	for b = b[nodeHeader:]; len(b) > 0; b = b[len(Digest{}):] {
		n.Digests = append(n.Digests, Digest(b))
	}
	return n, nil
}

// check checks the header of a node with that many bytes of digests.
func (n *Node) check(rest int) error {
	children := digitSet(n.Kids | n.Leaves).size()
	switch {
	case n.Shift > topShift || n.Shift%digitBits != 0:
		return fmt.Errorf("%w: shift is %d", ErrNode, n.Shift)
	case n.Prefix&span(n.Shift) != 0:
		return fmt.Errorf("%w: prefix %#x has bits below shift %d", ErrNode, n.Prefix, n.Shift)
	case n.Kids&n.Leaves != 0:
		return fmt.Errorf("%w: kids %#x and leaves %#x overlap", ErrNode, n.Kids, n.Leaves)
	case n.Kids != 0 && n.Shift == 0:
		return fmt.Errorf("%w: kids below the last digit", ErrNode)
	case children < 2 && (n.Shift > 0 || n.Leaves == 0):
		return fmt.Errorf("%w: %d children", ErrNode, children)
	case rest != children*len(Digest{}):
		return fmt.Errorf("%w: %d bytes of digests for %d children", ErrNode, rest, children)
	}
	return nil
}

// Node returns the topmost node all of whose keys lie between first and
// first + 1<<bits - 1: with (0, 64) the root, and with a child's first key
// and its parent's Shift that child. ok is false if fewer than two keys lie
// there; only of a map with one key the root is a node all the same. first
// must be a multiple of 1<<bits. Like Digest it may hash.
func (m *Map[V]) Node(first uint64, bits uint) (n Node, ok bool) {
	m.Digest()
	last := first | (1<<bits - 1)
	for at := m.root; at != nil; {
		if first <= at.prefix && at.prefix|span(at.shift) <= last {
			return at.export(), true
		}
		d := at.digit(first)
		if !at.covers(first) || !at.kidSet.has(d) {
			break
		}
		at = at.kids[at.kidSet.rank(d)]
	}
	return Node{}, false
}

func (n *node[V]) export() Node {
	return Node{
		Prefix: n.prefix, Shift: n.shift,
		Kids: uint16(n.kidSet), Leaves: uint16(n.leafSet),
		Digests: slices.Clone(n.digests),
	}
}

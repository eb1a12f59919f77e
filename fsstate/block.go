package fsstate

import (
	"encoding/binary"
	"iter"

	"bfs/fsstate/trie"
)

// block is BlockSize bytes of a file, without the zeros at its end. A hole has
// no block; one of zeros that were written is empty, but there.
type block string

// AppendLeaf appends the block's bytes.
func (b block) AppendLeaf(dst []byte) []byte { return append(dst, b...) }

// blockAt returns the block at an index, if it is no hole.
func (n *inode) blockAt(index uint64) (block, bool) {
	if index == 0 {
		return n.first, n.hasFirst
	}
	return n.rest.Get(index)
}

func (n *inode) setBlock(e trie.Epoch, index uint64, b block) {
	if index == 0 {
		n.first, n.hasFirst = b, true
	} else {
		n.rest.Set(e, index, b)
	}
}

// blocks yields the blocks from an index on, with their indexes, in order.
func (n *inode) blocks(from uint64) iter.Seq2[uint64, block] {
	return func(yield func(uint64, block) bool) {
		if from == 0 && n.hasFirst && !yield(0, n.first) {
			return
		}
		for index, b := range n.rest.Ascend(from) {
			if !yield(index, b) {
				return
			}
		}
	}
}

// blockCount is how many blocks are allocated to an inode, those that its
// extended attributes are charged as included.
func (n *inode) blockCount() uint64 { return n.dataBlocks() + n.xattrBlockCount() }

// dataBlocks is how many blocks a file has: written to or reserved.
func (n *inode) dataBlocks() uint64 {
	count := uint64(n.rest.Len()) + n.unwritten
	if n.hasFirst {
		count++
	}
	return count
}

// trimmed returns b without the zeros at its end.
func trimmed(b []byte) []byte {
	for len(b) >= 8 && binary.LittleEndian.Uint64(b[len(b)-8:]) == 0 {
		b = b[:len(b)-8]
	}
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// overlay returns the block that old becomes when piece is written at off.
func overlay(old block, off int, piece []byte) block {
	if off == 0 && len(piece) >= len(old) {
		return block(trimmed(piece))
	}
	var buf [BlockSize]byte
	copy(buf[:], old)
	copy(buf[off:], piece)
	return block(trimmed(buf[:max(len(old), off+len(piece))]))
}

// span is a range of bytes of a file, which is not empty.
type span struct{ off, end uint64 }

func (r span) first() uint64 { return r.off / BlockSize }
func (r span) last() uint64  { return (r.end - 1) / BlockSize }

// growth returns what writing to all of r comes to: blocks that are to be
// allocated, and blocks that are reserved and will no longer be unwritten.
func (n *inode) growth(r span) (fresh, filled uint64) {
	x := r.touched()
	filled = n.unwrittenIn(x)
	return x.blocks() - n.written(x) - filled, filled
}

// store writes bytes to the file at off.
func (n *inode) store(e trie.Epoch, off uint64, bytes []byte) {
	for len(bytes) > 0 {
		index, at := off/BlockSize, int(off%BlockSize)
		piece := bytes[:min(len(bytes), BlockSize-at)]
		var old block
		if len(piece) < BlockSize {
			old, _ = n.blockAt(index)
		}
		n.setBlock(e, index, overlay(old, at, piece))
		bytes = bytes[len(piece):]
		off += uint64(len(piece))
	}
}

// load fills out, which is zero, with the file's bytes from off on.
func (n *inode) load(off uint64, out []byte) {
	r := span{off, off + uint64(len(out))}
	for index, b := range n.blocks(r.first()) {
		if index > r.last() {
			return
		}
		start := index * BlockSize
		if start >= off {
			copy(out[start-off:], b)
		} else if skip := off - start; skip < uint64(len(b)) {
			copy(out, b[skip:])
		}
	}
}

// cutAfter removes all bytes from size on and returns how many blocks went.
func (n *inode) cutAfter(e trie.Epoch, size uint64) uint64 {
	before := n.blockCount()
	index, rest := size/BlockSize, size%BlockSize
	if rest > 0 {
		if b, ok := n.blockAt(index); ok && uint64(len(b)) > rest {
			n.setBlock(e, index, overlay("", 0, []byte(b[:rest])))
		}
		index++
	}
	if index > lastIndex {
		return 0
	}
	gone := extent{index, lastIndex}
	n.unwritten -= n.unwrittenIn(gone)
	n.unreserve(e, gone)
	n.removeBlocks(e, gone)
	return before - n.blockCount()
}

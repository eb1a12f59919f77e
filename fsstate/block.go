package fsstate

import (
	"encoding/binary"

	"bfs/fsstate/trie"
)

// block is BlockSize bytes of a file, without the zeros at its end. It is
// never changed once it is in a file: versions of the state share it.
type block []byte

// AppendLeaf appends the block's bytes.
func (b block) AppendLeaf(dst []byte) []byte { return append(dst, b...) }

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

// newBlock returns a block of its own with the contents of b.
func newBlock(b []byte) block {
	b = trimmed(b)
	out := make(block, len(b))
	copy(out, b)
	return out
}

// overlay returns the block that old becomes when piece is written at off.
func overlay(old block, off int, piece []byte) block {
	if off == 0 && len(piece) >= len(old) {
		return newBlock(piece)
	}
	var buf [BlockSize]byte
	copy(buf[:], old)
	copy(buf[off:], piece)
	return newBlock(buf[:max(len(old), off+len(piece))])
}

// span is a range of bytes of a file, which is not empty.
type span struct{ off, end uint64 }

func (r span) first() uint64 { return r.off / BlockSize }
func (r span) last() uint64  { return (r.end - 1) / BlockSize }

// missing returns how many blocks of r the file has not.
func missing(data *trie.Map[block], r span) uint64 {
	want := r.last() - r.first() + 1
	if data.Len() == 0 {
		return want
	}
	for index := range data.Ascend(r.first()) {
		if index > r.last() {
			break
		}
		want--
	}
	return want
}

// store writes bytes to the file at off.
func store(data *trie.Map[block], e trie.Epoch, off uint64, bytes []byte) {
	for len(bytes) > 0 {
		index, at := off/BlockSize, int(off%BlockSize)
		piece := bytes[:min(len(bytes), BlockSize-at)]
		var old block
		if len(piece) < BlockSize {
			old, _ = data.Get(index)
		}
		data.Set(e, index, overlay(old, at, piece))
		bytes = bytes[len(piece):]
		off += uint64(len(piece))
	}
}

// load fills out, which is zero, with the file's bytes from off on.
func load(data *trie.Map[block], off uint64, out []byte) {
	r := span{off, off + uint64(len(out))}
	for index, b := range data.Ascend(r.first()) {
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
func cutAfter(data *trie.Map[block], e trie.Epoch, size uint64) uint64 {
	index, rest := size/BlockSize, size%BlockSize
	if rest > 0 {
		if b, ok := data.Get(index); ok && uint64(len(b)) > rest {
			data.Set(e, index, newBlock(b[:rest]))
		}
		index++
	}
	return uint64(data.DeleteFrom(e, index))
}

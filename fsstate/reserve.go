package fsstate

import (
	"encoding/binary"
	"iter"

	"bfs/fsstate/trie"
)

// A file can have blocks reserved: they count as allocated whether anything is
// written to them or not, so that a later write finds room. What is reserved
// are runs of blocks, as few as can be, however long; writing to a reserved
// block leaves the run as it is. Truncation and punching holes end it.
//
// INVARIANT: runs neither overlap nor touch, and inode.unwritten counts the
// reserved blocks that nothing is written to, which read as zeros.

// run is blocks of a file that are reserved, side by side. Its key is the index
// of the first.
type run struct{ blocks uint64 }

// AppendLeaf appends the canonical bytes.
func (r run) AppendLeaf(dst []byte) []byte {
	return binary.LittleEndian.AppendUint64(dst, r.blocks)
}

// extent is the blocks of a file from one index to another, both included.
type extent struct{ first, last uint64 }

// lastIndex is the highest index that a block can have.
const lastIndex = (MaxSize - 1) / BlockSize

func (x extent) blocks() uint64 { return x.last - x.first + 1 }

// touched is the blocks that a range of bytes lies in, wholly or in part.
func (r span) touched() extent { return extent{r.first(), r.last()} }

// written returns how many blocks of x something is written to.
func (n *inode) written(x extent) uint64 {
	count := uint64(n.rest.CountRange(max(x.first, 1), x.last))
	if x.first == 0 && n.hasFirst {
		count++
	}
	return count
}

// reservedIn yields the parts of the reserved runs that lie in x, in order.
func (n *inode) reservedIn(x extent) iter.Seq[extent] {
	return func(yield func(extent) bool) {
		from := x.first
		if at, ok := n.runAt(x.first); ok {
			from = at.first
		}
		for key, r := range n.reserved.Ascend(from) {
			if key > x.last || !yield(extent{max(key, x.first), min(key+r.blocks-1, x.last)}) {
				return
			}
		}
	}
}

// runAt returns the reserved run that a block lies in.
func (n *inode) runAt(index uint64) (extent, bool) {
	key, r, ok := n.reserved.Floor(index)
	if !ok || key+r.blocks <= index {
		return extent{}, false
	}
	return extent{key, key + r.blocks - 1}, true
}

// unwrittenIn returns how many blocks of x are reserved and not written to.
func (n *inode) unwrittenIn(x extent) (count uint64) {
	for part := range n.reservedIn(x) {
		count += part.blocks() - n.written(part)
	}
	return count
}

// reserve adds x to the reserved blocks. The count of those that are unwritten
// is the caller's to mend, here and in unreserve.
func (n *inode) reserve(e trie.Epoch, x extent) {
	if before, ok := n.runAt(max(x.first, 1) - 1); ok {
		x.first = min(x.first, before.first)
	}
	if after, ok := n.runAt(x.last + 1); ok {
		x.last = after.last
	}
	n.reserved.DeleteRange(e, x.first, x.last+1)
	n.reserved.Set(e, x.first, run{x.blocks()})
}

// unreserve takes x out of the reserved blocks.
func (n *inode) unreserve(e trie.Epoch, x extent) {
	if n.reserved.Len() == 0 {
		return
	}
	head, hasHead := n.runAt(x.first)
	tail, hasTail := n.runAt(x.last)
	n.reserved.DeleteRange(e, x.first, x.last+1)
	if hasHead && head.first < x.first {
		n.reserved.Set(e, head.first, run{x.first - head.first})
	}
	if hasTail && tail.last > x.last {
		n.reserved.Set(e, x.last+1, run{tail.last - x.last})
	}
}

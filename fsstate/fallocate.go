package fsstate

import "bfs/fsstate/trie"

// FallocMode is what Fallocate does, with fallocate(2)'s numbers. 0 reserves
// blocks and makes the file longer if it ends before them.
type FallocMode uint32

const (
	FallocKeepSize  FallocMode = 1 // the size stays; blocks behind it may be reserved
	FallocPunchHole FallocMode = 2 // frees blocks; with FallocKeepSize only
	FallocZeroRange FallocMode = 16
)

// valid tells whether the mode is one of those that there are. Those that move
// what lies behind are not.
func (m FallocMode) valid() bool {
	switch m &^ FallocKeepSize {
	case 0, FallocZeroRange:
		return true
	}
	return m == FallocPunchHole|FallocKeepSize
}

// Fallocate reserves the blocks of a regular file that bytes off to off+length
// lie in, so that writing there cannot fail for want of space; with
// FallocZeroRange the bytes are zero then, with FallocPunchHole they are zero
// and the whole blocks among them are freed instead. It is all or nothing:
// NoSpace now rather than at a later write, and also if the file's reserved
// blocks come to lie in more than MaxRuns places. Permission is as for Write.
// The cost does not depend on length, but on how many runs of reserved blocks
// lie in it. The result is the attributes after it.
func (s *State) Fallocate(c *Context, ino Ino, mode FallocMode, off, length uint64) (Attr, Status) {
	if status := s.beginChange(c); status != OK {
		return Attr{}, status
	}
	if !mode.valid() {
		return Attr{}, NotSupported
	}
	n, status := s.get(ino)
	if status == OK {
		status = s.mayWrite(c, ino, &n)
	}
	if status != OK {
		return Attr{}, status
	}
	switch {
	case length == 0 || off > MaxSize:
		return Attr{}, Inval
	case length > MaxSize-off:
		return Attr{}, FBig
	}
	s.epoch++ // n stays what it is while a copy of it changes
	r, changed := span{off, off + length}, n
	changed.fallocate(s.epoch, mode, r)
	return s.replace(c, ino, &n, &changed, r.touched())
}

// fallocate does to n what the mode says.
func (n *inode) fallocate(e trie.Epoch, mode FallocMode, r span) {
	if mode&(FallocPunchHole|FallocZeroRange) != 0 {
		n.zero(e, r)
	}
	if mode&FallocPunchHole != 0 {
		if x, ok := r.whole(); ok {
			n.unreserve(e, x)
		}
		return
	}
	n.reserve(e, r.touched())
	if mode&FallocKeepSize == 0 {
		n.size = max(n.size, r.end)
	}
}

// whole returns the blocks that lie in r from their first byte to their last.
func (r span) whole() (extent, bool) {
	first, end := (r.off+BlockSize-1)/BlockSize, r.end/BlockSize
	if first >= end {
		return extent{}, false
	}
	return extent{first, end - 1}, true
}

// zero removes the whole blocks of r and makes zeros of the bytes at its ends.
func (n *inode) zero(e trie.Epoch, r span) {
	x, ok := r.whole()
	if !ok {
		first := min(r.end, r.last()*BlockSize)
		n.zeroPart(e, span{r.off, max(first, r.off)})
		n.zeroPart(e, span{max(first, r.off), r.end})
		return
	}
	n.zeroPart(e, span{r.off, x.first * BlockSize})
	n.zeroPart(e, span{(x.last + 1) * BlockSize, r.end})
	n.removeBlocks(e, x)
}

// zeroPart makes zeros of some bytes of one block, if it is written to.
func (n *inode) zeroPart(e trie.Epoch, r span) {
	if r.off == r.end {
		return
	}
	var zeros [BlockSize]byte
	if b, ok := n.blockAt(r.first()); ok {
		n.setBlock(e, r.first(), overlay(b, int(r.off%BlockSize), zeros[:r.end-r.off]))
	}
}

func (n *inode) removeBlocks(e trie.Epoch, x extent) {
	if x.first == 0 {
		n.first, n.hasFirst = "", false
	}
	n.rest.DeleteRange(e, max(x.first, 1), x.last+1)
}

// replace makes changed, some of whose blocks at x are others than those of n,
// the inode that n was, if there is room for it.
func (s *State) replace(c *Context, ino Ino, n, changed *inode, x extent) (Attr, Status) {
	changed.unwritten += changed.unwrittenIn(x) - n.unwrittenIn(x)
	before, after := n.blockCount(), changed.blockCount()
	if changed.reserved.Len() > MaxRuns {
		return Attr{}, NoSpace
	}
	if after > before {
		if status := s.room(c, n.uid, after-before, 0); status != OK {
			return Attr{}, status
		}
	}
	s.charge(n.uid, int64(after-before), 0)
	s.contentChanged(c, changed)
	s.inodes.Set(s.epoch, uint64(ino), *changed)
	return changed.attr(ino), OK
}

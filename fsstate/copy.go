package fsstate

import "bfs/fsstate/trie"

// CopyRange is what is to be copied from one regular file to another, or to
// another place in the same one.
type CopyRange struct {
	From, To             Ino
	FromOffset, ToOffset uint64
	Length               uint64
}

// CopyRange makes the bytes at copy.ToOffset those at copy.FromOffset, up to
// the end of the source, and returns how many it has copied: copy.Length, or
// fewer. To go on is the caller's; 0 means that the source ends there.
//
// Blocks are shared, not copied, where both offsets lie alike within them, and
// holes stay holes; each file pays for its blocks all the same, so that writing
// to one never lacks the room that the other has. If the offsets are equal any
// length is copied at once. If not, one call moves at most maxCopyBlocks blocks,
// or MaxIO bytes where it must copy them. NoSpace if there is no room for what
// one call does, which then does nothing. Inval if the ranges overlap.
// Permission is as for Read and Write.
func (s *State) CopyRange(c *Context, r CopyRange) (uint64, Status) {
	if status := s.beginChange(c); status != OK {
		return 0, status
	}
	from, status := s.view(r.From)
	if status == OK {
		status = s.mayRead(c, r.From, &from)
	}
	if status != OK {
		return 0, status
	}
	to, status := s.get(r.To)
	if status == OK {
		status = s.mayWrite(c, r.To, &to)
	}
	if status == OK {
		status = r.clip(from.size)
	}
	if status != OK || r.Length == 0 {
		return 0, status
	}
	return s.copyRange(c, r, &from, &to)
}

// clip ends the range at the end of its source, and tells whether it can be
// copied then.
func (r *CopyRange) clip(size uint64) Status {
	if r.FromOffset > MaxSize || r.ToOffset > MaxSize || r.Length > MaxSize {
		return Inval
	}
	r.Length = min(r.Length, size-min(size, r.FromOffset))
	switch {
	case r.Length > MaxSize-r.ToOffset:
		return FBig
	case r.From == r.To && r.FromOffset < r.ToOffset+r.Length && r.ToOffset < r.FromOffset+r.Length:
		return Inval
	}
	return OK
}

// copyRange carries out what has been checked. The two share nodes from now on,
// of an epoch that is past.
func (s *State) copyRange(c *Context, r CopyRange, from, to *inode) (uint64, Status) {
	s.epoch++
	changed := *to
	copied := changed.copyFrom(s.epoch, from, r)
	changed.size = max(changed.size, r.ToOffset+copied)
	x := span{r.ToOffset, r.ToOffset + copied}.touched()
	if _, status := s.replace(c, r.To, to, &changed, x); status != OK {
		return 0, status
	}
	if r.From.isSaved() {
		return copied, OK
	}
	source := s.edit(r.From)
	if s.atimeDue(source) {
		source.atime = s.clock
	}
	return copied, OK
}

// copyFrom copies in the way that suits the offsets, and returns how many bytes
// it has copied.
func (n *inode) copyFrom(e trie.Epoch, from *inode, r CopyRange) uint64 {
	if r.FromOffset%BlockSize != r.ToOffset%BlockSize {
		return n.copyBytes(e, from, r, min(r.Length, MaxIO))
	}
	// Up to the first whole block, then whole blocks, then what is left.
	head := min(-r.FromOffset%BlockSize, r.Length)
	n.copyBytes(e, from, r, head)
	r = r.after(head)
	blocks := (r.Length + n.tail(from, r)) / BlockSize
	done := n.copyBlocks(e, from, r, blocks)
	if done < blocks {
		return head + done*BlockSize
	}
	length := r.Length
	r = r.after(min(done*BlockSize, length))
	n.copyBytes(e, from, r, r.Length)
	return head + length
}

// after is what is left of r when some of it is done.
func (r CopyRange) after(done uint64) CopyRange {
	r.FromOffset += done
	r.ToOffset += done
	r.Length -= done
	return r
}

// tail returns how many bytes more than those of r can be copied to come to the
// end of a block, because both files end where r does.
func (n *inode) tail(from *inode, r CopyRange) uint64 {
	if r.Length == 0 || r.FromOffset+r.Length < from.size || r.ToOffset+r.Length < n.size {
		return 0
	}
	return -r.Length % BlockSize
}

// copyBytes copies what fits in memory, zeros for holes.
func (n *inode) copyBytes(e trie.Epoch, from *inode, r CopyRange, length uint64) uint64 {
	if length > 0 {
		data := make([]byte, length)
		from.load(r.FromOffset, data)
		n.store(e, r.ToOffset, data)
	}
	return length
}

// copyBlocks copies whole blocks, and returns how many it has copied.
func (n *inode) copyBlocks(e trie.Epoch, from *inode, r CopyRange, blocks uint64) uint64 {
	if blocks == 0 {
		return 0
	}
	source := extent{r.FromOffset / BlockSize, r.FromOffset/BlockSize + blocks - 1}
	if r.FromOffset == r.ToOffset {
		n.shareBlocks(e, from, source)
		return blocks
	}
	return n.moveBlocks(e, from, source, r.ToOffset/BlockSize)
}

// shareBlocks makes the blocks of x what they are in another file. Those of
// rest come by the subtree.
func (n *inode) shareBlocks(e trie.Epoch, from *inode, x extent) {
	if x.first == 0 {
		n.first, n.hasFirst = from.first, from.hasFirst
	}
	n.rest.CopyRange(e, from.rest, max(x.first, 1), x.last)
}

// moveBlocks puts blocks to another index, as many as one operation may, and
// returns how many, holes included.
func (n *inode) moveBlocks(e trie.Epoch, from *inode, x extent, to uint64) uint64 {
	count := 0
	for index := range from.blocks(x.first) {
		if count == maxCopyBlocks && index <= x.last {
			x.last = index - 1
		}
		if index > x.last {
			break
		}
		count++
	}
	n.removeBlocks(e, extent{to, to + x.last - x.first})
	for index, b := range from.blocks(x.first) {
		if index > x.last {
			break
		}
		n.setBlock(e, to+index-x.first, b)
	}
	return x.blocks()
}

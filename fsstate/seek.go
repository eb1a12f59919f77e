package fsstate

// Whence is what Seek looks for, with lseek(2)'s numbers.
type Whence uint32

const (
	SeekData Whence = 3 // the first byte that is written to
	SeekHole Whence = 4 // the first that is not, or the end of the file
)

// Seek returns the first offset of a regular file, from off on, of a byte in a
// block that is written to, or in one that is not; reserved blocks are holes
// until they are. NXIO if there is none, or off is not in the file. It is
// allowed if the session holds ino open, else if the caller may read.
func (s *State) Seek(c *Context, ino Ino, off uint64, whence Whence) (uint64, Status) {
	if status := s.begin(c); status != OK {
		return 0, status
	}
	n, status := s.view(ino)
	if status == OK {
		status = n.wantRegular()
	}
	switch {
	case status != OK:
		return 0, status
	case !c.Caller.may(&n, MayRead) && !s.holds(c.Session, ino, openAccess):
		return 0, Access
	case whence != SeekData && whence != SeekHole:
		return 0, Inval
	case off >= n.size:
		return 0, NXIO
	case whence == SeekHole:
		return n.nextHole(off), OK
	}
	return n.nextData(off)
}

func (n *inode) nextData(off uint64) (uint64, Status) {
	for index := range n.blocks(off / BlockSize) {
		return max(off, index*BlockSize), OK
	}
	return 0, NXIO
}

// nextHole is at the end of the file if nowhere before. The first block lies
// apart from the others.
func (n *inode) nextHole(off uint64) uint64 {
	if off < BlockSize && !n.hasFirst {
		return off
	}
	index, _ := n.rest.FirstGap(max(off/BlockSize, 1))
	return min(max(off, index*BlockSize), n.size)
}

package fsstate

// inodesUsed is what counts against Limits.Inodes: inodes or names, whichever
// are more, so that hard links cannot make directories grow without bound. The
// root is an inode without a name.
func (s *State) inodesUsed() uint64 {
	return max(uint64(s.inodes.Len())-s.lingering.idle, s.names+1)
}

// Statfs returns the totals: the limits, and what is left of them.
func (s *State) Statfs(c *Context) (Statfs, Status) {
	if status := s.begin(c); status != OK {
		return Statfs{}, status
	}
	blocks, inodes := s.limits.Bytes/BlockSize, s.limits.Inodes
	return Statfs{
		Bytes:      blocks * BlockSize,
		BytesFree:  (blocks - s.blocks) * BlockSize,
		Inodes:     inodes,
		InodesFree: inodes - min(inodes, s.inodesUsed()),
	}, OK
}

// Fsync changes nothing but must be ordered: its reply tells that all before
// it was executed. Stale if ino is gone.
func (s *State) Fsync(c *Context, ino Ino) Status {
	if status := s.beginChange(c); status != OK {
		return status
	}
	_, status := s.view(ino)
	return status
}

package fsstate

// Unlink removes a name that is not a directory's. The inode goes with its
// last name, or when the last session that has it open releases it.
func (s *State) Unlink(c *Context, dir Ino, name string) Status {
	p, child, status := s.victim(c, dir, name, IsDir, IsDir)
	switch {
	case status != OK:
		return status
	case child.isDir():
		return IsDir
	}
	s.remove(&p)
	s.dropName(p.ino)
	return OK
}

// Rmdir removes an empty directory.
func (s *State) Rmdir(c *Context, dir Ino, name string) Status {
	p, child, status := s.victim(c, dir, name, Inval, NotEmpty)
	switch {
	case status != OK:
		return status
	case !child.isDir():
		return NotDir
	case child.entries.Len() > 0:
		return NotEmpty
	}
	s.remove(&p)
	s.edit(dir).nlink--
	s.dropName(p.ino)
	return OK
}

// victim opens an operation that removes a name, and finds it for a caller
// who may. dot and dotdot are the statuses for those names.
func (s *State) victim(c *Context, dir Ino, name string, dot, dotdot Status) (place, inode, Status) {
	if status := s.beginChange(c); status != OK {
		return place{}, inode{}, status
	}
	switch {
	case name == "..":
		dot = dotdot
	case dir == RootIno && name == SnapshotsName:
		dot = Busy
	}
	p, status := s.search(c, dir, name, dot)
	if status != OK {
		return p, inode{}, status
	}
	if p.ino == 0 {
		return p, inode{}, NoEnt
	}
	child := s.named(p.ino)
	return p, child, c.Caller.mayRemove(&p.node, &child)
}

// dropName counts one name less of an inode, all of them of a directory, and
// lets it go if it was the last and nobody has it open.
func (s *State) dropName(ino Ino) {
	n := s.edit(ino)
	n.ctime = s.clock
	n.nlink--
	if n.isDir() {
		n.nlink = 0
	}
	s.freeIfUnused(ino, n)
}

// dropOpener counts one session less that has ino open.
func (s *State) dropOpener(ino Ino) {
	s.sessions.opens--
	if ino.isSaved() {
		return
	}
	n := s.edit(ino)
	n.openers--
	s.freeIfUnused(ino, n)
}

func (s *State) freeIfUnused(ino Ino, n *inode) {
	if n.isIdle() {
		s.linger(ino, n)
	}
}

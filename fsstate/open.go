package fsstate

const openAccess = OpenRead | OpenWrite | OpenExec

// valid tells whether the mode says what the file is opened for, and has no
// other bits than also.
func (m OpenMode) valid(also OpenMode) bool {
	return m&openAccess != 0 && m&^(openAccess|also) == 0
}

// Open checks that the caller may open ino for mode, records that the session
// has it open, and truncates it with OpenTruncate. Directories can be opened
// for reading; what is neither file nor directory is NXIO, for its kernel opens
// it without asking. Every Open is to be given back by a Release of the same mode.
func (s *State) Open(c *Context, ino Ino, mode OpenMode) (Attr, Status) {
	if status := s.beginChange(c); status != OK {
		return Attr{}, status
	}
	if !mode.valid(OpenTruncate) {
		return Attr{}, Inval
	}
	n, status := s.view(ino)
	if status == OK && ino.isSaved() && mode&(OpenWrite|OpenTruncate) != 0 {
		status = ROFS
	}
	if status != OK {
		return Attr{}, status
	}
	return s.openInode(c, ino, &n, mode)
}

// openInode opens ino, a copy of which is n.
func (s *State) openInode(c *Context, ino Ino, n *inode, mode OpenMode) (Attr, Status) {
	if status := c.Caller.mayOpen(n, mode); status != OK {
		return Attr{}, status
	}
	if status := s.roomToOpen(c.Session, ino); status != OK {
		return Attr{}, status
	}
	if status := s.mayWake(c, n); status != OK && !ino.isSaved() {
		return Attr{}, status
	}
	s.hold(c.Session, ino, mode)
	if ino.isSaved() {
		return n.attr(ino), OK
	}
	e := s.edit(ino)
	if mode&OpenTruncate != 0 {
		s.resize(c, e, 0)
	}
	return e.attr(ino), OK
}

// mayOpen tells whether type and mode bits of n let the caller open it.
func (c *Caller) mayOpen(n *inode, mode OpenMode) Status {
	var want AccessMask
	if mode&OpenRead != 0 {
		want |= MayRead
	}
	if mode&(OpenWrite|OpenTruncate) != 0 {
		want |= MayWrite
	}
	if mode&OpenExec != 0 {
		want |= MayExec
	}
	switch {
	case n.isSymlink():
		return Loop
	case n.isDir() && want&MayWrite != 0:
		return IsDir
	case n.isDir() && want&MayExec != 0, !c.may(n, want):
		return Access
	case n.isSpecial():
		return NXIO
	}
	return OK
}

// Release gives back one Open or Create of the session with that mode. When
// nobody holds an inode without names open any more, it is freed. Inval if
// the session has no such open (its lease may have run out).
func (s *State) Release(c *Context, ino Ino, mode OpenMode) Status {
	if status := s.beginChange(c); status != OK {
		return status
	}
	mode &^= OpenTruncate | OpenExclusive
	if !mode.valid(0) {
		return Inval
	}
	if !s.held(c.Session, ino).covers(mode) {
		return Inval
	}
	s.letGo(c.Session, ino, mode)
	return OK
}

// openCount is how often one session has one inode open for each purpose.
type openCount struct{ readers, writers, execs uint32 }

// AppendLeaf appends the canonical bytes.
func (o openCount) AppendLeaf(dst []byte) []byte {
	return appendUint32s(dst, o.readers, o.writers, o.execs)
}

// covers tells whether there is an open for each purpose of mode.
func (o openCount) covers(mode OpenMode) bool {
	return (mode&OpenRead == 0 || o.readers > 0) &&
		(mode&OpenWrite == 0 || o.writers > 0) &&
		(mode&OpenExec == 0 || o.execs > 0)
}

// full tells whether no further open can be counted.
func (o openCount) full() bool {
	return max(o.readers, o.writers, o.execs) >= MaxOpens
}

// add counts by more opens (less, with ^0) of mode.
func (o *openCount) add(mode OpenMode, by uint32) {
	if mode&OpenRead != 0 {
		o.readers += by
	}
	if mode&OpenWrite != 0 {
		o.writers += by
	}
	if mode&OpenExec != 0 {
		o.execs += by
	}
}

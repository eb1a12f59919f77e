package fsstate

// Read returns the bytes of a regular file from off on: size of them, or
// fewer at the end of the file; at most MaxIO. It is allowed if the session
// holds ino open for reading or executing, else by the mode bits. The bytes
// are the caller's to keep.
func (s *State) Read(c *Context, ino Ino, off uint64, size uint32) ([]byte, Status) {
	if status := s.begin(c); status != OK {
		return nil, status
	}
	n, status := s.view(ino)
	if status == OK {
		status = s.mayRead(c, ino, &n)
	}
	if status != OK {
		return nil, status
	}
	if off > MaxSize {
		return nil, Inval
	}
	if size == 0 {
		return nil, OK
	}
	if status = s.touch(c, ino, &n); status != OK || off >= n.size {
		return nil, status
	}
	out := make([]byte, min(uint64(size), MaxIO, n.size-off))
	n.load(off, out)
	return out, OK
}

func (s *State) mayRead(c *Context, ino Ino, n *inode) Status {
	if status := n.wantRegular(); status != OK {
		return status
	}
	if c.Caller.may(n, MayRead) || s.holds(c.Session, ino, OpenRead|OpenExec) {
		return OK
	}
	return Access
}

func (s *State) mayWrite(c *Context, ino Ino, n *inode) Status {
	if status := n.wantRegular(); status != OK {
		return status
	}
	if c.Caller.may(n, MayWrite) || s.holds(c.Session, ino, OpenWrite) {
		return OK
	}
	return Access
}

// wantRegular tells whether n has bytes to read and write.
func (n *inode) wantRegular() Status {
	switch {
	case n.isDir():
		return IsDir
	case !n.isRegular():
		return Inval
	}
	return OK
}

// Write puts data, at most MaxIO bytes, at off (or at the end of the file if
// atEnd), all or nothing, and returns the attributes after it: an append's
// offset is Attr.Size-len(data). It is allowed if the session holds ino open
// for writing, else by the mode bits. data is not kept.
func (s *State) Write(c *Context, ino Ino, off uint64, data []byte, atEnd bool) (Attr, Status) {
	if status := s.beginChange(c); status != OK {
		return Attr{}, status
	}
	n, status := s.get(ino)
	if status == OK {
		status = s.mayWrite(c, ino, &n)
	}
	if status != OK {
		return Attr{}, status
	}
	if atEnd {
		off = n.size
	}
	if status = checkRange(off, len(data)); status != OK {
		return Attr{}, status
	}
	if len(data) == 0 {
		return n.attr(ino), OK
	}
	return s.write(c, ino, off, data)
}

// checkRange tells whether a file can have length bytes at off.
func checkRange(off uint64, length int) Status {
	switch {
	case length > MaxIO || off > MaxSize:
		return Inval
	case uint64(length) > MaxSize-off:
		return FBig
	}
	return OK
}

// write carries a checked write out, if there is room for it.
func (s *State) write(c *Context, ino Ino, off uint64, data []byte) (Attr, Status) {
	end := off + uint64(len(data))
	n, _ := s.get(ino)
	fresh, filled := n.growth(span{off, end})
	if status := s.room(c, n.uid, fresh, 0); status != OK {
		return Attr{}, status
	}
	s.charge(n.uid, int64(fresh), 0)
	e := s.edit(ino)
	e.unwritten -= filled
	e.store(s.epoch, off, data)
	e.size = max(e.size, end)
	s.contentChanged(c, e)
	return e.attr(ino), OK
}

// resize cuts the file n, which is being edited, at size or lets it grow to
// there with a hole. What is reserved behind the end goes unless it grows.
func (s *State) resize(c *Context, n *inode, size uint64) {
	if size <= n.size {
		s.charge(n.uid, -int64(n.cutAfter(s.epoch, size)), 0)
	}
	n.size = size
	s.contentChanged(c, n)
}

// contentChanged is what a change of the contents of a file, which is being
// edited, does to its other attributes.
func (s *State) contentChanged(c *Context, n *inode) {
	c.Caller.dropSetID(n)
	s.dropCapability(n)
	n.changed(s.clock)
}

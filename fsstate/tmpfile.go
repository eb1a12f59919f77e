package fsstate

// Tmpfile makes a regular file without a name in the file system of dir, a
// directory that the caller may write to, and opens it for the session, whatever
// mode says (O_TMPFILE). It inherits as if it were made in dir. Unless it is
// exclusive (O_EXCL), Link gives it a name while the session holds it open; else
// it goes with the last release.
func (s *State) Tmpfile(c *Context, dir Ino, mode uint32, open OpenMode, exclusive bool) (Attr, Status) {
	if status := s.beginChange(c); status != OK {
		return Attr{}, status
	}
	if !open.valid(OpenTruncate) || open&OpenWrite == 0 {
		return Attr{}, Inval
	}
	d, status := s.get(dir)
	switch {
	case status != OK:
		return Attr{}, status
	case !d.isDir():
		return Attr{}, NotDir
	case d.nlink == 0:
		return Attr{}, NoEnt
	case !c.Caller.may(&d, MayWrite|MayExec):
		return Attr{}, Access
	}
	if status = s.roomToOpen(c.Session, s.nextIno); status != OK {
		return Attr{}, status
	}
	n := inode{mode: typeRegular | mode&permMask, nlink: 1}
	ino, status := s.add(c, &n, &d)
	if status != OK {
		return Attr{}, status
	}
	s.hold(c.Session, ino, open)
	e := s.edit(ino)
	e.nlink, e.linkable = 0, !exclusive // only now, when there is an opener
	return e.attr(ino), OK
}

// mayNameFirst tells whether the session may give n its first name.
func (s *State) mayNameFirst(c *Context, ino Ino, n *inode) bool {
	return n.linkable && s.held(c.Session, ino) != openCount{}
}

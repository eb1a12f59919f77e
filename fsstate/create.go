package fsstate

import "strings"

// Create makes a regular file with the permission bits of mode and opens it
// for the session, whatever mode says. If name exists it is opened as by Open
// (Exist with OpenExclusive). The result tells whether a file was created. A
// name that is a symbolic link is Loop: whoever follows links does so before.
func (s *State) Create(c *Context, dir Ino, name string, mode uint32, open OpenMode) (attr Attr, created bool, status Status) {
	if status = s.beginChange(c); status != OK {
		return Attr{}, false, status
	}
	if !open.valid(OpenTruncate | OpenExclusive) {
		return Attr{}, false, Inval
	}
	p, status := s.search(c, dir, name, IsDir)
	if status != OK {
		return Attr{}, false, status
	}
	if p.ino != 0 {
		attr, status = s.openExisting(c, p.ino, open)
		return attr, false, status
	}
	if status = p.vacant(c); status != OK {
		return Attr{}, false, status
	}
	if status = s.roomToOpen(c.Session, s.nextIno); status != OK {
		return Attr{}, false, status
	}
	ino, status := s.make(c, &p, typeRegular|mode&permMask)
	if status != OK {
		return Attr{}, false, status
	}
	s.hold(c.Session, ino, open)
	return s.edit(ino).attr(ino), true, OK
}

// openExisting is what Create does with a name that is taken.
func (s *State) openExisting(c *Context, ino Ino, open OpenMode) (Attr, Status) {
	if open&OpenExclusive != 0 {
		return Attr{}, Exist
	}
	n := s.named(ino)
	if n.isDir() {
		return Attr{}, IsDir
	}
	return s.openInode(c, ino, &n, open)
}

// Mkdir makes an empty directory with the permission bits of mode, except
// set-user-ID and set-group-ID; the latter is inherited.
func (s *State) Mkdir(c *Context, dir Ino, name string, mode uint32) (Attr, Status) {
	p, status := s.vacancy(c, dir, name)
	if status != OK {
		return Attr{}, status
	}
	if p.node.nlink >= MaxLinks {
		return Attr{}, MLink
	}
	ino, status := s.make(c, &p, typeDir|mode&permMask&^(setUID|setGID))
	if status != OK {
		return Attr{}, status
	}
	s.edit(dir).nlink++
	return s.attr(ino)
}

// Symlink makes a symbolic link to target, 1 to MaxTarget bytes.
func (s *State) Symlink(c *Context, dir Ino, name, target string) (Attr, Status) {
	p, status := s.vacancy(c, dir, name)
	if status != OK {
		return Attr{}, status
	}
	if status = checkTarget(target); status != OK {
		return Attr{}, status
	}
	if status = s.room(c, c.Caller.UID, 1, 1); status != OK {
		return Attr{}, status
	}
	ino, status := s.make(c, &p, typeSymlink|0o777)
	if status != OK {
		return Attr{}, status
	}
	n := s.edit(ino)
	n.size = uint64(len(target))
	n.setBlock(s.epoch, 0, block(target))
	s.charge(n.uid, 1, 0)
	return n.attr(ino), OK
}

func checkTarget(target string) Status {
	switch {
	case target == "":
		return NoEnt
	case len(target) > MaxTarget:
		return NameTooLong
	case strings.IndexByte(target, 0) >= 0:
		return Inval
	}
	return OK
}

// Link gives ino, not a directory, one more name. What has lost all of them
// gets none any more (NoEnt); what Tmpfile made gets its first from the session
// that holds it open.
func (s *State) Link(c *Context, ino Ino, dir Ino, name string) (Attr, Status) {
	p, status := s.vacancy(c, dir, name)
	if status != OK {
		return Attr{}, status
	}
	n, status := s.get(ino)
	if status != OK {
		return Attr{}, status
	}
	switch {
	case n.isDir():
		return Attr{}, Perm
	case n.nlink == 0 && !s.mayNameFirst(c, ino, &n):
		return Attr{}, NoEnt
	case n.nlink >= MaxLinks:
		return Attr{}, MLink
	case n.nlink > 0 && s.inodesUsed() >= s.limits.Inodes, s.names+1 >= s.limits.Inodes:
		return Attr{}, NoSpace
	}
	s.insert(&p, ino)
	linked := s.edit(ino)
	linked.nlink++
	linked.linkable = false
	linked.ctime = s.clock
	return linked.attr(ino), OK
}

// vacancy opens an operation that gives a new name, and finds its place.
func (s *State) vacancy(c *Context, dir Ino, name string) (place, Status) {
	if status := s.beginChange(c); status != OK {
		return place{}, status
	}
	return s.searchVacant(c, dir, name)
}

// searchVacant finds the place of a name that the caller may give.
func (s *State) searchVacant(c *Context, dir Ino, name string) (place, Status) {
	p, status := s.search(c, dir, name, Exist)
	if status == OK {
		status = p.vacant(c)
	}
	return p, status
}

// make puts a new inode of the caller's at p, which is vacant. In a directory
// with the set-group-ID bit it takes the directory's group, and in one with a
// default access control list that list.
func (s *State) make(c *Context, p *place, mode uint32) (Ino, Status) {
	n := inode{mode: mode, nlink: 1}
	if n.isDir() {
		n.nlink, n.parent = 2, p.dir
	}
	ino, status := s.add(c, &n, &p.node)
	if status == OK {
		s.insert(p, ino)
	}
	return ino, status
}

// add puts a new inode, of which mode, links and parent are set, into the table:
// the caller's, and with what it inherits from the directory dir.
func (s *State) add(c *Context, n, dir *inode) (Ino, Status) {
	if s.inodesUsed() >= s.limits.Inodes || s.nextIno.isSaved() {
		return 0, NoSpace
	}
	n.uid, n.gid = c.Caller.UID, c.Caller.GID
	n.atime, n.mtime, n.ctime, n.btime = s.clock, s.clock, s.clock, s.clock
	n.inherit(c, dir)
	n.inheritACL(s.epoch, c.Caller.Umask, dir)
	if status := s.room(c, n.uid, n.blockCount(), 1); status != OK {
		return 0, status
	}
	ino := s.nextIno
	s.nextIno++
	s.inodes.Set(s.epoch, uint64(ino), *n)
	s.chargeAll(n, 1)
	return ino, OK
}

// inherit applies a set-group-ID directory to a new inode in it: the group,
// for directories the bit itself, and no set-group-ID program for those who
// are not of the group.
func (n *inode) inherit(c *Context, dir *inode) {
	if dir.mode&setGID == 0 {
		return
	}
	n.gid = dir.gid
	if n.isDir() {
		n.mode |= setGID
	} else if n.mode&groupExec != 0 && !c.Caller.speaksFor(n.gid) {
		n.mode &^= setGID
	}
}

package fsstate

import "strings"

// look finds name in dir. dot and dotdot are the statuses of those names.
func (m *model) look(c *Context, dir Ino, name string, dot, dotdot Status) (*mFile, Ino, Status) {
	return m.lookIn(m.files[dir], c, dir, name, dot, dotdot)
}

func (m *model) lookIn(d *mFile, c *Context, dir Ino, name string, dot, dotdot Status) (*mFile, Ino, Status) {
	if d == nil {
		return nil, 0, Stale
	}
	if d.kind() != mDir {
		return nil, 0, NotDir
	}
	if !d.can(c, "x") {
		return nil, 0, Access
	}
	if name == "." {
		return d, dir, dot
	}
	if name == ".." {
		return d, d.parent, dotdot
	}
	if name == "" {
		return nil, 0, NoEnt
	}
	if len(name) > 255 {
		return nil, 0, NameTooLong
	}
	if strings.Contains(name, "/") || strings.Contains(name, "\x00") {
		return nil, 0, Inval
	}
	return d, d.entries[name], OK
}

func (m *model) Lookup(c *Context, dir Ino, name string) (Attr, Status) {
	if st := m.start(c, false); st != OK {
		return Attr{}, st
	}
	_, ino, st := m.lookIn(m.seen(dir), c, dir, name, OK, OK)
	if st != OK {
		return Attr{}, st
	}
	if ino == 0 {
		return Attr{}, NoEnt
	}
	if m.seen(ino) == nil {
		return Attr{}, Stale
	}
	if m.limits.Atime == AtimeStrict {
		if st := m.moveAtime(c, m.seen(dir)); st != OK {
			return Attr{}, st
		}
	}
	return m.stat(ino), OK
}

func (m *model) Readlink(c *Context, ino Ino) (string, Status) {
	if st := m.start(c, false); st != OK {
		return "", st
	}
	f := m.seen(ino)
	if f == nil {
		return "", Stale
	}
	if f.kind() != mLink {
		return "", Inval
	}
	if st := m.readTime(c, f); st != OK {
		return "", st
	}
	return f.target, OK
}

// free tells whether a new name may be made in d.
func (d *mFile) free(c *Context, ino Ino) Status {
	if ino != 0 {
		return Exist
	}
	if d.names == 0 {
		return NoEnt
	}
	if !d.can(c, "wx") {
		return Access
	}
	return OK
}

// birth makes a file in d.
func (m *model) birth(c *Context, dir Ino, name string, mode uint32) (*mFile, Status) {
	f, st := m.nameless(c, dir, mode)
	if st != OK {
		return nil, st
	}
	d := m.files[dir]
	f.names = 1
	d.entries[name] = f.attr.Ino
	d.attr.Mtime, d.attr.Ctime = m.clock, m.clock
	return f, OK
}

// nameless makes a file in no directory that inherits from d.
func (m *model) nameless(c *Context, dir Ino, mode uint32) (*mFile, Status) {
	if m.inodesUsed() >= m.limits.Inodes {
		return nil, NoSpace
	}
	d := m.files[dir]
	f := &mFile{xattrs: map[string]string{}, blocks: map[uint64]*[BlockSize]byte{}, reserved: map[uint64]bool{}}
	t := m.clock
	f.attr = Attr{Ino: m.next, Mode: mode, UID: c.Caller.UID, GID: c.Caller.GID, Atime: t, Mtime: t, Ctime: t, Btime: t}
	if f.kind() == mDir {
		f.entries, f.parent = map[string]Ino{}, dir
	}
	if d.attr.Mode&0o2000 > 0 {
		f.attr.GID = d.attr.GID
		if f.kind() == mDir {
			f.attr.Mode |= 0o2000
		} else if mode&0o2010 == 0o2010 && c.Caller.UID != 0 && !member(c, d.attr.GID) {
			f.attr.Mode &^= 0o2000
		}
	}
	f.inherit(d, c.Caller.Umask)
	if (m.blocksUsed()+uint64(m.blocksOf(f)))*4096 > m.limits.Bytes && len(f.xattrs) > 0 {
		return nil, NoSpace
	}
	if st := m.quota(c, c.Caller.UID, uint64(f.xattrBlocks()), 1); st != OK {
		return nil, st
	}
	m.files[m.next] = f
	m.next++
	return f, OK
}

func (m *model) newName(c *Context, dir Ino, name string) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	d, ino, st := m.look(c, dir, name, Exist, Exist)
	if st != OK {
		return st
	}
	return d.free(c, ino)
}

func (m *model) Mkdir(c *Context, dir Ino, name string, mode uint32) (Attr, Status) {
	st := m.newName(c, dir, name)
	if st != OK {
		return Attr{}, st
	}
	f, st := m.birth(c, dir, name, mDir|mode&0o1777)
	if st != OK {
		return Attr{}, st
	}
	return m.stat(f.attr.Ino), OK
}

func (m *model) Symlink(c *Context, dir Ino, name, target string) (Attr, Status) {
	st := m.newName(c, dir, name)
	switch {
	case st != OK:
		return Attr{}, st
	case target == "":
		return Attr{}, NoEnt
	case len(target) > 4095:
		return Attr{}, NameTooLong
	case strings.Contains(target, "\x00"):
		return Attr{}, Inval
	case (m.blocksUsed()+1)*4096 > m.limits.Bytes:
		return Attr{}, NoSpace
	}
	if st := m.quota(c, c.Caller.UID, 1, 1); st != OK {
		return Attr{}, st
	}
	f, st := m.birth(c, dir, name, mLink|0o777)
	if st != OK {
		return Attr{}, st
	}
	f.target, f.attr.Size = target, uint64(len(target))
	return m.stat(f.attr.Ino), OK
}

func (m *model) Link(c *Context, ino Ino, dir Ino, name string) (Attr, Status) {
	if st := m.newName(c, dir, name); st != OK {
		return Attr{}, st
	}
	f := m.files[ino]
	switch {
	case f == nil:
		return Attr{}, Stale
	case f.kind() == mDir:
		return Attr{}, Perm
	case f.names == 0 && (!f.linkable || m.opens(c.Session, ino) == mOpens{}):
		return Attr{}, NoEnt
	case f.names > 0 && m.inodesUsed() >= m.limits.Inodes, m.namesUsed() >= m.limits.Inodes:
		return Attr{}, NoSpace
	}
	f.names++
	f.linkable = false
	f.attr.Ctime = m.clock
	d := m.files[dir]
	d.entries[name] = ino
	d.attr.Mtime, d.attr.Ctime = m.clock, m.clock
	return m.stat(ino), OK
}

// removable tells whether the caller may take child out of d.
func (d *mFile) removable(c *Context, child *mFile) Status {
	if !d.can(c, "wx") {
		return Access
	}
	if d.attr.Mode&0o1000 > 0 && c.Caller.UID != 0 && c.Caller.UID != d.attr.UID && c.Caller.UID != child.attr.UID {
		return Perm
	}
	return OK
}

func (m *model) lose(ino Ino) {
	f := m.files[ino]
	f.names--
	f.attr.Ctime = m.clock
	m.collect(ino)
}

func (m *model) Unlink(c *Context, dir Ino, name string) Status {
	return m.erase(c, dir, name, IsDir, IsDir, func(f *mFile) Status {
		if f.kind() == mDir {
			return IsDir
		}
		return OK
	})
}

func (m *model) Rmdir(c *Context, dir Ino, name string) Status {
	return m.erase(c, dir, name, Inval, NotEmpty, func(f *mFile) Status {
		if f.kind() != mDir {
			return NotDir
		}
		if len(f.entries) > 0 {
			return NotEmpty
		}
		return OK
	})
}

func (m *model) erase(c *Context, dir Ino, name string, dot, dotdot Status, check func(*mFile) Status) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	d, ino, st := m.look(c, dir, name, dot, dotdot)
	if st != OK {
		return st
	}
	if ino == 0 {
		return NoEnt
	}
	f := m.files[ino]
	if st = d.removable(c, f); st != OK {
		return st
	}
	if st = check(f); st != OK {
		return st
	}
	delete(d.entries, name)
	d.attr.Mtime, d.attr.Ctime = m.clock, m.clock
	m.lose(ino)
	return OK
}

// contains tells whether ino is top or lies in it.
func (m *model) contains(top, ino Ino) bool {
	for {
		if ino == top {
			return true
		}
		f := m.files[ino]
		if f == nil || ino == 1 {
			return false
		}
		ino = f.parent
	}
}

func (m *model) Rename(c *Context, dir Ino, name string, newDir Ino, newName string, flags RenameFlags) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	if flags > 2 {
		return Inval
	}
	d, ino, st := m.look(c, dir, name, Busy, Busy)
	if st != OK {
		return st
	}
	dots := Busy
	if flags == 1 {
		dots = Exist
	}
	to, over, st := m.look(c, newDir, newName, dots, dots)
	switch {
	case st != OK:
		return st
	case ino == 0, flags == 2 && over == 0:
		return NoEnt
	case over != 0 && flags == 1:
		return Exist
	case m.files[ino].kind() == mDir && m.contains(ino, newDir):
		return Inval
	case flags == 2 && m.files[over].kind() == mDir && m.contains(over, dir):
		return Inval
	case dir != newDir && over != 0 && m.files[over].kind() == mDir && m.contains(over, dir):
		return NotEmpty
	case ino == over:
		return OK
	}
	f := m.files[ino]
	if flags == 2 {
		return m.exchange(c, d, to, f, m.files[over], name, newName)
	}
	if st = d.removable(c, f); st != OK {
		return st
	}
	if over == 0 {
		st = to.free(c, over)
	} else {
		st = m.replaceable(c, to, f, m.files[over])
	}
	if st != OK {
		return st
	}
	if f.kind() == mDir && dir != newDir && !f.can(c, "w") {
		return Access
	}
	delete(d.entries, name)
	to.entries[newName] = ino
	if over != 0 {
		m.lose(over)
	}
	t := m.clock
	d.attr.Mtime, d.attr.Ctime, to.attr.Mtime, to.attr.Ctime, f.attr.Ctime = t, t, t, t, t
	if f.kind() == mDir {
		f.parent = newDir
	}
	return OK
}

func (m *model) replaceable(c *Context, dir, f, over *mFile) Status {
	if st := dir.removable(c, over); st != OK {
		return st
	}
	switch {
	case f.kind() == mDir && over.kind() != mDir:
		return NotDir
	case f.kind() != mDir && over.kind() == mDir:
		return IsDir
	case len(over.entries) > 0:
		return NotEmpty
	}
	return OK
}

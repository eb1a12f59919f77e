package fsstate

func (m *model) Mknod(c *Context, dir Ino, name string, mode, rdev uint32) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	kind, device := mode&0o170000, false
	switch kind {
	case 0o020000, 0o060000:
		device = true
	case mDir:
		return Attr{}, Perm
	case mReg, 0o010000, 0o140000:
	default:
		return Attr{}, Inval
	}
	d, ino, st := m.look(c, dir, name, Exist, Exist)
	if st != OK {
		return Attr{}, st
	}
	if st = d.free(c, ino); st != OK {
		return Attr{}, st
	}
	if device && (m.limits.Devices == DevicesRefuse || m.limits.Devices == DevicesRootOnly && c.Caller.UID != 0) {
		return Attr{}, Perm
	}
	f, st := m.birth(c, dir, name, kind|mode&0o7777)
	if st != OK {
		return Attr{}, st
	}
	if device {
		f.attr.Rdev = rdev
	}
	return m.stat(f.attr.Ino), OK
}

// exchange is a rename of name in d, which is f, and newName in to, which is
// over, that makes them change places. It has been found to make no circle.
func (m *model) exchange(c *Context, d, to, f, over *mFile, name, newName string) Status {
	if st := d.removable(c, f); st != OK {
		return st
	}
	if st := to.removable(c, over); st != OK {
		return st
	}
	for _, moved := range []*mFile{f, over} {
		if d != to && moved.kind() == mDir && !moved.can(c, "w") {
			return Access
		}
	}
	d.entries[name], to.entries[newName] = over.attr.Ino, f.attr.Ino
	for _, changed := range []*mFile{d, to} {
		changed.attr.Mtime, changed.attr.Ctime = m.clock, m.clock
	}
	f.attr.Ctime, over.attr.Ctime = m.clock, m.clock
	if f.kind() == mDir {
		f.parent = to.attr.Ino
	}
	if over.kind() == mDir {
		over.parent = d.attr.Ino
	}
	return OK
}

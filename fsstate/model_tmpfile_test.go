package fsstate

func (m *model) Tmpfile(c *Context, dir Ino, mode uint32, open OpenMode, exclusive bool) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	if open > 15 || open&OpenWrite == 0 {
		return Attr{}, Inval
	}
	d := m.files[dir]
	switch {
	case d == nil:
		return Attr{}, Stale
	case d.kind() != mDir:
		return Attr{}, NotDir
	case d.names == 0:
		return Attr{}, NoEnt
	case !d.can(c, "wx"):
		return Attr{}, Access
	}
	f, st := m.nameless(c, dir, mReg|mode&0o7777)
	if st != OK {
		return Attr{}, st
	}
	f.linkable = !exclusive
	m.grant(c.Session, f.attr.Ino, open)
	return m.stat(f.attr.Ino), OK
}

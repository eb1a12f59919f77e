package fsstate

func (m *model) Getattr(c *Context, ino Ino) (Attr, Status) {
	if st := m.start(c, false); st != OK {
		return Attr{}, st
	}
	if m.seen(ino) == nil {
		return Attr{}, Stale
	}
	return m.stat(ino), OK
}

func (m *model) Access(c *Context, ino Ino, mask AccessMask) Status {
	if st := m.start(c, false); st != OK {
		return st
	}
	if mask > 7 {
		return Inval
	}
	f := m.seen(ino)
	if f == nil {
		return Stale
	}
	want := ""
	for bit, p := range map[AccessMask]string{4: "r", 2: "w", 1: "x"} {
		if mask&bit > 0 {
			want += p
		}
	}
	if !f.can(c, want) {
		return Access
	}
	return OK
}

// bytesOf tells whether f has bytes to read, write or cut.
func bytesOf(f *mFile) Status {
	switch {
	case f == nil:
		return Stale
	case f.kind() == mDir:
		return IsDir
	case f.kind() != mReg:
		return Inval
	}
	return OK
}

func (m *model) Read(c *Context, ino Ino, off uint64, size uint32) ([]byte, Status) {
	if st := m.start(c, false); st != OK {
		return nil, st
	}
	f := m.seen(ino)
	if st := bytesOf(f); st != OK {
		return nil, st
	}
	held := m.opens(c.Session, ino)
	if held[0] == 0 && held[2] == 0 && !f.can(c, "r") {
		return nil, Access
	}
	if off > 1<<63-1 {
		return nil, Inval
	}
	if size == 0 {
		return nil, OK
	}
	if st := m.readTime(c, f); st != OK {
		return nil, st
	}
	var out []byte
	for at := off; at < f.attr.Size && at < off+min(uint64(size), 1<<20); at++ {
		out = append(out, f.byteAt(at))
	}
	return out, OK
}

func (f *mFile) byteAt(at uint64) byte {
	if b := f.blocks[at/4096]; b != nil {
		return b[at%4096]
	}
	return 0
}

func (m *model) Write(c *Context, ino Ino, off uint64, data []byte, atEnd bool) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	f := m.files[ino]
	if st := bytesOf(f); st != OK {
		return Attr{}, st
	}
	if m.opens(c.Session, ino)[1] == 0 && !f.can(c, "w") {
		return Attr{}, Access
	}
	if atEnd {
		off = f.attr.Size
	}
	if len(data) > 1<<20 || off > 1<<63-1 {
		return Attr{}, Inval
	}
	if off+uint64(len(data)) > 1<<63-1 {
		return Attr{}, FBig
	}
	if len(data) == 0 {
		return m.stat(ino), OK
	}
	before := m.blocksUsed()
	fresh := map[uint64]bool{}
	for i := range data {
		if index := (off + uint64(i)) / 4096; f.blocks[index] == nil {
			fresh[index] = true
		}
	}
	count := uint64(0)
	for index := range fresh {
		if !f.reserved[index] {
			count++
		}
	}
	if (before+count)*4096 > m.limits.Bytes {
		return Attr{}, NoSpace
	}
	if st := m.quota(c, f.attr.UID, count, 0); st != OK {
		return Attr{}, st
	}
	for index := range fresh {
		f.blocks[index] = new([BlockSize]byte)
	}
	for i, b := range data {
		at := off + uint64(i)
		f.blocks[at/4096][at%4096] = b
	}
	f.attr.Size = max(f.attr.Size, off+uint64(len(data)))
	m.wrote(c, f)
	return m.stat(ino), OK
}

func (m *model) wrote(c *Context, f *mFile) {
	f.attr.Mtime, f.attr.Ctime = m.clock, m.clock
	delete(f.xattrs, "security.capability")
	if c.Caller.UID != 0 {
		f.killSetID(member(c, f.attr.GID))
	}
}

func (m *model) truncate(c *Context, f *mFile, size uint64) {
	for index, b := range f.blocks {
		for i := range b {
			if index*4096+uint64(i) >= size {
				b[i] = 0
			}
		}
		if index*4096 >= size {
			delete(f.blocks, index)
		}
	}
	for index := range f.reserved {
		if index*4096 >= size && size <= f.attr.Size {
			delete(f.reserved, index)
		}
	}
	f.attr.Size = size
	m.wrote(c, f)
}

func (m *model) Setattr(c *Context, ino Ino, set SetAttr) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	f := m.files[ino]
	if f == nil {
		return Attr{}, Stale
	}
	has := func(bits SetMask) bool { return set.Mask&bits != 0 }
	owner := c.Caller.UID == 0 || c.Caller.UID == f.attr.UID
	switch {
	case set.Mask > 511, has(SetAtime) && has(SetAtimeNow), has(SetMtime) && has(SetMtimeNow),
		has(SetUID) && set.UID == 0xffffffff, has(SetGID) && set.GID == 0xffffffff:
		return Attr{}, Inval
	case has(SetMode) && f.kind() == mLink:
		return Attr{}, NotSupported
	case has(SetMode|SetAtime|SetMtime) && !owner:
		return Attr{}, Perm
	case has(SetUID) && c.Caller.UID != 0 && !(owner && set.UID == f.attr.UID):
		return Attr{}, Perm
	case has(SetGID) && c.Caller.UID != 0 && !(owner && (set.GID == f.attr.GID || member(c, set.GID))):
		return Attr{}, Perm
	}
	if has(SetSize) {
		if st := bytesOf(f); st != OK {
			return Attr{}, st
		}
		if set.Size > 1<<63-1 {
			return Attr{}, FBig
		}
		if !(has(SetByHandle) && m.opens(c.Session, ino)[1] > 0) && !f.can(c, "w") {
			return Attr{}, Access
		}
	}
	if !owner && !has(SetSize) && has(SetAtimeNow|SetMtimeNow) {
		if !has(SetAtimeNow) || !has(SetMtimeNow) {
			return Attr{}, Perm
		}
		if !f.can(c, "w") {
			return Attr{}, Access
		}
	}
	if has(SetUID) && set.UID != f.attr.UID {
		if st := m.quota(c, set.UID, uint64(m.blocksOf(f)), 1); st != OK {
			return Attr{}, st
		}
	}
	if has(0xff) {
		m.apply(c, f, set, has)
	}
	return m.stat(ino), OK
}

func (m *model) apply(c *Context, f *mFile, set SetAttr, has func(SetMask) bool) {
	if has(SetSize) {
		m.truncate(c, f, set.Size)
	}
	given := has(SetUID|SetGID) && f.kind() != mDir
	if given {
		f.killSetID(c.Caller.UID == 0 || member(c, f.attr.GID))
	}
	if given {
		delete(f.xattrs, "security.capability")
	}
	if has(SetUID) {
		f.attr.UID = set.UID
	}
	if has(SetGID) {
		f.attr.GID = set.GID
	}
	if has(SetMode) {
		f.attr.Mode = f.kind() | set.Mode&0o7777
		if c.Caller.UID != 0 && !member(c, f.attr.GID) {
			f.attr.Mode &^= 0o2000
		}
		if given {
			f.killSetID(true)
		}
		f.chmodACL()
	}
	if has(SetAtime) {
		f.attr.Atime = set.Atime
	}
	if has(SetMtime) {
		f.attr.Mtime = set.Mtime
	}
	if has(SetAtimeNow) {
		f.attr.Atime = m.clock
	}
	if has(SetMtimeNow) {
		f.attr.Mtime = m.clock
	}
	f.attr.Ctime = m.clock
}

func (m *model) Create(c *Context, dir Ino, name string, mode uint32, open OpenMode) (Attr, bool, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, false, st
	}
	if open > 31 || open&7 == 0 {
		return Attr{}, false, Inval
	}
	d, ino, st := m.look(c, dir, name, IsDir, IsDir)
	if st != OK {
		return Attr{}, false, st
	}
	if ino != 0 {
		if open&OpenExclusive > 0 {
			return Attr{}, false, Exist
		}
		if m.files[ino].kind() == mDir {
			return Attr{}, false, IsDir
		}
		a, st := m.open(c, ino, open)
		return a, false, st
	}
	if st = d.free(c, ino); st != OK {
		return Attr{}, false, st
	}
	f, st := m.birth(c, dir, name, mReg|mode&0o7777)
	if st != OK {
		return Attr{}, false, st
	}
	m.grant(c.Session, f.attr.Ino, open)
	return m.stat(f.attr.Ino), true, OK
}

func (m *model) Open(c *Context, ino Ino, mode OpenMode) (Attr, Status) {
	if st := m.start(c, true); st != OK {
		return Attr{}, st
	}
	if mode > 15 || mode&7 == 0 {
		return Attr{}, Inval
	}
	if m.seen(ino) == nil {
		return Attr{}, Stale
	}
	return m.open(c, ino, mode)
}

func (m *model) open(c *Context, ino Ino, mode OpenMode) (Attr, Status) {
	f := m.seen(ino)
	switch {
	case f.kind() == mLink:
		return Attr{}, Loop
	case f.kind() == mDir && mode&(OpenWrite|OpenTruncate) > 0:
		return Attr{}, IsDir
	case f.kind() == mDir && mode&OpenExec > 0,
		!f.can(c, wanted(mode)):
		return Attr{}, Access
	case f.kind() != mReg && f.kind() != mDir:
		return Attr{}, NXIO
	}
	if st := m.wake(c, ino); st != OK {
		return Attr{}, st
	}
	m.grant(c.Session, ino, mode)
	if mode&OpenTruncate > 0 {
		m.truncate(c, f, 0)
	}
	return m.stat(ino), OK
}

// wanted is the permissions that an open takes: one entry of an access list has
// to grant all of them.
func wanted(mode OpenMode) (want string) {
	for _, p := range []struct {
		bits OpenMode
		name string
	}{{OpenRead, "r"}, {OpenWrite | OpenTruncate, "w"}, {OpenExec, "x"}} {
		if mode&p.bits > 0 {
			want += p.name
		}
	}
	return want
}

func (m *model) grant(id Session, ino Ino, mode OpenMode) {
	r := m.session(id)
	if r == nil {
		r = &mSession{id: id, renewed: m.clock, opens: map[Ino]*mOpens{}}
		m.sessions = append(m.sessions, r)
	}
	if r.opens[ino] == nil {
		r.opens[ino] = new(mOpens)
	}
	for i := range 3 {
		r.opens[ino][i] += uint32(mode>>i) & 1
	}
}

func (m *model) Release(c *Context, ino Ino, mode OpenMode) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	held := m.opens(c.Session, ino)
	for i := range 3 {
		if mode>>i&1 > 0 && held[i] == 0 {
			return Inval
		}
	}
	if mode > 31 || mode&7 == 0 {
		return Inval
	}
	r := m.session(c.Session)
	for i := range 3 {
		r.opens[ino][i] -= uint32(mode>>i) & 1
	}
	if *r.opens[ino] == (mOpens{}) {
		delete(r.opens, ino)
		if len(r.opens) == 0 {
			r.renewed = 0
			m.drop(r)
		}
		m.dropLocks(r, ino)
		m.collect(ino)
	}
	return OK
}

func (m *model) drop(r *mSession) {
	for i := range m.sessions {
		if m.sessions[i] == r {
			m.sessions = append(m.sessions[:i:i], m.sessions[i+1:]...)
			return
		}
	}
}

// Readdir returns the names in no particular order: cookies are the State's
// own affair, so the model only says what must be listed.
func (m *model) Readdir(c *Context, ino Ino, limit int, plus bool) (map[string]Attr, Status) {
	if st := m.start(c, false); st != OK {
		return nil, st
	}
	d := m.seen(ino)
	switch {
	case d == nil:
		return nil, Stale
	case d.kind() != mDir:
		return nil, NotDir
	case d.names == 0:
		return nil, NoEnt
	case m.opens(c.Session, ino)[0] == 0 && !d.can(c, "r"), plus && !d.can(c, "x"):
		return nil, Access
	case limit <= 0:
		return nil, Inval
	}
	if st := m.readTime(c, d); st != OK {
		return nil, st
	}
	out := map[string]Attr{}
	for name, child := range d.entries {
		out[name] = Attr{Ino: child, Mode: m.files[child].kind()}
		if plus {
			out[name] = m.stat(child)
		}
	}
	return out, OK
}

func (m *model) Statfs(c *Context) (Statfs, Status) {
	if st := m.start(c, false); st != OK {
		return Statfs{}, st
	}
	total := m.limits.Bytes / 4096 * 4096
	return Statfs{
		Bytes:      total,
		BytesFree:  total - m.blocksUsed()*4096,
		Inodes:     m.limits.Inodes,
		InodesFree: m.limits.Inodes - m.inodesUsed(),
	}, OK
}

func (m *model) Fsync(c *Context, ino Ino) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	if m.seen(ino) == nil {
		return Stale
	}
	return OK
}

func (m *model) Renew(c *Context) Status { return m.start(c, true) }

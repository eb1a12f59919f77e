package fsstate

import (
	"maps"
	"slices"
)

// model is the file system written as plainly as can be, with maps and without
// any of the State's structures, to compare the State with. It has the same
// operations.
type model struct {
	limits    Limits
	quotas    []OwnerQuota
	idle      map[Ino]*mFile // that linger
	lingering []mLinger
	clock     int64
	next      Ino
	files     map[Ino]*mFile
	sessions  []*mSession // the one renewed the longest ago first
	expired   []*mSession
	locks     map[Ino]*mLocks
	tickets   uint64
}

type mFile struct {
	attr     Attr // without Nlink, Blocks and a directory's Size
	names    uint32
	linkable bool
	parent   Ino
	entries  map[string]Ino
	blocks   map[uint64]*[BlockSize]byte
	// reserved blocks, written to or not
	reserved map[uint64]bool
	target   string
	xattrs   map[string]string
}

type mSession struct {
	id      Session
	renewed int64
	opens   map[Ino]*mOpens
}

type mOpens [3]uint32 // reading, writing, executing

const (
	mDir  = 0o040000
	mReg  = 0o100000
	mLink = 0o120000
)

func newModel(cfg Config) *model {
	m := &model{limits: cfg.Limits, quotas: cfg.Quotas, clock: cfg.Now, next: 2, files: map[Ino]*mFile{}, idle: map[Ino]*mFile{}, locks: map[Ino]*mLocks{}}
	m.files[1] = &mFile{
		attr: Attr{Ino: 1, Mode: mDir | cfg.RootMode, UID: cfg.RootUID, GID: cfg.RootGID,
			Atime: cfg.Now, Mtime: cfg.Now, Ctime: cfg.Now, Btime: cfg.Now},
		names: 1, parent: 1, entries: map[string]Ino{}, xattrs: map[string]string{},
	}
	return m
}

func (f *mFile) kind() uint32 { return f.attr.Mode & 0o170000 }

// stat completes a file's attributes.
func (m *model) stat(ino Ino) Attr {
	f := m.seen(ino)
	a := f.attr
	a.Nlink = f.names
	a.Blocks = uint64(m.blocksOf(f)) * 8
	if f.kind() == mDir {
		a.Size = 4096
		if f.names > 0 {
			a.Nlink = 2
			for _, child := range f.entries {
				if m.files[child].kind() == mDir {
					a.Nlink++
				}
			}
		}
	}
	return a
}

func (m *model) blocksOf(f *mFile) int {
	if f.kind() == mLink {
		return 1 + f.xattrBlocks()
	}
	count := len(f.blocks)
	for index := range f.reserved {
		if f.blocks[index] == nil {
			count++
		}
	}
	return count + f.xattrBlocks()
}

func (m *model) blocksUsed() (n uint64) {
	for _, f := range m.files {
		n += uint64(m.blocksOf(f))
	}
	return n
}

func (m *model) inodesUsed() uint64 {
	return max(uint64(len(m.files)), m.namesUsed())
}

// namesUsed counts the names, and the root, which has none.
func (m *model) namesUsed() uint64 {
	names := 1
	for _, f := range m.files {
		names += len(f.entries)
	}
	return uint64(names)
}

// start is what every operation does first.
func (m *model) start(c *Context, changes bool) Status {
	if c.ReadOnly && changes {
		return MustOrder
	}
	if len(c.Caller.Groups) > 64 {
		return Inval
	}
	if c.ReadOnly {
		return OK
	}
	m.clock = max(m.clock, c.Now)
	m.endLinger()
	m.expireOne(m.session(c.Session))
	if len(m.sessions) > 0 {
		m.expireOne(m.sessions[0])
	}
	m.reap()
	if r := m.session(c.Session); r != nil && m.clock-r.renewed >= m.limits.Lease/8 {
		m.sessions = append(slices.DeleteFunc(m.sessions, func(o *mSession) bool { return o == r }), r)
		r.renewed = m.clock
	}
	return OK
}

func (m *model) session(id Session) *mSession {
	for _, r := range m.sessions {
		if r.id == id {
			return r
		}
	}
	return nil
}

func (m *model) expireOne(r *mSession) {
	if r != nil && m.clock-r.renewed >= m.limits.Lease+m.limits.Lease/8 {
		m.expired = append(m.expired, r)
		m.sessions = slices.DeleteFunc(m.sessions, func(o *mSession) bool { return o == r })
	}
}

func (m *model) reap() {
	if len(m.expired) == 0 {
		return
	}
	first := m.expired[0]
	inos := slices.Sorted(maps.Keys(first.opens))
	room := 32
	for i, ino := range inos {
		if room--; len(m.locksOf(ino).held) > 0 {
			room -= 7
		}
		if i > 0 && room < 0 {
			inos = inos[:i]
			break
		}
	}
	for _, ino := range inos {
		delete(first.opens, ino)
		m.dropLocks(first, ino)
		m.collect(ino)
	}
	if len(first.opens) == 0 {
		m.expired = m.expired[1:]
	}
}

// collect frees ino if nothing refers to it.
func (m *model) collect(ino Ino) {
	if m.files[ino].names > 0 {
		return
	}
	for _, r := range m.sessions {
		if r.opens[ino] != nil {
			return
		}
	}
	for _, r := range m.expired {
		if r.opens[ino] != nil {
			return
		}
	}
	m.letLinger(ino)
}

func (m *model) opens(id Session, ino Ino) mOpens {
	if r := m.session(id); r != nil && r.opens[ino] != nil {
		return *r.opens[ino]
	}
	return mOpens{}
}

// can tells whether the caller has all the permissions in want, "r", "w", "x".
func (f *mFile) can(c *Context, want string) bool {
	mode := f.attr.Mode
	if f.xattrs[mAccess] != "" && c.Caller.UID != 0 && c.Caller.UID != f.attr.UID && mode&0o070 > 0 {
		sum := uint32(0)
		for _, p := range want {
			sum |= map[rune]uint32{'r': 4, 'w': 2, 'x': 1}[p]
		}
		return f.aclGrants(c, sum)
	}
	for _, p := range want {
		var bits [3]uint32 // owner, group, others
		switch p {
		case 'r':
			bits = [3]uint32{0o400, 0o040, 0o004}
		case 'w':
			bits = [3]uint32{0o200, 0o020, 0o002}
		case 'x':
			bits = [3]uint32{0o100, 0o010, 0o001}
		}
		ok := false
		switch {
		case c.Caller.UID == 0:
			ok = p != 'x' || f.kind() == mDir || mode&0o111 > 0
		case c.Caller.UID == f.attr.UID:
			ok = mode&bits[0] > 0
		case member(c, f.attr.GID):
			ok = mode&bits[1] > 0
		default:
			ok = mode&bits[2] > 0
		}
		if !ok {
			return false
		}
	}
	return true
}

func member(c *Context, gid uint32) bool {
	return c.Caller.GID == gid || slices.Contains(c.Caller.Groups, gid)
}

// killSetID is what chown, and writing by others than root, do to a file.
func (f *mFile) killSetID(keep bool) {
	f.attr.Mode &^= 0o4000
	if f.attr.Mode&0o010 > 0 || !keep {
		f.attr.Mode &^= 0o2000
	}
}

func (m *model) readTime(c *Context, f *mFile) Status {
	a := &f.attr
	switch m.limits.Atime {
	case AtimeNone:
		return OK
	case AtimeStrict:
		return m.moveAtime(c, f)
	}
	if a.Atime > a.Mtime && a.Atime > a.Ctime && m.clock-a.Atime < 24*3600*1e9 {
		return OK
	}
	return m.moveAtime(c, f)
}

func (m *model) moveAtime(c *Context, f *mFile) Status {
	if c.ReadOnly {
		return MustOrder
	}
	f.attr.Atime = m.clock
	return OK
}

package fsstate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// opBytes is the length of an operation in a fuzzer's input.
const opBytes = 12

// op is an operation with arguments. Which arguments matter depends on kind.
type op struct {
	kind         string
	c            Context
	dir, dir2    Ino
	name, name2  string
	mode         uint32
	open         OpenMode
	off          uint64
	size         uint32
	atEnd, plus  bool
	set          SetAttr
	flags        RenameFlags
	lock         Lock
	wait         bool
	falloc       FallocMode
	off2, length uint64
}

var opKinds = []string{
	"lookup", "getattr", "setattr", "setattr", "access", "readlink", "create", "create", "open", "open",
	"release", "release", "read", "write", "write", "mkdir", "mkdir", "symlink", "link", "unlink", "unlink",
	"rmdir", "rmdir", "rmdir", "mknod", "mknod", "tmpfile", "unlink", "rename", "rename", "rename", "readdir", "statfs", "usage", "fsync", "renew",
	"setlock", "setlock", "setlock", "setlock", "setlock", "setlock", "getlock", "cancel", "waits",
	"fallocate", "fallocate", "seek", "seek", "copy", "copy",
	"getxattr", "getxattr", "setxattr", "setxattr", "setxattr", "setxattr", "removexattr", "listxattr",
}

var opNames = []string{
	"a", "a", "a", "a", "b", "b", "b", "c", "c", "d", "d", "e", "e", "f", "g", "h", "i", "j", "k", "l",
	".", "..", "", "x/y", "z\x00", strings.Repeat("n", 255), strings.Repeat("n", 256),
}

var opCallers = []Caller{
	{UID: 1, GID: 10}, {UID: 2, GID: 10, Groups: []uint32{20}}, {UID: 3, GID: 30, Groups: []uint32{10, 20}},
	{UID: 4, GID: 40}, {UID: 1, GID: 40}, {UID: 5, GID: 5, Groups: make([]uint32, MaxGroups+1)},
}

var opModes = []uint32{0o777, 0o777, 0o777, 0o755, 0o644, 0o600, 0o000, 0o1777, 0o2777, 0o2775, 0o6755, 0o4711, 0o2660, 0o070, 0o007}

var opTypes = []uint32{typeFIFO, typeSocket, typeCharacter, typeBlock, typeRegular, typeDir, typeSymlink, 0, 1 << 20}

var opOpens = []OpenMode{
	OpenRead, OpenWrite, OpenRead, OpenWrite, OpenRead | OpenWrite, OpenExec, OpenRead | OpenTruncate,
	OpenWrite | OpenTruncate, OpenWrite | OpenExclusive, 0, 1 << 5, 31,
}

var opOffsets = []uint64{0, 1, 100, 4095, 4096, 4097, 8192, 12000, 40000, 1 << 40, MaxSize - 5, MaxSize, MaxSize + 1, 1<<64 - 1}

var opLengths = []uint64{0, 1, 50, 4096, 5000, 8192, 12288, 20000, 70000, 300_000, 1 << 30, 1 << 62, 1 << 63, 1<<64 - 1}

var opFallocs = []FallocMode{
	0, 0, FallocKeepSize, FallocKeepSize, FallocPunchHole | FallocKeepSize, FallocPunchHole | FallocKeepSize,
	FallocZeroRange, FallocZeroRange | FallocKeepSize, FallocPunchHole, 8, 32, 64, FallocZeroRange | FallocPunchHole | FallocKeepSize,
}

// decodeOp makes an operation of opBytes bytes. The model's present files are
// its arguments, so that most operations hit something.
func decodeOp(b []byte, m *model) op {
	pick := func(i, n int) int { return int(b[i]) % n }
	o := op{
		kind:  opKinds[pick(0, len(opKinds))],
		name:  opNames[pick(3, len(opNames))],
		name2: opNames[pick(4, len(opNames))],
		mode:  opModes[pick(5, len(opModes))],
		open:  opOpens[pick(6, len(opOpens))],
		off:   opOffsets[pick(7, len(opOffsets))],
		size:  uint32(b[8]) * 37,
		atEnd: b[8]%5 == 0,
		plus:  b[8]%2 == 0,
		flags: RenameFlags(max(pick(9, 32), 27) - 27),
		c: Context{
			Session:  Session{Principal: uint32(b[11]) % 2, Number: uint64(b[11]) / 2 % 2},
			Now:      m.clock + int64(b[11]/4%8),
			ReadOnly: b[11] >= 244,
		},
	}
	o.falloc = opFallocs[pick(9, len(opFallocs))]
	o.off2 = opOffsets[pick(6, len(opOffsets))]
	if b[3]%2 == 0 { // offsets that lie alike in blocks
		o.off2 = o.off + uint64(b[4]%3)*2*BlockSize
	}
	o.length = opLengths[pick(8, len(opLengths))]
	if b[11]/32 == 5 {
		o.c.Now += m.limits.Lease * int64(b[6]%32) / 16
	}
	if b[10] < 128 {
		o.c.Caller = opCallers[pick(10, 5)]
	} else if b[10] > 250 {
		o.c.Caller = opCallers[5]
	}
	o.c.Caller.Umask = []uint32{0, 0, 0o22, 0o777}[pick(9, 4)]
	o.choose(b, m)
	o.set = decodeSet(b, o)
	o.lock, o.wait = decodeLock(b), b[9]%4 > 0
	return o
}

// choose picks the operation's inodes, mostly of a kind that suits it.
func (o *op) choose(b []byte, m *model) {
	inos := slices.Sorted(maps.Keys(m.files))
	only := func(kind uint32) (out []Ino) {
		for _, ino := range inos {
			if m.files[ino].kind() == kind {
				out = append(out, ino)
			}
		}
		return append(out, 1)
	}
	any := append(slices.Concat(inos, slices.Sorted(maps.Keys(m.idle))), m.next, m.next-1, 0)
	from, to := any, any
	if b[10]%8 != 0 {
		switch o.kind {
		case "lookup", "create", "mkdir", "mknod", "tmpfile", "symlink", "unlink", "rmdir", "readdir":
			from = only(mDir)
		case "rename":
			from, to = only(mDir), only(mDir)
		case "link":
			from, to = only(mReg), only(mDir)
		case "read", "write", "fallocate", "seek":
			from = only(mReg)
		case "copy":
			from, to = only(mReg), only(mReg)
		case "readlink":
			from = only(mLink)
		case "release":
			from = o.chooseHeld(m)
		case "setlock", "getlock":
			from = o.chooseOpen(m)
		case "getxattr", "removexattr":
			from = withXattrs(m)
		case "setattr", "access", "open":
			if b[10]%4 == 1 {
				from = withXattrs(m)
			}
		}
	}
	o.dir, o.dir2 = from[int(b[1])%len(from)], to[int(b[2])%len(to)]
	o.name = present(m, o.dir, o.name, b[3]%2 == 0 && o.kind != "create" && o.kind != "mkdir")
	o.name2 = present(m, o.dir2, o.name2, b[4]%4 == 0)
	if strings.HasSuffix(o.kind, "xattr") {
		o.chooseXattr(b, m)
	}
}

// present returns the name, or if it should one that dir has.
func present(m *model, dir Ino, name string, should bool) string {
	if f := m.files[dir]; should && f != nil && len(f.entries) > 0 {
		names := slices.Sorted(maps.Keys(f.entries))
		return names[len(name)%len(names)]
	}
	return name
}

// chooseHeld picks what the session can release, and which of its opens.
func (o *op) chooseHeld(m *model) []Ino {
	r := m.session(o.c.Session)
	if r == nil {
		return []Ino{1}
	}
	inos := slices.Sorted(maps.Keys(r.opens))[:1]
	for i, n := range r.opens[inos[0]] {
		if n > 0 {
			o.open = 1 << i
		}
	}
	return inos
}

func decodeSet(b []byte, o op) SetAttr {
	mask := SetMask(1) << (b[2] % 10)
	if b[3]%3 == 0 {
		mask |= SetMask(b[4])
	}
	if b[3]%5 == 0 {
		mask = SetAtimeNow | SetMtimeNow
	}
	ids := []uint32{0, 1, 2, 3, 10, 20, 30, 1<<32 - 1}
	return SetAttr{
		Mask: mask, Mode: o.mode, UID: ids[b[6]%8], GID: ids[b[8]%8],
		Size: o.off, Atime: int64(b[5]) - 1, Mtime: int64(b[6]),
	}
}

// data is what a write writes: some of it zeros, to meet trimmed blocks.
func (o *op) data() []byte {
	data := make([]byte, o.size)
	for i := range data {
		if i*8/len(data)%2 == 0 {
			data[i] = byte(o.mode) + byte(i)
		}
	}
	return data
}

// files is what the State and its model have in common.
type files interface {
	Lookup(c *Context, dir Ino, name string) (Attr, Status)
	Getattr(c *Context, ino Ino) (Attr, Status)
	Setattr(c *Context, ino Ino, set SetAttr) (Attr, Status)
	Access(c *Context, ino Ino, mask AccessMask) Status
	Readlink(c *Context, ino Ino) (string, Status)
	Create(c *Context, dir Ino, name string, mode uint32, open OpenMode) (Attr, bool, Status)
	Open(c *Context, ino Ino, mode OpenMode) (Attr, Status)
	Release(c *Context, ino Ino, mode OpenMode) Status
	Read(c *Context, ino Ino, off uint64, size uint32) ([]byte, Status)
	Write(c *Context, ino Ino, off uint64, data []byte, atEnd bool) (Attr, Status)
	Fallocate(c *Context, ino Ino, mode FallocMode, off, length uint64) (Attr, Status)
	Seek(c *Context, ino Ino, off uint64, whence Whence) (uint64, Status)
	CopyRange(c *Context, r CopyRange) (uint64, Status)
	Mkdir(c *Context, dir Ino, name string, mode uint32) (Attr, Status)
	Symlink(c *Context, dir Ino, name, target string) (Attr, Status)
	Link(c *Context, ino Ino, dir Ino, name string) (Attr, Status)
	Unlink(c *Context, dir Ino, name string) Status
	Rmdir(c *Context, dir Ino, name string) Status
	Rename(c *Context, dir Ino, name string, newDir Ino, newName string, flags RenameFlags) Status
	Mknod(c *Context, dir Ino, name string, mode, rdev uint32) (Attr, Status)
	Tmpfile(c *Context, dir Ino, mode uint32, open OpenMode, exclusive bool) (Attr, Status)
	Usage(c *Context, from uint32, limit int) ([]Usage, bool, Status)
	Statfs(c *Context) (Statfs, Status)
	Getxattr(c *Context, ino Ino, name string) ([]byte, Status)
	Setxattr(c *Context, ino Ino, name string, value []byte, flags XattrFlags) Status
	Removexattr(c *Context, ino Ino, name string) Status
	Listxattr(c *Context, ino Ino) ([]string, Status)
	Fsync(c *Context, ino Ino) Status
	Renew(c *Context) Status
	SetLock(c *Context, ino Ino, l Lock, wait bool) (uint64, Status)
	GetLock(c *Context, ino Ino, l Lock) (Lock, Status)
	CancelLock(c *Context, ticket uint64) (bool, Status)
	LockWaits(c *Context) (LockWaits, Status)
}

// run carries the operation out and returns all that it answers, as text.
func (o *op) run(f files) string {
	c := &o.c
	switch o.kind {
	case "lookup":
		return answer(f.Lookup(c, o.dir, o.name))
	case "getattr":
		return answer(f.Getattr(c, o.dir))
	case "setattr":
		return answer(f.Setattr(c, o.dir, o.set))
	case "access":
		return answer(f.Access(c, o.dir, AccessMask(o.open%9)))
	case "readlink":
		return answer(f.Readlink(c, o.dir))
	case "create":
		return answer(f.Create(c, o.dir, o.name, o.mode, o.open))
	case "open":
		return answer(f.Open(c, o.dir, o.open))
	case "release":
		return answer(f.Release(c, o.dir, o.open))
	case "read":
		return answer(f.Read(c, o.dir, o.off, o.size))
	case "write":
		return answer(f.Write(c, o.dir, o.off, o.data(), o.atEnd))
	case "fallocate":
		return answer(f.Fallocate(c, o.dir, o.falloc, o.off, o.length))
	case "seek":
		return answer(f.Seek(c, o.dir, o.off, Whence(2+o.mode%4)))
	case "copy":
		return answer(f.CopyRange(c, CopyRange{o.dir, o.dir2, o.off, o.off2, o.length}))
	case "mkdir":
		return answer(f.Mkdir(c, o.dir, o.name, o.mode))
	case "symlink":
		return answer(f.Symlink(c, o.dir, o.name, o.name2))
	case "link":
		return answer(f.Link(c, o.dir, o.dir2, o.name))
	case "unlink":
		return answer(f.Unlink(c, o.dir, o.name))
	case "rmdir":
		return answer(f.Rmdir(c, o.dir, o.name))
	case "rename":
		return answer(f.Rename(c, o.dir, o.name, o.dir2, o.name2, o.flags))
	case "mknod":
		return answer(f.Mknod(c, o.dir, o.name, opTypes[o.size%uint32(len(opTypes))]|o.mode, o.size))
	case "readdir":
		return o.list(f)
	case "tmpfile":
		return answer(f.Tmpfile(c, o.dir, o.mode, o.open, o.plus))
	case "usage":
		return answer(f.Usage(c, uint32(o.size%7), int(o.open)))
	case "statfs":
		return answer(f.Statfs(c))
	case "fsync":
		return answer(f.Fsync(c, o.dir))
	case "renew":
		return answer(f.Renew(c))
	}
	return o.runLock(f)
}

func (o *op) runLock(f files) string {
	c := &o.c
	switch o.kind {
	case "setlock":
		ticket, status := f.SetLock(c, o.dir, o.lock, o.wait)
		return answer(ticket != 0, status)
	case "getlock":
		return answer(f.GetLock(c, o.dir, o.lock))
	case "cancel":
		return answer(f.CancelLock(c, nthWait(f, c.Session, int(o.size)%3)))
	case "waits":
		w, status := f.LockWaits(c)
		return answer(len(w.Tickets), status)
	}
	return o.runXattr(f)
}

// list lists a directory, whose order only the State knows.
func (o *op) list(f files) string {
	limit := int(o.size)
	if limit > 0 {
		limit = MaxPage
	}
	switch f := f.(type) {
	case *model:
		return answer(f.Readdir(&o.c, o.dir, limit, o.plus))
	case *State:
		entries, eof, status := f.Readdir(&o.c, o.dir, 0, limit, o.plus)
		names := map[string]Attr{}
		for _, e := range entries {
			if e.Ino != e.Attr.Ino {
				return fmt.Sprintf("entry %q says inode %d and %d", e.Name, e.Ino, e.Attr.Ino)
			}
			names[e.Name] = e.Attr
		}
		if status == OK && !eof {
			return "a page of everything is not the last"
		}
		if status != OK {
			names = nil
		}
		return answer(names, status)
	}
	panic("neither state nor model")
}

func answer(parts ...any) string { return fmt.Sprintf("%+v", parts) }

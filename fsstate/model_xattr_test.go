package fsstate

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// An mACE is an entry of an access control list: whom it is for ("u", "g",
// "m", "o"), with an id in named ones, and what it permits.
type mACE struct {
	who   string
	named bool
	id    uint32
	perm  uint32
}

const (
	mAccess  = "system.posix_acl_access"
	mDefault = "system.posix_acl_default"
)

var mTags = map[uint16]mACE{
	1: {who: "u"}, 2: {who: "u", named: true}, 4: {who: "g"}, 8: {who: "g", named: true}, 16: {who: "m"}, 32: {who: "o"},
}

// readACL takes a value apart; valid tells whether the entries make sense.
func readACL(value string) (list []mACE, valid bool, st Status) {
	b := []byte(value)
	if len(b) == 0 {
		return nil, true, OK
	}
	if len(b) < 4 {
		return nil, false, Inval
	}
	if binary.LittleEndian.Uint32(b) != 2 {
		return nil, false, NotSupported
	}
	if len(b)%8 != 4 {
		return nil, false, Inval
	}
	order := ""
	for b = b[4:]; len(b) > 0; b = b[8:] {
		e, ok := mTags[binary.LittleEndian.Uint16(b)]
		e.perm, e.id = uint32(b[2])+uint32(b[3])<<8, binary.LittleEndian.Uint32(b[4:])
		if !ok || e.named && e.id == 0xffffffff {
			return nil, false, Inval
		}
		letter := e.who
		if e.named {
			letter = strings.ToUpper(e.who)
		}
		if e.perm > 7 {
			letter = "!"
		}
		order += letter
		list = append(list, e)
	}
	users, groups := strings.Count(order, "U"), strings.Count(order, "G")
	plain := "u" + strings.Repeat("U", users) + "g" + strings.Repeat("G", groups)
	return list, order == "" || order == plain+"mo" || order == plain+"o" && users+groups == 0, OK
}

// writeACL is the inverse of readACL.
func writeACL(list []mACE) string {
	b := []byte{2, 0, 0, 0}
	for _, e := range list {
		for tag, kind := range mTags {
			if kind.who == e.who && kind.named == e.named {
				b = binary.LittleEndian.AppendUint16(b, tag)
			}
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(e.perm))
		if !e.named {
			e.id = 0xffffffff
		}
		b = binary.LittleEndian.AppendUint32(b, e.id)
	}
	return string(b)
}

// classes returns where in list the permissions for owner, group and others are.
func classes(list []mACE) (out [3]*uint32) {
	for i := range list {
		e := &list[i]
		switch {
		case e.who == "u" && !e.named:
			out[0] = &e.perm
		case e.who == "g" && !e.named && out[1] == nil, e.who == "m":
			out[1] = &e.perm
		case e.who == "o":
			out[2] = &e.perm
		}
	}
	return out
}

func (f *mFile) acl(name string) []mACE {
	list, _, _ := readACL(f.xattrs[name])
	return list
}

// aclGrants tells whether the access list lets a caller, who is not the owner,
// have all of want.
func (f *mFile) aclGrants(c *Context, want uint32) bool {
	limit := uint32(7)
	for _, e := range f.acl(mAccess) {
		if e.who == "m" {
			limit = e.perm
		}
	}
	var his, others []uint32
	for _, e := range f.acl(mAccess) {
		switch {
		case e.who == "u" && e.named && e.id == c.Caller.UID:
			return e.perm&limit&want == want
		case e.who == "g" && !e.named && member(c, f.attr.GID), e.who == "g" && e.named && member(c, e.id):
			his = append(his, e.perm)
		case e.who == "o":
			others = append(others, e.perm)
		}
	}
	if len(his) == 0 {
		return others[0]&want == want
	}
	return slices.ContainsFunc(his, func(perm uint32) bool { return perm&limit&want == want })
}

func (f *mFile) xattrBlocks() int {
	units := 0
	for name, value := range f.xattrs {
		units += (len(name) + len(value) + 63) / 64
	}
	return (units*64 + 4095) / 4096
}

// chmodACL changes the access list as chmod does.
func (f *mFile) chmodACL() {
	list := f.acl(mAccess)
	if list == nil {
		return
	}
	for i, perm := range classes(list) {
		*perm = f.attr.Mode >> (6 - 3*i) & 7
	}
	f.xattrs[mAccess] = writeACL(list)
}

// inherit gives a new file in d its lists and the bits of its mode.
func (f *mFile) inherit(d *mFile, umask uint32) {
	list := d.acl(mDefault)
	if f.kind() == mLink {
		return
	}
	if list == nil {
		f.attr.Mode &^= umask
		return
	}
	if f.kind() == mDir {
		f.xattrs[mDefault] = writeACL(list)
	}
	for i, perm := range classes(list) {
		shift := 6 - 3*i
		*perm &= f.attr.Mode >> shift & 7
		f.attr.Mode = f.attr.Mode&^(7<<shift) | *perm<<shift
	}
	if len(list) > 3 {
		f.xattrs[mAccess] = writeACL(list)
	}
}

func (m *model) xattrArguments(c *Context, ino Ino, name string, value []byte, changes bool) (*mFile, Status) {
	if st := m.start(c, changes); st != OK {
		return nil, st
	}
	f := m.files[ino]
	if !changes {
		f = m.seen(ino)
	}
	switch {
	case name == "" || len(name) > 255:
		return nil, Range
	case strings.Contains(name, "\x00"):
		return nil, Inval
	case len(value) > 65536:
		return nil, XattrTooBig
	case f == nil:
		return nil, Stale
	}
	return f, OK
}

// xattrRight tells whether the caller may read ("r") or change ("w") an
// attribute.
func (f *mFile) xattrRight(c *Context, name, want string) Status {
	space, rest, dot := strings.Cut(name, ".")
	isRoot := c.Caller.UID == 0
	known := dot
	switch {
	case name == mAccess || name == mDefault:
		if f.kind() == mLink {
			return NotSupported
		}
		return OK
	case dot && space == "system":
		return NotSupported
	case dot && space == "security":
		if want == "w" && !isRoot {
			return Perm
		}
	case dot && space == "trusted":
		if !isRoot && want == "w" {
			return Perm
		}
		if !isRoot {
			return NoXattr
		}
	default:
		known = dot && space == "user"
		if known && f.kind() != mReg && f.kind() != mDir && want == "r" {
			return NoXattr
		}
		sticky := f.kind() == mDir && f.attr.Mode&0o1000 > 0 && !isRoot && c.Caller.UID != f.attr.UID
		if known && want == "w" && (f.kind() != mReg && f.kind() != mDir || sticky) {
			return Perm
		}
		if !f.can(c, want) {
			return Access
		}
	}
	if !known {
		return NotSupported
	}
	if rest == "" {
		return Inval
	}
	return OK
}

func (m *model) Getxattr(c *Context, ino Ino, name string) ([]byte, Status) {
	f, st := m.xattrArguments(c, ino, name, nil, false)
	if st == OK {
		st = f.xattrRight(c, name, "r")
	}
	if st != OK {
		return nil, st
	}
	value, ok := f.xattrs[name]
	if !ok {
		return nil, NoXattr
	}
	return []byte(value), OK
}

func (m *model) Setxattr(c *Context, ino Ino, name string, value []byte, flags XattrFlags) Status {
	if c.ReadOnly {
		return MustOrder
	}
	if flags > 3 {
		return m.refuse(c, Inval)
	}
	f, st := m.xattrArguments(c, ino, name, value, true)
	if st != OK {
		return st
	}
	if name == mAccess || name == mDefault {
		return m.setACL(c, f, name, string(value))
	}
	if st = f.xattrRight(c, name, "w"); st != OK {
		return st
	}
	_, there := f.xattrs[name]
	if there && flags&1 > 0 {
		return Exist
	}
	if !there && flags&2 > 0 {
		return NoXattr
	}
	return m.putXattr(c, f, name, string(value))
}

// refuse is an operation that does no more than every one does first.
func (m *model) refuse(c *Context, with Status) Status {
	if st := m.start(c, true); st != OK {
		return st
	}
	return with
}

func (f *mFile) restore(name, old string, had bool) {
	delete(f.xattrs, name)
	if had {
		f.xattrs[name] = old
	}
}

func (m *model) putXattr(c *Context, f *mFile, name, value string) Status {
	old, had := f.xattrs[name]
	before := f.xattrBlocks()
	f.xattrs[name] = value
	if m.blocksUsed()*4096 > m.limits.Bytes && f.xattrBlocks() > before || len(f.xattrs) > 256 || f.xattrBlocks() > 256 {
		f.restore(name, old, had)
		return NoSpace
	}
	if more := f.xattrBlocks() - before; more > 0 {
		f.restore(name, old, had)
		if st := m.quota(c, f.attr.UID, uint64(more), 0); st != OK {
			return st
		}
		f.xattrs[name] = value
	}
	f.attr.Ctime = m.clock
	return OK
}

func (m *model) setACL(c *Context, f *mFile, name, value string) Status {
	list, valid, st := readACL(value)
	switch {
	case st != OK:
		return st
	case f.kind() == mLink:
		return NotSupported
	case name == mDefault && f.kind() != mDir && list == nil:
		return OK
	case name == mDefault && f.kind() != mDir:
		return Access
	case c.Caller.UID != 0 && c.Caller.UID != f.attr.UID:
		return Perm
	case !valid:
		return Inval
	case len(value) > 4096:
		return XattrTooBig
	}
	mode := f.attr.Mode
	if name == mAccess && list != nil {
		for i, perm := range classes(list) {
			shift := 6 - 3*i
			mode = mode&^(7<<shift) | *perm<<shift
		}
	}
	if list == nil || name == mAccess && len(list) == 3 {
		delete(f.xattrs, name)
		f.attr.Ctime = m.clock
	} else if st := m.putXattr(c, f, name, writeACL(list)); st != OK {
		return st
	}
	if name == mAccess && c.Caller.UID != 0 && !member(c, f.attr.GID) {
		mode &^= 0o2000
	}
	f.attr.Mode = mode
	return OK
}

func (m *model) Removexattr(c *Context, ino Ino, name string) Status {
	f, st := m.xattrArguments(c, ino, name, nil, true)
	if st != OK {
		return st
	}
	if name == mAccess || name == mDefault {
		return m.setACL(c, f, name, "")
	}
	st = f.xattrRight(c, name, "w")
	writer := bytesOf(f) == OK && (f.can(c, "w") || m.opens(c.Session, ino)[1] > 0)
	if name == "security.capability" && (writer || c.Caller.UID == f.attr.UID) {
		st = OK
	}
	if st != OK {
		return st
	}
	if _, ok := f.xattrs[name]; !ok {
		return NoXattr
	}
	delete(f.xattrs, name)
	f.attr.Ctime = m.clock
	return OK
}

func (m *model) Listxattr(c *Context, ino Ino) ([]string, Status) {
	if st := m.start(c, false); st != OK {
		return nil, st
	}
	f := m.seen(ino)
	if f == nil {
		return nil, Stale
	}
	var names []string
	for name := range f.xattrs {
		if c.Caller.UID == 0 || !strings.HasPrefix(name, "trusted.") {
			names = append(names, name)
		}
	}
	return names, OK
}

// compareXattrs returns how the attributes of n differ from the model's.
func compareXattrs(n *inode, f *mFile) error {
	count := 0
	for key, x := range n.xattrs.Ascend(0) {
		if x.name == "" {
			continue
		}
		count++
		if want, ok := f.xattrs[x.name]; !ok || string(n.xattrValue(key)) != want {
			return fmt.Errorf("attribute %q is %q, want %q", x.name, n.xattrValue(key), want)
		}
	}
	if count != len(f.xattrs) {
		return fmt.Errorf("%d attributes, want %d", count, len(f.xattrs))
	}
	return nil
}

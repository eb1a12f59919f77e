package fsstate

import (
	"maps"
	"slices"
	"strings"
)

var opXattrs = []string{
	mAccess, mAccess, mAccess, mDefault, mDefault, "user.a", "user.a", "user.b", "trusted.a", "security.a", capabilityName,
	capabilityName, "user.", "system.a", "other.a", "plain", "", "user.\x00", "user." + strings.Repeat("n", 250), strings.Repeat("n", 256),
}

// opACLs are access control lists, most of them valid. The ids are those of
// opCallers.
var opACLs = []string{
	listOf(user(0o7), group(0o5), other(0o1)),
	listOf(user(0o6), namedUser(2, 0o7), group(0o4), mask(0o7), other(0o4)),
	listOf(user(0o7), namedUser(3, 0o0), group(0o7), mask(0o5), other(0o7)),
	listOf(user(0o7), group(0o7), namedGroup(20, 0o6), namedGroup(40, 0o3), mask(0o7), other(0)),
	listOf(user(0o7), namedUser(2, 0o7), group(0o7), mask(0), other(0o5)),
	listOf(user(0o5), group(0o7), mask(0o3), other(0o7)),
	listOf(user(0o6), namedUser(4, 0o1), namedUser(4, 0o7), group(0o2), namedGroup(10, 0o5), mask(0o7), other(0o2)),
	listOf(user(0o7), namedUser(4, 0o7), group(0o7), other(0)),
	listOf(group(0o7), user(0o7), other(0)),
	listOf(user(0o7), namedUser(noACLID, 0o7), group(0o7), mask(0o7), other(0)),
	listOf(user(0o10), group(0o7), other(0)),
	listOf(), "\x02\x00\x00", "\x01\x00\x00\x00", listOf(user(0o7)) + "x", "",
}

func listOf(entries ...mACE) string { return writeACL(entries) }

func user(perm uint32) mACE           { return mACE{who: "u", perm: perm} }
func namedUser(id, perm uint32) mACE  { return mACE{"u", true, id, perm} }
func group(perm uint32) mACE          { return mACE{who: "g", perm: perm} }
func namedGroup(id, perm uint32) mACE { return mACE{"g", true, id, perm} }
func mask(perm uint32) mACE           { return mACE{who: "m", perm: perm} }
func other(perm uint32) mACE          { return mACE{who: "o", perm: perm} }

// chooseXattr picks a name, to read and remove mostly one that there is.
func (o *op) chooseXattr(b []byte, m *model) {
	o.name = opXattrs[int(b[3])%len(opXattrs)]
	f := m.files[o.dir]
	if f != nil && len(f.xattrs) > 0 && b[4]%4 > 0 && o.kind != "setxattr" {
		names := slices.Sorted(maps.Keys(f.xattrs))
		o.name = names[int(b[3])%len(names)]
	}
}

// withXattrs returns the files that have extended attributes, and the root.
func withXattrs(m *model) (out []Ino) {
	for _, ino := range slices.Sorted(maps.Keys(m.files)) {
		if len(m.files[ino].xattrs) > 0 {
			out = append(out, ino)
		}
	}
	return append(out, 1)
}

// xattrValue is the value that o sets: a list for the lists, else anything up
// to more than there is room for.
func (o *op) xattrValue() []byte {
	if isACL(o.name) || o.size%11 == 3 {
		return []byte(opACLs[o.size/37%uint32(len(opACLs))])
	}
	if o.off > MaxIO {
		return make([]byte, 65530+o.size/256)
	}
	return slices.Concat(make([]byte, o.off/3), o.data())
}

// runXattr is run for the operations on extended attributes.
func (o *op) runXattr(f files) string {
	switch c := &o.c; o.kind {
	case "getxattr":
		return answer(f.Getxattr(c, o.dir, o.name))
	case "setxattr":
		return answer(f.Setxattr(c, o.dir, o.name, o.xattrValue(), XattrFlags(o.flags*2)|XattrFlags(o.mode>>8&1)))
	case "removexattr":
		return answer(f.Removexattr(c, o.dir, o.name))
	case "listxattr":
		names, status := f.Listxattr(c, o.dir)
		slices.Sort(names)
		return answer(names, status)
	}
	panic("unknown operation " + o.kind)
}

package fsstate

import "bfs/fsstate/trie"

// The permission bits of a file that has an access control list are part of
// the list: the owner's and the others' bits are their entries', and the
// group's bits are the mask, or the group's entry where there is no mask.

const (
	groupBits uint32 = 0o070
	rwxBits   uint32 = 0o777
)

// classShift is where in the mode the permissions of an entry are. It is false
// for those of users and groups by name, and for the group's if there is a
// mask.
func (a acl) classShift(tag aclTag) (uint, bool) {
	switch tag {
	case aclOwner:
		return 6, true
	case aclGroupOwner:
		return 3, !a.hasMask()
	case aclMask:
		return 3, true
	case aclOther:
		return 0, true
	}
	return 0, false
}

// minimal tells whether the list says no more than mode bits can.
func (a acl) minimal() bool { return len(a) == aclHead+3*aclEntrySize }

// mode is the permission bits that the list shows as.
func (a acl) mode() (bits uint32) {
	for i := range a.count() {
		e := a.entry(i)
		if shift, ok := a.classShift(e.tag); ok {
			bits |= uint32(e.perm) << shift
		}
	}
	return bits
}

// withMode returns the list with the permission bits of mode in the place of
// its own.
func (a acl) withMode(mode uint32) acl {
	entries := make([]aclEntry, a.count())
	for i := range entries {
		entries[i] = a.entry(i)
		if shift, ok := a.classShift(entries[i].tag); ok {
			entries[i].perm = uint16(mode >> shift & 7)
		}
	}
	return makeACL(entries)
}

// acl returns one of the inode's lists, empty if it has none.
func (n *inode) acl(key uint64) acl {
	if n.xattrs.Len() == 0 {
		return ""
	}
	x, _ := n.xattrs.Get(key)
	return acl(x.block)
}

// setACL sets an access control list of ino, a copy of which is n, or takes it
// away if value has no entries. The owner does it. An access list changes the
// mode, and one that is minimal is nothing but the mode.
func (s *State) setACL(c *Context, ino Ino, n *inode, name string, value []byte) Status {
	entries, status := parseACL(value)
	switch {
	case status != OK:
		return status
	case n.isSymlink():
		return NotSupported
	case name == defaultACLName && !n.isDir() && len(entries) == 0:
		return OK
	case name == defaultACLName && !n.isDir():
		return Access
	case !c.Caller.owns(n):
		return Perm
	case len(entries) > 0 && !validACL(entries):
		return Inval
	case len(entries) > maxACLEntries:
		return XattrTooBig
	}
	list := makeACL(entries)
	if name == defaultACLName {
		return s.storeACL(c, ino, n, defaultACLKey, name, list)
	}
	mode := n.mode
	if list != "" {
		mode = n.mode&^rwxBits | list.mode()
	}
	if list.minimal() {
		list = ""
	}
	if status = s.storeACL(c, ino, n, accessACLKey, name, list); status == OK {
		s.edit(ino).mode = c.Caller.withoutForeignSetGID(mode, n.gid)
	}
	return status
}

// storeACL sets or removes one of the lists.
func (s *State) storeACL(c *Context, ino Ino, n *inode, key uint64, name string, list acl) Status {
	if list != "" {
		return s.setXattr(c, ino, n, key, name, []byte(list))
	}
	e := s.edit(ino)
	s.charge(e.uid, -int64(e.dropXattr(s.epoch, key)), 0)
	e.ctime = s.clock
	return OK
}

// withoutForeignSetGID returns the mode that the caller may give to a file of
// the group: nobody sets the set-group-ID bit for a group that is not his.
func (c *Caller) withoutForeignSetGID(mode, gid uint32) uint32 {
	if !c.speaksFor(gid) {
		mode &^= setGID
	}
	return mode
}

// followMode brings the access list of an inode that is being edited, if it
// has one, in line with its mode, which chmod has changed.
func (n *inode) followMode(e trie.Epoch) {
	if list := n.acl(accessACLKey); list != "" {
		n.putXattr(e, accessACLKey, accessACLName, []byte(list.withMode(n.mode)))
	}
}

// inheritACL gives a new inode what its directory's default list says, of
// which its own mode is the most it gets. Without such a list the umask takes
// bits from the mode.
func (n *inode) inheritACL(e trie.Epoch, umask uint32, dir *inode) {
	list := dir.acl(defaultACLKey)
	switch {
	case n.isSymlink():
		return
	case list == "":
		n.mode &^= umask & rwxBits
		return
	}
	n.mode &= list.mode() | ^rwxBits
	if !list.minimal() {
		n.putXattr(e, accessACLKey, accessACLName, []byte(list.withMode(n.mode)))
	}
	if n.isDir() {
		n.putXattr(e, defaultACLKey, defaultACLName, []byte(list))
	}
}

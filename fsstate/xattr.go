package fsstate

import "strings"

// XattrFlags are setxattr(2)'s, with its numbers.
type XattrFlags uint32

const (
	// XattrCreate makes Setxattr fail with Exist if the attribute exists.
	XattrCreate XattrFlags = 1 << iota
	// XattrReplace makes it fail with NoXattr if it does not.
	XattrReplace
)

// Getxattr returns the value of an extended attribute, which is the caller's
// to keep; NoXattr if there is none of that name, or none that the caller may
// see.
func (s *State) Getxattr(c *Context, ino Ino, name string) ([]byte, Status) {
	if status := s.begin(c); status != OK {
		return nil, status
	}
	if status := checkXattr(name, 0); status != OK {
		return nil, status
	}
	n, status := s.view(ino)
	if status == OK {
		status = c.Caller.mayGetXattr(&n, name)
	}
	if status != OK {
		return nil, status
	}
	key, found, _ := n.findXattr(name)
	if !found {
		return nil, NoXattr
	}
	return n.xattrValue(key), OK
}

// Setxattr gives an inode an extended attribute, or changes its value: at most
// MaxXattrValue bytes, within MaxXattrs and MaxXattrBytes for the inode. The
// names system.posix_acl_access and system.posix_acl_default are the access
// control lists; flags do not count for them. The value is not kept.
func (s *State) Setxattr(c *Context, ino Ino, name string, value []byte, flags XattrFlags) Status {
	if status := s.beginChange(c); status != OK {
		return status
	}
	if flags&^(XattrCreate|XattrReplace) != 0 {
		return Inval
	}
	if status := checkXattr(name, len(value)); status != OK {
		return status
	}
	n, status := s.get(ino)
	if status != OK {
		return status
	}
	if isACL(name) {
		return s.setACL(c, ino, &n, name, value)
	}
	if status = c.Caller.maySetXattr(&n, name); status != OK {
		return status
	}
	key, found, status := n.findXattr(name)
	switch {
	case found && flags&XattrCreate != 0:
		return Exist
	case !found && flags&XattrReplace != 0:
		return NoXattr
	case status != OK:
		return status
	}
	return s.setXattr(c, ino, &n, key, name, value)
}

// setXattr sets an attribute of ino, a copy of which is n, if there is room.
func (s *State) setXattr(c *Context, ino Ino, n *inode, key uint64, name string, value []byte) Status {
	old, had := n.xattrs.Get(key)
	units := uint64(n.xattrUnits) + xattrUnitsOf(name, len(value))
	if had {
		units -= xattrUnitsOf(old.name, int(old.size))
	}
	if !had && n.xattrCount() >= MaxXattrs || units > MaxXattrBytes/xattrUnit {
		return NoSpace
	}
	before, after := n.xattrBlockCount(), unitBlocks(units)
	if after > before {
		if status := s.room(c, n.uid, after-before, 0); status != OK {
			return status
		}
	}
	s.charge(n.uid, int64(after-before), 0)
	e := s.edit(ino)
	e.putXattr(s.epoch, key, name, value)
	e.ctime = s.clock
	return OK
}

// Removexattr takes an extended attribute away; NoXattr if there is none of
// that name, unless it is that of an access control list.
func (s *State) Removexattr(c *Context, ino Ino, name string) Status {
	if status := s.beginChange(c); status != OK {
		return status
	}
	if status := checkXattr(name, 0); status != OK {
		return status
	}
	n, status := s.get(ino)
	if status != OK {
		return status
	}
	if isACL(name) {
		return s.setACL(c, ino, &n, name, nil)
	}
	if status = s.mayRemoveXattr(c, ino, &n, name); status != OK {
		return status
	}
	key, found, _ := n.findXattr(name)
	if !found {
		return NoXattr
	}
	e := s.edit(ino)
	s.charge(e.uid, -int64(e.dropXattr(s.epoch, key)), 0)
	e.ctime = s.clock
	return OK
}

// Listxattr returns the names of an inode's extended attributes that the
// caller may know of, in no order that means anything. They fit in 64 KiB with
// a byte after each.
func (s *State) Listxattr(c *Context, ino Ino) ([]string, Status) {
	if status := s.begin(c); status != OK {
		return nil, status
	}
	n, status := s.view(ino)
	if status != OK {
		return nil, status
	}
	var names []string
	for _, x := range n.xattrs.Ascend(0) {
		if x.name != "" && (c.Caller.isRoot() || !strings.HasPrefix(x.name, trustedPrefix)) {
			names = append(names, x.name)
		}
	}
	return names, OK
}

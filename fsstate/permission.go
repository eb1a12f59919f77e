package fsstate

// rootUID overrides the mode bits, except that it executes only files that
// somebody may execute (POSIX, section 4.5 File Access Permissions).
const rootUID = 0

func (c *Caller) isRoot() bool { return c.UID == rootUID }

// inGroup tells whether gid is the caller's group or a supplementary one.
func (c *Caller) inGroup(gid uint32) bool {
	if c.GID == gid {
		return true
	}
	for _, g := range c.Groups {
		if g == gid {
			return true
		}
	}
	return false
}

// owns tells whether the caller may do what is reserved to n's owner.
func (c *Caller) owns(n *inode) bool { return c.isRoot() || c.UID == n.uid }

// may tells whether the mode bits of n, or its access control list, let the
// caller do all of mask. Exactly one of the three classes applies: an owner
// without a permission does not get it as a member of the group. A list whose
// mask gives nothing to anybody is not looked at: for users that it names and
// who are not of the group, the others' bits apply then (as Linux).
func (c *Caller) may(n *inode, mask AccessMask) bool {
	if c.isRoot() {
		return mask&MayExec == 0 || n.isDir() || n.mode&0o111 != 0
	}
	bits := n.mode
	if c.UID == n.uid {
		bits >>= 6
	} else {
		if list := n.acl(accessACLKey); list != "" && n.mode&groupBits != 0 {
			return list.allows(c, n.gid, mask)
		}
		if c.inGroup(n.gid) {
			bits >>= 3
		}
	}
	return uint32(mask)&^bits&0o7 == 0
}

// mayRemove tells whether the caller may take a name of child out of dir:
// with the sticky bit only the owner of either may.
func (c *Caller) mayRemove(dir, child *inode) Status {
	if !c.may(dir, MayWrite|MayExec) {
		return Access
	}
	if dir.mode&sticky != 0 && !c.isRoot() && c.UID != dir.uid && c.UID != child.uid {
		return Perm
	}
	return OK
}

// speaksFor tells whether the caller may have set-group-ID files of group gid.
func (c *Caller) speaksFor(gid uint32) bool { return c.isRoot() || c.inGroup(gid) }

// withoutSetID returns mode as a change by others leaves it: no set-user-ID
// bit, and no set-group-ID bit if it means set-group-ID execution or if the
// one who changes does not speak for the group (POSIX leaves this to the
// system; as Linux).
func withoutSetID(mode uint32, speaks bool) uint32 {
	mode &^= setUID
	if mode&groupExec != 0 || !speaks {
		mode &^= setGID
	}
	return mode
}

// dropSetID takes the set-id bits from a file whose content somebody other
// than root changes, so that nobody can put words into a trusted mouth.
func (c *Caller) dropSetID(n *inode) {
	if n.isRegular() && !c.isRoot() {
		n.mode = withoutSetID(n.mode, c.inGroup(n.gid))
	}
}

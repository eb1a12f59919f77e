package fsstate

// Getattr returns the attributes of ino.
func (s *State) Getattr(c *Context, ino Ino) (Attr, Status) {
	if status := s.begin(c); status != OK {
		return Attr{}, status
	}
	return s.attr(ino)
}

// Access tells whether the caller may do all that mask says: OK or Access.
func (s *State) Access(c *Context, ino Ino, mask AccessMask) Status {
	if status := s.begin(c); status != OK {
		return status
	}
	if mask&^(MayRead|MayWrite|MayExec) != 0 {
		return Inval
	}
	n, status := s.view(ino)
	switch {
	case status != OK:
		return status
	case ino.isSaved() && mask&MayWrite != 0:
		return ROFS
	case !c.Caller.may(&n, mask):
		return Access
	}
	return OK
}

// Setattr changes what set.Mask names, all or nothing, and returns the
// attributes after it. The owner may change the mode and the times, and the
// group to one of his own; whoever may write may change the size, and set both
// times to the present. Only root gives files away.
func (s *State) Setattr(c *Context, ino Ino, set SetAttr) (Attr, Status) {
	if status := s.beginChange(c); status != OK {
		return Attr{}, status
	}
	n, status := s.get(ino)
	if status == OK {
		status = s.maySet(c, ino, &n, &set)
	}
	if status != OK {
		return Attr{}, status
	}
	if set.Mask&^SetByHandle == 0 {
		return n.attr(ino), OK
	}
	e := s.edit(ino)
	if set.Mask&SetSize != 0 {
		s.resize(c, e, set.Size)
	}
	s.setOwner(e, &set)
	e.setMode(&c.Caller, &set)
	if set.Mask&SetMode != 0 {
		e.followMode(s.epoch)
	}
	if set.Mask&(SetUID|SetGID) != 0 && !e.isDir() {
		s.dropCapability(e)
	}
	e.setTimes(&set, s.clock)
	return e.attr(ino), OK
}

// setOwner applies the owner, who has what the inode comes to from then on.
func (s *State) setOwner(n *inode, set *SetAttr) {
	if set.Mask&SetUID != 0 && set.UID != n.uid {
		s.chargeAll(n, -1)
		n.uid = set.UID
		s.chargeAll(n, 1)
	}
}

// setMode applies group and mode. A new owner or group takes the
// set-id bits from what is no directory, and nobody sets the set-group-ID bit
// for a group that is not his.
func (n *inode) setMode(c *Caller, set *SetAttr) {
	mode := n.mode
	chown := set.Mask&(SetUID|SetGID) != 0 && !n.isDir()
	if chown {
		mode = withoutSetID(mode, c.speaksFor(n.gid))
	}
	if set.Mask&SetGID != 0 {
		n.gid = set.GID
	}
	if set.Mask&SetMode != 0 {
		mode = c.withoutForeignSetGID(n.mode&typeMask|set.Mode&permMask, n.gid)
		if chown {
			mode = withoutSetID(mode, true)
		}
	}
	n.mode = mode
}

func (n *inode) setTimes(set *SetAttr, now int64) {
	switch {
	case set.Mask&SetAtime != 0:
		n.atime = set.Atime
	case set.Mask&SetAtimeNow != 0:
		n.atime = now
	}
	switch {
	case set.Mask&SetMtime != 0:
		n.mtime = set.Mtime
	case set.Mask&SetMtimeNow != 0:
		n.mtime = now
	}
	n.ctime = now
}

const (
	setAll      = SetByHandle<<1 - 1
	setTimesNow = SetAtimeNow | SetMtimeNow
)

// maySet tells whether the caller may make all the changes of set.
func (s *State) maySet(c *Context, ino Ino, n *inode, set *SetAttr) Status {
	if !set.valid() {
		return Inval
	}
	if set.Mask&SetMode != 0 && n.isSymlink() {
		return NotSupported
	}
	if set.Mask&(SetMode|SetAtime|SetMtime) != 0 && !c.Caller.owns(n) {
		return Perm
	}
	if !c.Caller.mayChown(n, set) {
		return Perm
	}
	if set.Mask&SetSize != 0 {
		if status := s.maySetSize(c, ino, n, set); status != OK {
			return status
		}
	}
	if status := c.Caller.maySetNow(n, set); status != OK {
		return status
	}
	if set.Mask&SetUID != 0 && set.UID != n.uid {
		return s.quotaLeft(c, set.UID, n.blockCount(), 1)
	}
	return OK
}

// valid tells whether the mask and the ids make sense.
func (set *SetAttr) valid() bool {
	const noID = 1<<32 - 1 // chown(2)'s "leave alone", which is nobody's number
	m := set.Mask
	return m&^setAll == 0 &&
		m&(SetAtime|SetAtimeNow) != SetAtime|SetAtimeNow &&
		m&(SetMtime|SetMtimeNow) != SetMtime|SetMtimeNow &&
		(m&SetUID == 0 || set.UID != noID) &&
		(m&SetGID == 0 || set.GID != noID)
}

func (c *Caller) mayChown(n *inode, set *SetAttr) bool {
	if c.isRoot() {
		return true
	}
	if set.Mask&SetUID != 0 && (c.UID != n.uid || set.UID != n.uid) {
		return false
	}
	return set.Mask&SetGID == 0 || c.UID == n.uid && (set.GID == n.gid || c.inGroup(set.GID))
}

func (s *State) maySetSize(c *Context, ino Ino, n *inode, set *SetAttr) Status {
	if status := n.wantRegular(); status != OK {
		return status
	}
	if set.Size > MaxSize {
		return FBig
	}
	byHandle := set.Mask&SetByHandle != 0 && s.holds(c.Session, ino, OpenWrite)
	if !byHandle && !c.Caller.may(n, MayWrite) {
		return Access
	}
	return OK
}

// maySetNow tells whether the caller may set times to the present: with the
// size, whoever may set that; both, whoever may write; one alone, the owner.
func (c *Caller) maySetNow(n *inode, set *SetAttr) Status {
	now := set.Mask & setTimesNow
	switch {
	case now == 0, set.Mask&SetSize != 0, c.owns(n):
		return OK
	case now != setTimesNow:
		return Perm
	case !c.may(n, MayWrite):
		return Access
	}
	return OK
}

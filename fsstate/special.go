package fsstate

// Mknod makes a file of the type in mode, with its permission bits, that
// nobody has open: an empty regular file, a FIFO, a socket, or a character or
// block device with the number rdev, as in st_rdev. Limits.Devices says who
// may make the last two. Perm for a directory, Inval for any other type.
func (s *State) Mknod(c *Context, dir Ino, name string, mode, rdev uint32) (Attr, Status) {
	status := s.beginChange(c)
	if status == OK {
		status = checkNode(mode)
	}
	if status != OK {
		return Attr{}, status
	}
	p, status := s.searchVacant(c, dir, name)
	if status != OK {
		return Attr{}, status
	}
	device := isDevice(mode)
	if device && !s.mayMakeDevice(&c.Caller) {
		return Attr{}, Perm
	}
	ino, status := s.make(c, &p, mode&(typeMask|permMask))
	if status != OK {
		return Attr{}, status
	}
	n := s.edit(ino)
	if device {
		n.parent = Ino(rdev)
	}
	return n.attr(ino), OK
}

// checkNode tells whether Mknod makes files of the type in mode.
func checkNode(mode uint32) Status {
	switch mode & typeMask {
	case typeRegular, typeFIFO, typeSocket, typeCharacter, typeBlock:
		return OK
	case typeDir:
		return Perm
	}
	return Inval
}

func isDevice(mode uint32) bool {
	kind := mode & typeMask
	return kind == typeCharacter || kind == typeBlock
}

func (s *State) mayMakeDevice(c *Caller) bool {
	switch s.limits.Devices {
	case DevicesAllow:
		return true
	case DevicesRootOnly:
		return c.isRoot()
	}
	return false
}

// isSpecial tells whether n is neither file nor directory nor link: only the
// kernel that it is used on opens it, and it has no bytes here.
func (n *inode) isSpecial() bool { return !n.isRegular() && !n.isDir() && !n.isSymlink() }

// rdev is the number of a device. It lies where directories have their parent,
// so that other inodes need not have room for it.
func (n *inode) rdev() uint32 {
	if !isDevice(n.mode) {
		return 0
	}
	return uint32(n.parent)
}

package fsstate

// checkXattrs checks the extended attributes of an inode.
func (n *inode) checkXattrs(ino Ino) error {
	var units, count, rows uint64
	for key, x := range n.xattrs.Ascend(0) {
		if x.name == "" {
			continue // counted with its first row
		}
		count++
		rows += max((uint64(x.size)+BlockSize-1)/BlockSize, 1)
		units += xattrUnitsOf(x.name, int(x.size))
		if err := n.checkXattr(ino, key, &x); err != nil {
			return err
		}
	}
	if units != uint64(n.xattrUnits) || count > MaxXattrs || units > MaxXattrBytes/xattrUnit || rows != uint64(n.xattrs.Len()) {
		return broken("inode %d has %d attributes of %d units in %d rows, and counts %d in %d",
			ino, count, units, rows, n.xattrUnits, n.xattrs.Len())
	}
	if list := n.acl(accessACLKey); list != "" && (list.minimal() || list.mode() != n.mode&rwxBits) {
		return broken("inode %d has mode %o and the list %x", ino, n.mode, list)
	}
	return n.xattrs.CheckInvariants()
}

// checkXattr checks the attribute whose first row is x.
func (n *inode) checkXattr(ino Ino, key uint64, x *xattr) error {
	at, found, _ := n.findXattr(x.name)
	if !found || at != key || checkXattr(x.name, int(x.size)) != OK || namespace(x.name) != OK {
		return broken("attribute %q of inode %d lies at %d", x.name, ino, key)
	}
	if isACL(x.name) {
		entries, status := parseACL([]byte(x.block))
		if status != OK || !validACL(entries) || makeACL(entries) != acl(x.block) || len(entries) > maxACLEntries {
			return broken("inode %d has the list %x", ino, x.block)
		}
		if x.name == defaultACLName && !n.isDir() || n.isSymlink() {
			return broken("inode %d of mode %o has %s", ino, n.mode, x.name)
		}
	}
	for off := uint64(0); off < max(uint64(x.size), 1); off += BlockSize {
		row, ok := n.xattrs.Get(key + off/BlockSize)
		if !ok || !row.block.valid() || uint64(len(row.block)) > uint64(x.size)-off || off > 0 && (row.name != "" || row.size != 0) {
			return broken("attribute %q of inode %d has a row %+v", x.name, ino, row)
		}
	}
	return nil
}

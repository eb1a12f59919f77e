package fsstate

import "strings"

// The namespaces of extended attributes (xattr(7)), and the names that mean
// something to the file system.
const (
	userPrefix     = "user."
	trustedPrefix  = "trusted."
	securityPrefix = "security."
	systemPrefix   = "system."

	accessACLName  = "system.posix_acl_access"
	defaultACLName = "system.posix_acl_default"
	capabilityName = "security.capability"
)

// capabilityBucket is where a file's capabilities are among its attributes.
var capabilityBucket = bucketOfXattr(capabilityName)

func isACL(name string) bool { return name == accessACLName || name == defaultACLName }

// checkXattr tells whether an attribute can have that name and size.
func checkXattr(name string, size int) Status {
	switch {
	case name == "" || len(name) > MaxName:
		return Range
	case strings.IndexByte(name, 0) >= 0:
		return Inval
	case size > MaxXattrValue:
		return XattrTooBig
	}
	return OK
}

// namespace tells whether name is in one of the namespaces that there are, and
// is more than the namespace.
func namespace(name string) Status {
	for _, prefix := range []string{userPrefix, trustedPrefix, securityPrefix} {
		switch {
		case name == prefix:
			return Inval
		case strings.HasPrefix(name, prefix):
			return OK
		}
	}
	if isACL(name) {
		return OK
	}
	return NotSupported
}

// mayGetXattr: trusted attributes are root's, and for others are not there;
// user attributes are read by whoever may read the file; security attributes
// and access control lists by everybody.
func (c *Caller) mayGetXattr(n *inode, name string) Status {
	switch {
	case isACL(name) && n.isSymlink():
		return NotSupported
	case strings.HasPrefix(name, securityPrefix), strings.HasPrefix(name, systemPrefix):
	case strings.HasPrefix(name, trustedPrefix):
		if !c.isRoot() {
			return NoXattr
		}
	case strings.HasPrefix(name, userPrefix) && !n.hasUserXattrs():
		return NoXattr
	case !c.may(n, MayRead):
		return Access
	}
	return namespace(name)
}

// hasUserXattrs: of other kinds of files the mode bits say who may use them,
// not who may write in them, and so nobody may attach bytes to them.
func (n *inode) hasUserXattrs() bool { return n.isRegular() || n.isDir() }

// maySetXattr: trusted and security attributes are root's; user attributes are
// changed by whoever may write to the file, in sticky directories by the owner
// alone.
func (c *Caller) maySetXattr(n *inode, name string) Status {
	switch {
	case strings.HasPrefix(name, systemPrefix):
	case strings.HasPrefix(name, trustedPrefix), strings.HasPrefix(name, securityPrefix):
		if !c.isRoot() {
			return Perm
		}
	case strings.HasPrefix(name, userPrefix) && !n.hasUserXattrs(),
		strings.HasPrefix(name, userPrefix) && n.isDir() && n.mode&sticky != 0 && !c.owns(n):
		return Perm
	case !c.may(n, MayWrite):
		return Access
	}
	return namespace(name)
}

// mayRemoveXattr is maySetXattr, but whoever may change a file or owns it may
// take its capabilities away, as each write does: the kernel removes them in
// its caller's name before it truncates.
func (s *State) mayRemoveXattr(c *Context, ino Ino, n *inode, name string) Status {
	if name == capabilityName && (c.Caller.owns(n) || s.mayWrite(c, ino, n) == OK) {
		return OK
	}
	return c.Caller.maySetXattr(n, name)
}

// dropCapability takes the capabilities from a file that is being edited: what
// was trusted with them is not what it is from now on.
func (s *State) dropCapability(n *inode) {
	if n.xattrs.Len() == 0 {
		return
	}
	if key, found, _ := n.findXattrIn(capabilityBucket, capabilityName); found {
		s.charge(n.uid, -int64(n.dropXattr(s.epoch, key)), 0)
	}
}

package fsstate

import "strconv"

// Status is the outcome of a file operation. The numbers go over the wire and
// never change: NFS's (RFC 1813, section 2.6) where it has one for the
// purpose, ours from 20001 on. A Status other than OK is an error.
type Status uint32

// What an operation can come to.
const (
	OK           Status = 0
	Perm         Status = 1     // the caller is not the owner, or not root
	NoEnt        Status = 2     // no such file or directory
	IO           Status = 5     // the storage failed
	NXIO         Status = 6     // no such device
	Access       Status = 13    // the mode bits forbid it
	Exist        Status = 17    // the name is taken
	XDev         Status = 18    // a link across file systems
	NotDir       Status = 20    // not a directory
	IsDir        Status = 21    // a directory, where none may be
	Inval        Status = 22    // an argument makes no sense
	FBig         Status = 27    // beyond the largest file size
	NoSpace      Status = 28    // the limits on bytes or inodes are reached
	ROFS         Status = 30    // a read-only file system
	MLink        Status = 31    // the inode has MaxLinks names
	NameTooLong  Status = 63    // a name beyond MaxName or a target beyond MaxTarget
	NotEmpty     Status = 66    // a directory with entries
	DQuot        Status = 69    // a quota is reached
	Stale        Status = 70    // the inode is gone
	NotSupported Status = 10004 // not offered by this file system
	NoXattr      Status = 10095 // no extended attribute of that name (RFC 8276)
	XattrTooBig  Status = 10096 // a value beyond MaxXattrValue, or MaxACL (RFC 8276)
	Loop         Status = 20001 // too many symbolic links in a path
	TooManyOpen  Status = 20002 // a bound on sessions or on what they hold open is reached
	Busy         Status = 20003 // the root directory, or a name "." or ".."
	// MustOrder answers an operation with Context.ReadOnly that would have to
	// change the state (a read that moves the access time): the same
	// operation is to be asked again as an ordered one.
	MustOrder Status = 20004
	Locked    Status = 20005 // another owner's lock is in the way
	Deadlock  Status = 20006 // to wait for the lock would never end
	NoLocks   Status = 20007 // a bound on locks, or on waits for them, is reached
	NotOpen   Status = 20008 // the session does not have the file open for that
	Range     Status = 20009 // the name of an extended attribute is empty or beyond MaxName
)

var statusText = map[Status]string{
	OK:           "ok",
	Perm:         "operation not permitted",
	NoEnt:        "no such file or directory",
	IO:           "input/output error",
	NXIO:         "no such device",
	Access:       "permission denied",
	Exist:        "file exists",
	XDev:         "cross-device link",
	NotDir:       "not a directory",
	IsDir:        "is a directory",
	Inval:        "invalid argument",
	FBig:         "file too large",
	NoSpace:      "no space left in the file system",
	ROFS:         "read-only file system",
	MLink:        "too many links",
	NameTooLong:  "file name too long",
	NotEmpty:     "directory not empty",
	DQuot:        "quota exceeded",
	Stale:        "stale file handle",
	NotSupported: "operation not supported",
	NoXattr:      "no such attribute",
	XattrTooBig:  "attribute value too long",
	Loop:         "too many levels of symbolic links",
	TooManyOpen:  "too many open files",
	Busy:         "resource busy",
	MustOrder:    "the operation must be ordered",
	Locked:       "locked by another",
	Deadlock:     "a deadlock would occur",
	NoLocks:      "no locks available",
	NotOpen:      "not open for that",
	Range:        "attribute name empty or too long",
}

// Statuses returns every status there is, in no particular order, for tables
// that must cover them all.
func Statuses() []Status {
	return []Status{
		OK, Perm, NoEnt, IO, NXIO, Access, Exist, XDev, NotDir, IsDir, Inval,
		FBig, NoSpace, ROFS, MLink, NameTooLong, NotEmpty, DQuot, Stale,
		NotSupported, NoXattr, XattrTooBig, Loop, TooManyOpen, Busy, MustOrder,
		Locked, Deadlock, NoLocks, NotOpen, Range,
	}
}

// String says in words what the status means.
func (s Status) String() string {
	if text, ok := statusText[s]; ok {
		return text
	}
	return "unknown status " + strconv.FormatUint(uint64(s), 10)
}

// Error makes a Status other than OK an error; errors.Is compares by number.
func (s Status) Error() string { return s.String() }

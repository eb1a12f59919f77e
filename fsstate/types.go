package fsstate

// Ino is an inode number. Numbers are never used twice, so an Ino is a
// complete file handle: one whose file is gone is Stale, never another file.
type Ino uint64

// RootIno is the inode number of the root directory.
const RootIno Ino = 1

// Session names the client on whose behalf files are held open: the
// principal's number and its session (message.ClientID one floor up).
type Session struct {
	Principal uint32
	Number    uint64
}

// Caller is the process that asks: permissions are checked against it.
type Caller struct {
	UID, GID uint32
	Groups   []uint32 // supplementary groups, at most MaxGroups
	// Umask is the permission bits that what the caller makes does not get,
	// unless the directory has a default access control list.
	Umask uint32
}

// Context is what an operation knows besides its arguments. Now is the
// ordered time in nanoseconds; the state machine sees no other clock, and
// never goes back: a Now before an earlier operation's counts as that one.
type Context struct {
	Caller  Caller
	Session Session
	Now     int64
	// ReadOnly forbids the operation to change anything, the clock and the
	// session's lease included; one that would have to is MustOrder.
	ReadOnly bool
}

// AccessMask is what Access asks for, as in access(2); 0 asks for existence.
type AccessMask uint32

// The bits of an AccessMask.
const (
	MayExec AccessMask = 1 << iota
	MayWrite
	MayRead
)

// RenameFlags are renameat2(2)'s, with its numbers.
type RenameFlags uint32

// RenameNoReplace makes a rename over an existing name fail with Exist.
// RenameExchange makes the two names, which both must exist, change places.
// Both at once, and other flags, are Inval, as Linux answers for file systems
// that lack them; RENAME_WHITEOUT is one of those.
const (
	RenameNoReplace RenameFlags = 1 << iota
	RenameExchange
)

// Attr is a file's attributes, as stat(2) shows them. Times are nanoseconds
// since the epoch. Blocks counts 512-byte units.
type Attr struct {
	Ino    Ino
	Mode   uint32 // file type and permission bits, as in st_mode
	Nlink  uint32
	UID    uint32
	GID    uint32
	Rdev   uint32 // of devices, as in st_rdev; else 0
	Size   uint64
	Blocks uint64
	Atime  int64
	Mtime  int64
	Ctime  int64
	Btime  int64
}

// SetMask says which fields of SetAttr are to be set.
type SetMask uint32

const (
	SetMode SetMask = 1 << iota
	SetUID
	SetGID
	SetSize
	SetAtime    // to SetAttr.Atime
	SetMtime    // to SetAttr.Mtime
	SetAtimeNow // to the operation's ordered time
	SetMtimeNow
	// SetByHandle: the size is set through a descriptor open for writing
	// (ftruncate); the state checks that the session holds one.
	SetByHandle
)

// SetAttr is what Setattr changes: the fields that Mask names.
type SetAttr struct {
	Mask  SetMask
	Mode  uint32 // permission bits only (07777)
	UID   uint32
	GID   uint32
	Size  uint64
	Atime int64
	Mtime int64
}

// OpenMode is what a file is opened for.
type OpenMode uint32

const (
	OpenRead OpenMode = 1 << iota
	OpenWrite
	// OpenExec: opened to be executed (FMODE_EXEC); needs execute permission
	// instead of read permission.
	OpenExec
	// OpenTruncate: O_TRUNC.
	OpenTruncate
	// OpenExclusive: O_EXCL, with Create only.
	OpenExclusive
)

// Dirent is one entry of a directory. Cookie is its place: a listing resumed
// after Cookie neither repeats nor skips entries that stay.
type Dirent struct {
	Name   string
	Ino    Ino
	Cookie uint64
	// Attr is complete in listings with attributes; in plain ones only Ino and
	// the file type in Mode are set.
	Attr Attr
}

// Statfs is the file system's totals, in bytes and inodes.
type Statfs struct {
	Bytes, BytesFree   uint64
	Inodes, InodesFree uint64
}

// Limits bound the state; they are part of the replicated configuration and
// equal on all replicas.
type Limits struct {
	Bytes uint64 // of file contents, in whole blocks
	// Inodes bounds inodes and names, hard links included, each.
	Inodes uint64
	// Lease is how long, in nanoseconds of ordered time, a session that sends
	// nothing ordered keeps its files open: at least that, at most 9/8 of it.
	// With 0 it keeps them for ever.
	Lease int64
	// Linger is how long, in nanoseconds of ordered time, a removed file can
	// still be opened by who found its name before. With 0 it cannot.
	Linger int64
	// Devices says who may make device nodes, Atime which reads move times.
	Devices DevicePolicy
	Atime   AtimePolicy
	// Quota bounds what each owner has who has no quota of his own. It does not
	// bind what root does, whoever owns it, unless QuotaBindsRoot.
	Quota          Quota
	QuotaBindsRoot bool
}

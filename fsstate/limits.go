package fsstate

// The bounds of everything a caller can make the state hold or do. They are
// the same on every replica: what is refused is part of the replicated result.
const (
	// MaxName is the longest file name, in bytes (POSIX NAME_MAX).
	MaxName = 255
	// MaxTarget is the longest target of a symbolic link, in bytes.
	MaxTarget = 4095
	// MaxSize is the largest file size: what off_t can hold.
	MaxSize = 1<<63 - 1
	// MaxIO is the most that one Read returns or one Write accepts, in bytes.
	MaxIO = 1 << 20
	// MaxPage is the most entries that one Readdir returns.
	MaxPage = 1024
	// MaxGroups is the most supplementary groups a Caller may have.
	MaxGroups = 64
	// MaxLinks is the most names, or subdirectories, an inode may have.
	MaxLinks = 65000
	// MaxDepth is how deep a directory may lie for others to be moved into or
	// out of it: a rename walks up from there, to see that it makes no cycle.
	MaxDepth = 4096
	// MaxSessions is the most sessions that hold files open at one time, of
	// all principals; MaxSessionsEach of one principal.
	MaxSessions     = 16384
	MaxSessionsEach = 256
	// MaxLingering and MaxLingeringBlocks bound what lingers after its last
	// name and opener are gone: those that began first go then.
	MaxLingering       = 1024
	MaxLingeringBlocks = 16384
	// MaxOpens is the most files that one session holds open at one time, and
	// how often it may hold each; MaxOpensAll the most of all sessions.
	MaxOpens    = 65536
	MaxOpensAll = 1 << 20
	// MaxLocksFile is the most locks that an inode has, MaxLocks a session and
	// MaxLocksAll all of them; each request that waits counts as two.
	MaxLocksFile = 1024
	MaxLocks     = 16384
	MaxLocksAll  = 1 << 17
	// MaxWaitsFile is the most requests that wait for locks of one inode,
	// MaxWaits for one session.
	MaxWaitsFile = 128
	MaxWaits     = 1024
	// MaxRuns is in how many places the reserved blocks of a file may lie.
	MaxRuns = 16384
	// maxCopyBlocks is the most blocks that one CopyRange puts to another
	// index, one by one.
	maxCopyBlocks = 2048
	// MaxSnapshots is the most snapshots that there are at one time.
	MaxSnapshots = 64
	// SnapshotShare times the Limits is what all snapshots together may refer
	// to, in blocks and in inodes, each counted as if it shared nothing.
	SnapshotShare = 8
	// inoBits is where the number of a snapshot begins in the inode numbers of
	// its files, and savedBits how long it can be: 17 million million files can
	// be made in all, and half a million snapshots.
	inoBits   = 44
	savedBits = 19
	// MaxXattrValue is the longest value of an extended attribute, in bytes,
	// and MaxACL that of an access control list, as FUSE bounds them.
	MaxXattrValue = 64 << 10
	MaxACL        = 4096
	// MaxXattrs is the most extended attributes an inode may have, so that
	// their names fit in the 64 KiB that Linux lists; MaxXattrBytes the most
	// bytes of names and values that they may have together, each rounded up
	// to xattrUnit.
	MaxXattrs     = 256
	MaxXattrBytes = 1 << 20
	// BlockSize is the unit of allocation and of hashing, in bytes.
	BlockSize = 4096
	// MaxPageBytes is the longest page of a transfer.
	MaxPageBytes = leavesPerPage * (leafHead + maxLeaf)
	// leavesPerPage is the most leaves that are fetched in one page, and
	// inlineLeaf the most bytes of one that comes with its node instead.
	leavesPerPage = 8
	inlineLeaf    = 64
	maxLeaf       = 1 + MaxName + 4 + BlockSize // an extended attribute's; an inode's is shorter
	// xattrUnit is what the space of extended attributes is counted in, and
	// maxACLEntries the most entries of an access control list.
	xattrUnit     = 64
	maxACLEntries = (MaxACL - aclHead) / aclEntrySize
	// hashEvery is after how many pages a state that is being put together is
	// brought up to date in its digests.
	hashEvery = 64
	// reapBatch is the most opens of expired sessions that one operation gives
	// back.
	reapBatch = 32
	// reapLocked is what an open counts as of which the inode has locks.
	reapLocked = 8
	// maxDeadlockRows is how many locks and waits are looked at to find out
	// whether a wait would never end.
	maxDeadlockRows = 1 << 14
)

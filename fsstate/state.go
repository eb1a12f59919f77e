package fsstate

import "bfs/fsstate/trie"

// Config is what a new state starts from; equal on all replicas.
type Config struct {
	Limits   Limits
	RootUID  uint32 // owner of the root directory
	RootGID  uint32
	RootMode uint32 // permission bits of the root directory
	Now      int64  // times of the root directory, nanoseconds
	Quotas   []OwnerQuota
}

// State is the file system. It is for one goroutine at a time. Every
// operation takes what it must know in c, and answers with a Status: unless
// that is OK the operation changed no file, directory or time.
type State struct {
	epoch trie.Epoch
	version
	scrubber scrubber
	frozen   bool // a View
}

// version is all that a snapshot keeps. Everything in it is in the digest.
type version struct {
	limits    Limits
	clock     int64 // the latest Context.Now, never negative
	nextIno   Ino
	blocks    uint64            // allocated to files, of BlockSize each
	accounts  trie.Map[account] // by owner
	names     uint64            // entries of all directories
	inodes    trie.Map[inode]
	sessions  sessionTable
	locks     lockTable
	lingering lingerTable
	// snapshots are those that users have made, by number; numbers are never
	// used twice.
	snapshots trie.Map[saved]
	nextSaved uint64
	savedAt   int64 // when one was last made or deleted
}

// New returns a file system with an empty root directory.
func New(cfg Config) *State {
	s := &State{epoch: 1}
	s.limits = cfg.Limits
	s.clock = max(cfg.Now, 0)
	s.nextIno = RootIno + 1
	s.nextSaved = 1
	s.savedAt = cfg.Now
	setQuotas(s.epoch, &s.accounts, cfg.Quotas)
	s.charge(cfg.RootUID, 0, 1)
	s.inodes.Set(s.epoch, uint64(RootIno), inode{
		mode:   typeDir | cfg.RootMode&permMask,
		nlink:  2,
		uid:    cfg.RootUID,
		gid:    cfg.RootGID,
		atime:  cfg.Now,
		mtime:  cfg.Now,
		ctime:  cfg.Now,
		btime:  cfg.Now,
		parent: RootIno,
	})
	return s
}

// begin opens every operation: it refuses a caller that is out of bounds and,
// if the operation is ordered, moves the clock and keeps the leases.
func (s *State) begin(c *Context) Status {
	if len(c.Caller.Groups) > MaxGroups {
		return Inval
	}
	if c.ReadOnly {
		return OK
	}
	if s.frozen {
		return MustOrder
	}
	s.clock = max(s.clock, c.Now)
	s.endLinger()
	s.expire(c.Session)
	s.renew(c.Session)
	return OK
}

// beginChange opens an operation that cannot do without changing the state.
func (s *State) beginChange(c *Context) Status {
	if c.ReadOnly {
		return MustOrder
	}
	return s.begin(c)
}

// get returns a copy of an inode that is to be changed: those of snapshots are
// ROFS, those that linger Stale. To look at one only, see view.
func (s *State) get(ino Ino) (inode, Status) {
	n, status := s.view(ino)
	switch {
	case status != OK:
	case ino.isSaved():
		return inode{}, ROFS
	case n.isIdle():
		return inode{}, Stale
	}
	return n, status
}

// named returns a copy of an inode that a directory entry names.
func (s *State) named(ino Ino) inode {
	n, ok := s.inodes.Get(uint64(ino))
	if !ok {
		panic("fsstate: a directory entry names an inode that does not exist")
	}
	return n
}

// edit returns an inode that is known to exist, for changing. The pointer is
// good until the next change of the inode table.
func (s *State) edit(ino Ino) *inode {
	n := s.inodes.Edit(s.epoch, uint64(ino))
	if n == nil {
		panic("fsstate: edit of an inode that does not exist")
	}
	return n
}

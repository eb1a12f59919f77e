package fsstate

// Config is what a new state starts from; equal on all replicas.
type Config struct {
	Limits   Limits
	RootUID  uint32 // owner of the root directory
	RootGID  uint32
	RootMode uint32 // permission bits of the root directory
	Now      int64  // times of the root directory, nanoseconds
}

// State is the file system. It is for one goroutine at a time. Every
// operation takes what it must know in c, and answers with a Status: unless
// that is OK the operation changed no file, directory or time.
type State struct{ limits Limits }

// New returns a file system with an empty root directory.
func New(cfg Config) *State { return &State{limits: cfg.Limits} }

// Lookup returns the attributes of name in dir. The names "." and ".." are
// the directory itself and its parent.
func (s *State) Lookup(c *Context, dir Ino, name string) (Attr, Status) {
	return Attr{}, NotSupported
}

// Getattr returns the attributes of ino.
func (s *State) Getattr(c *Context, ino Ino) (Attr, Status) { return Attr{}, NotSupported }

// Setattr changes what set.Mask names, all or nothing, and returns the
// attributes after it.
func (s *State) Setattr(c *Context, ino Ino, set SetAttr) (Attr, Status) {
	return Attr{}, NotSupported
}

// Access tells whether the caller may do all that mask says: OK or Access.
func (s *State) Access(c *Context, ino Ino, mask AccessMask) Status { return NotSupported }

// Readlink returns the target of a symbolic link; Inval if ino is none.
func (s *State) Readlink(c *Context, ino Ino) (string, Status) { return "", NotSupported }

// Create makes a regular file with the permission bits of mode and opens it
// for the session, whatever mode says. If name exists it is opened as by Open
// (Exist with OpenExclusive). The result tells whether a file was created. A
// name that is a symbolic link is Loop: whoever follows links does so before.
func (s *State) Create(c *Context, dir Ino, name string, mode uint32, open OpenMode) (attr Attr, created bool, status Status) {
	return Attr{}, false, NotSupported
}

// Open checks that the caller may open ino for mode, records that the session
// has it open, and truncates it with OpenTruncate. Directories can be opened
// for reading. Every Open is to be given back by a Release of the same mode.
func (s *State) Open(c *Context, ino Ino, mode OpenMode) (Attr, Status) {
	return Attr{}, NotSupported
}

// Release gives back one Open or Create of the session with that mode. When
// nobody holds an inode without names open any more, it is freed. Inval if
// the session has no such open (its lease may have run out).
func (s *State) Release(c *Context, ino Ino, mode OpenMode) Status { return NotSupported }

// Read returns the bytes of a regular file from off on: size of them, or
// fewer at the end of the file; at most MaxIO. It is allowed if the session
// holds ino open for reading or executing, else by the mode bits. The bytes
// are the caller's to keep.
func (s *State) Read(c *Context, ino Ino, off uint64, size uint32) ([]byte, Status) {
	return nil, NotSupported
}

// Write puts data, at most MaxIO bytes, at off (or at the end of the file if
// atEnd), all or nothing, and returns the attributes after it: an append's
// offset is Attr.Size-len(data). It is allowed if the session holds ino open
// for writing, else by the mode bits. data is not kept.
func (s *State) Write(c *Context, ino Ino, off uint64, data []byte, atEnd bool) (Attr, Status) {
	return Attr{}, NotSupported
}

// Mkdir makes an empty directory with the permission bits of mode.
func (s *State) Mkdir(c *Context, dir Ino, name string, mode uint32) (Attr, Status) {
	return Attr{}, NotSupported
}

// Symlink makes a symbolic link to target, 1 to MaxTarget bytes.
func (s *State) Symlink(c *Context, dir Ino, name, target string) (Attr, Status) {
	return Attr{}, NotSupported
}

// Link gives ino, not a directory, one more name.
func (s *State) Link(c *Context, ino Ino, dir Ino, name string) (Attr, Status) {
	return Attr{}, NotSupported
}

// Unlink removes a name that is not a directory's. The inode goes with its
// last name, or when the last session that has it open releases it.
func (s *State) Unlink(c *Context, dir Ino, name string) Status { return NotSupported }

// Rmdir removes an empty directory.
func (s *State) Rmdir(c *Context, dir Ino, name string) Status { return NotSupported }

// Rename moves a name, replacing what newName names if the types allow it.
func (s *State) Rename(c *Context, dir Ino, name string, newDir Ino, newName string, flags RenameFlags) Status {
	return NotSupported
}

// Readdir returns the entries of a directory whose cookies are above cookie
// (0 starts), in the order of their cookies, at most max and MaxPage of them,
// with attributes if plus (which needs search permission too, as Lookup
// does), and whether these were the last. Cookies are at least 3 and below
// 1<<62; "." and ".." are not listed. Allowed if the session holds the
// directory open, else by the mode bits.
func (s *State) Readdir(c *Context, ino Ino, cookie uint64, max int, plus bool) (entries []Dirent, eof bool, status Status) {
	return nil, false, NotSupported
}

// Statfs returns the totals.
func (s *State) Statfs(c *Context) (Statfs, Status) { return Statfs{}, NotSupported }

// Fsync changes nothing but must be ordered: its reply tells that all before
// it was executed. Stale if ino is gone.
func (s *State) Fsync(c *Context, ino Ino) Status { return NotSupported }

// Renew keeps the session's lease, as every ordered operation does.
func (s *State) Renew(c *Context) Status { return NotSupported }

// Digest covers everything that influences later behaviour. It costs what
// changed since the last one.
func (s *State) Digest() [32]byte { return [32]byte{} }

// Snapshot is a version of the state; nothing changes it. It may be used by
// any number of Restore calls, of any State with the same Config.
type Snapshot struct{ s State }

// Snapshot returns the present version, in constant time.
func (s *State) Snapshot() *Snapshot { return &Snapshot{s: *s} }

// Restore makes v the present version, in constant time.
func (s *State) Restore(v *Snapshot) { *s = v.s }

// CheckInvariants returns what is wrong with the state, or nil. It walks all
// of it: for tests.
func (s *State) CheckInvariants() error { return nil }

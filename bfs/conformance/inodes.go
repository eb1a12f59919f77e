package conformance

import (
	"context"
	"errors"
	"fmt"

	"bfs/bfs"
	"bfs/fsstate"
)

// Operations are a file system's operations on inode numbers. bfs.Client has
// them; errors are a fsstate.Status.
type Operations interface {
	bfs.Names
	Getattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) (fsstate.Attr, error)
	Setattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, set fsstate.SetAttr) (fsstate.Attr, error)
	Access(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mask fsstate.AccessMask) error
	Create(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32, open fsstate.OpenMode) (fsstate.Attr, bool, error)
	SetLock(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, l fsstate.Lock, wait bool) (ticket uint64, err error)
	GetLock(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, l fsstate.Lock) (fsstate.Lock, error)
	LockWaits(ctx context.Context, caller fsstate.Caller) (fsstate.LockWaits, error)
	Open(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) (fsstate.Attr, error)
	Release(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.OpenMode) error
	Read(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, size uint32) ([]byte, error)
	Write(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, data []byte, atEnd bool) (fsstate.Attr, error)
	Fallocate(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, mode fsstate.FallocMode, offset, length uint64) (fsstate.Attr, error)
	Seek(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, offset uint64, whence fsstate.Whence) (uint64, error)
	CopyRange(ctx context.Context, caller fsstate.Caller, r fsstate.CopyRange) (uint64, error)
	Mkdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode uint32) (fsstate.Attr, error)
	Tmpfile(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, mode uint32, open fsstate.OpenMode, exclusive bool) (fsstate.Attr, error)
	Mknod(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, mode, rdev uint32) (fsstate.Attr, error)
	Symlink(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name, target string) (fsstate.Attr, error)
	Link(ctx context.Context, caller fsstate.Caller, ino, dir fsstate.Ino, name string) (fsstate.Attr, error)
	Unlink(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error
	Rmdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string) error
	Rename(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, name string, newDir fsstate.Ino, newName string, flags fsstate.RenameFlags) error
	Readdir(ctx context.Context, caller fsstate.Caller, dir fsstate.Ino, cookie uint64, limit int, plus bool) ([]fsstate.Dirent, bool, error)
	Getxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) ([]byte, error)
	Setxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string, value []byte, flags fsstate.XattrFlags) error
	Removexattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino, name string) error
	Listxattr(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) ([]string, error)
	Statfs(ctx context.Context, caller fsstate.Caller) (fsstate.Statfs, error)
	Fsync(ctx context.Context, caller fsstate.Caller, ino fsstate.Ino) error
}

var _ Operations = (*bfs.Client)(nil)

// Inodes is the adapter for Operations. It does for paths and descriptors
// what the kernel does above a file system.
type Inodes struct {
	Context    context.Context
	Operations Operations
}

var _ FS = Inodes{}

// As returns the process of caller.
func (i Inodes) As(caller fsstate.Caller) Process {
	return &process{ctx: i.Context, ops: i.Operations, caller: caller}
}

// errBadDescriptor is the kernel's answer to a descriptor that was not opened
// for what it is used for; no file system sees such a call.
var errBadDescriptor = errors.New("bad file descriptor")

// errorNames are the names of the statuses that the suite meets.
var errorNames = map[fsstate.Status]string{
	fsstate.Perm:         "EPERM",
	fsstate.NoEnt:        "ENOENT",
	fsstate.Access:       "EACCES",
	fsstate.Exist:        "EEXIST",
	fsstate.NotDir:       "ENOTDIR",
	fsstate.IsDir:        "EISDIR",
	fsstate.Inval:        "EINVAL",
	fsstate.NameTooLong:  "ENAMETOOLONG",
	fsstate.NotEmpty:     "ENOTEMPTY",
	fsstate.Loop:         "ELOOP",
	fsstate.Stale:        "ESTALE",
	fsstate.NXIO:         "ENXIO",
	fsstate.Busy:         "EBUSY",
	fsstate.NotSupported: "ENOTSUP", // the same number as EOPNOTSUPP
	fsstate.ROFS:         "EROFS",
	fsstate.Locked:       "EAGAIN",
	fsstate.NotOpen:      "EBADF",
	fsstate.NoXattr:      "ENODATA",
	fsstate.XattrTooBig:  "E2BIG",
	fsstate.Range:        "ERANGE",
	fsstate.NoSpace:      "ENOSPC",
}

// ErrorName names a status, or the error itself if it is none.
func (Inodes) ErrorName(err error) string {
	var status fsstate.Status
	if errors.As(err, &status) && errorNames[status] != "" {
		return errorNames[status]
	}
	if errors.Is(err, errBadDescriptor) {
		return "EBADF"
	}
	return fmt.Sprint(err)
}

// process implements Process over Operations.
type process struct {
	ctx    context.Context
	ops    Operations
	caller fsstate.Caller
}

// find resolves a path whose last name may be missing.
func (p *process) find(path string, follow bool) (bfs.Place, error) {
	return bfs.Find(p.ctx, p.ops, p.caller, path, follow)
}

// need resolves a path that must lead somewhere.
func (p *process) need(path string, follow bool) (bfs.Place, error) {
	place, err := p.find(path, follow)
	if err == nil && !place.Found {
		err = fsstate.NoEnt
	}
	return place, err
}

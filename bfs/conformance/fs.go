package conformance

import (
	"math"

	"bfs/fsstate"
)

// FS is a file system under test. Paths begin with "/" and are relative to
// the root of the file system.
type FS interface {
	// As returns the file system as a process of caller sees it, with the
	// umask of caller. Processes of one FS may be used from several goroutines.
	As(caller fsstate.Caller) Process
	// ErrorName returns the POSIX name ("ENOENT") of an error that a
	// Process, File or Dir returned.
	ErrorName(err error) string
}

// Process is the file system as one process sees it. Methods are named after
// their system calls and behave as those.
type Process interface {
	Mkdir(path string, mode uint32) error
	// Open takes the O_ flags of Linux.
	Open(path string, flags int, mode uint32) (File, error)
	OpenDir(path string) (Dir, error)
	Truncate(path string, size int64) error
	// Link does not follow a symbolic link at old.
	Link(old, path string) error
	Symlink(target, path string) error
	Readlink(path string) (string, error)
	Rename(old, path string) error
	// RenameNoReplace is renameat2 with RENAME_NOREPLACE.
	RenameNoReplace(old, path string) error
	// RenameExchange is renameat2 with RENAME_EXCHANGE.
	RenameExchange(old, path string) error
	// Mknod takes the type in mode, and a device's number.
	Mknod(path string, mode, rdev uint32) error
	Unlink(path string) error
	Rmdir(path string) error
	// Stat follows symbolic links, Lstat does not. Btime may be missing.
	Stat(path string) (fsstate.Attr, error)
	Lstat(path string) (fsstate.Attr, error)
	Chmod(path string, mode uint32) error
	// Lchown leaves an id of -1 as it is.
	Lchown(path string, uid, gid int) error
	// Utimens takes nanoseconds since the epoch, TimeNow or TimeOmit.
	Utimens(path string, atime, mtime int64) error
	// Access takes R_OK 4, W_OK 2, X_OK 1.
	Access(path string, mask uint32) error
	Statfs() (fsstate.Statfs, error)
	// The calls on extended attributes do not follow a symbolic link. Names
	// are listed in any order.
	Lgetxattr(path, name string) ([]byte, error)
	Lsetxattr(path, name string, value []byte, flags int) error
	Lremovexattr(path, name string) error
	Llistxattr(path string) ([]string, error)
}

// TimeNow and TimeOmit are UTIME_NOW and UTIME_OMIT for Process.Utimens.
const (
	TimeNow  int64 = math.MinInt64
	TimeOmit int64 = math.MinInt64 + 1
)

// File is an open file.
type File interface {
	// Pread returns fewer bytes than len(p) only at the end of the file, and
	// none, without an error, behind it.
	Pread(p []byte, offset int64) (int, error)
	// Pwrite writes all of p, at the end of the file if it was opened with
	// O_APPEND (as Linux does).
	Pwrite(p []byte, offset int64) (int, error)
	Ftruncate(size int64) error
	// LinkAs is linkat with the descriptor and AT_EMPTY_PATH.
	LinkAs(path string) error
	Fstat() (fsstate.Attr, error)
	Fsync() error
	Fallocate(mode uint32, offset, length int64) error
	// Seek takes SEEK_DATA and SEEK_HOLE.
	Seek(offset int64, whence int) (int64, error)
	// CopyRange is copy_file_range to another file of the same process. It
	// returns fewer bytes than length only at the end of the source.
	CopyRange(offset int64, to File, toOffset, length int64) (int64, error)
	// Lock is fcntl(2)'s F_OFD_SETLK, or F_OFD_SETLKW with wait: the open file
	// is the owner. A length of 0 is one without end.
	Lock(kind fsstate.LockType, start, length int64, wait bool) error
	// GetLock is F_OFD_GETLK. Only type and range of the answer count.
	GetLock(kind fsstate.LockType, start, length int64) (fsstate.Lock, error)
	// Flock is flock(2).
	Flock(how int) error
	Close() error
}

// Dir is an open directory.
type Dir interface {
	// Next returns at least one entry unless none is left, and not many at
	// once. "." and ".." are left out.
	Next() ([]Entry, error)
	// SeekTo goes on after the entry that has this cookie; 0 is the start.
	SeekTo(cookie int64) error
	Close() error
}

// Entry is an entry of a directory. Type is the type bits of st_mode.
type Entry struct {
	Name   string
	Ino    fsstate.Ino
	Cookie int64
	Type   uint32
}

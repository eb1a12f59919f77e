package fuse

import (
	"errors"
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// errnos is the one place where a status of the file state becomes an errno.
// Every status has an entry.
var errnos = map[fsstate.Status]syscall.Errno{
	fsstate.OK:           0,
	fsstate.Perm:         syscall.EPERM,
	fsstate.NoEnt:        syscall.ENOENT,
	fsstate.IO:           syscall.EIO,
	fsstate.NXIO:         syscall.ENXIO,
	fsstate.Access:       syscall.EACCES,
	fsstate.Exist:        syscall.EEXIST,
	fsstate.XDev:         syscall.EXDEV,
	fsstate.NotDir:       syscall.ENOTDIR,
	fsstate.IsDir:        syscall.EISDIR,
	fsstate.Inval:        syscall.EINVAL,
	fsstate.FBig:         syscall.EFBIG,
	fsstate.NoSpace:      syscall.ENOSPC,
	fsstate.ROFS:         syscall.EROFS,
	fsstate.MLink:        syscall.EMLINK,
	fsstate.NameTooLong:  syscall.ENAMETOOLONG,
	fsstate.NotEmpty:     syscall.ENOTEMPTY,
	fsstate.DQuot:        syscall.EDQUOT,
	fsstate.Stale:        syscall.ESTALE,
	fsstate.NotSupported: syscall.EOPNOTSUPP,
	fsstate.NoXattr:      syscall.ENODATA,
	fsstate.XattrTooBig:  syscall.E2BIG,
	fsstate.Range:        syscall.ERANGE,
	fsstate.Loop:         syscall.ELOOP,
	fsstate.TooManyOpen:  syscall.ENFILE,
	fsstate.Busy:         syscall.EBUSY,
	fsstate.Locked:       syscall.EAGAIN,
	fsstate.Deadlock:     syscall.EDEADLK,
	fsstate.NoLocks:      syscall.ENOLCK,
	fsstate.NotOpen:      syscall.EBADF,
	// The client asks again by itself; a mount never sees this one.
	fsstate.MustOrder: syscall.EIO,
}

// Errno returns the errno for the outcome of an operation of bfs.Client: the
// status's own if err is or wraps one, 0 for nil, and EIO for everything else,
// which means that the replicas could not be asked.
func Errno(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	var status fsstate.Status
	if errors.As(err, &status) {
		if errno, ok := errnos[status]; ok {
			return errno
		}
	}
	return syscall.EIO
}

// isStatus tells an answer of the file system from the lack of one.
func isStatus(err error) bool {
	var status fsstate.Status
	return errors.As(err, &status)
}

// result turns the outcome of an operation named op into what the kernel is
// told. Errors that are no answers are logged, not more often than logEvery.
func (f *fileSystem) result(op string, err error) gofuse.Status {
	if err != nil && !isStatus(err) && f.life.Err() == nil {
		f.unanswered.log("fuse: the replicas did not answer: the caller gets EIO", "operation", op, "error", err)
	}
	return gofuse.Status(Errno(err))
}

package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

func (f *kernelFile) Lock(kind fsstate.LockType, start, length int64, wait bool) error {
	command := unix.F_OFD_SETLK
	if wait {
		command = unix.F_OFD_SETLKW
	}
	_, err := f.lock(command, kind, start, length)
	return err
}

func (f *kernelFile) GetLock(kind fsstate.LockType, start, length int64) (fsstate.Lock, error) {
	found, err := f.lock(unix.F_OFD_GETLK, kind, start, length)
	lock := fsstate.Lock{Type: fsstate.LockType(found.Type), Start: uint64(found.Start), End: fsstate.MaxSize}
	if found.Len != 0 {
		lock.End = lock.Start + uint64(found.Len) - 1
	}
	return lock, err
}

func (f *kernelFile) lock(command int, kind fsstate.LockType, start, length int64) (unix.Flock_t, error) {
	lock := unix.Flock_t{Type: int16(kind), Start: start, Len: length}
	err := f.thread.do(func() error { return unix.FcntlFlock(uintptr(f.fd), command, &lock) })
	return lock, err
}

func (f *kernelFile) Flock(how int) error {
	return f.thread.do(func() error { return unix.Flock(f.fd, how) })
}

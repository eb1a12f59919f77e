package conformance

import (
	"slices"
	"sync/atomic"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// lockOwners numbers the open files: each is an owner of locks.
var lockOwners atomic.Uint64

func (f *file) Lock(kind fsstate.LockType, start, length int64, wait bool) error {
	lock, err := f.record(kind, start, length)
	if err != nil {
		return err
	}
	return f.setLock(lock, wait)
}

func (f *file) GetLock(kind fsstate.LockType, start, length int64) (fsstate.Lock, error) {
	lock, err := f.record(kind, start, length)
	if err != nil {
		return fsstate.Lock{}, err
	}
	return f.ops.GetLock(f.ctx, f.caller, f.ino, lock)
}

// record is the lock of a range, which the kernel has checked before it asks.
func (f *file) record(kind fsstate.LockType, start, length int64) (fsstate.Lock, error) {
	l := fsstate.Lock{Type: kind, Start: uint64(start), End: fsstate.MaxSize, Owner: f.owner}
	if length > 0 {
		l.End = l.Start + uint64(length) - 1
	}
	switch {
	case start < 0 || length < 0:
		return l, fsstate.Inval
	case kind == fsstate.LockShared && f.mode&fsstate.OpenRead == 0,
		kind == fsstate.LockExclusive && f.mode&fsstate.OpenWrite == 0:
		return l, errBadDescriptor
	}
	return l, nil
}

func (f *file) Flock(how int) error {
	kind := map[int]fsstate.LockType{
		unix.LOCK_SH: fsstate.LockShared, unix.LOCK_EX: fsstate.LockExclusive, unix.LOCK_UN: fsstate.Unlock,
	}[how&^unix.LOCK_NB]
	return f.setLock(f.whole(fsstate.FileLock, kind), how&unix.LOCK_NB == 0)
}

func (f *file) whole(kind fsstate.LockKind, which fsstate.LockType) fsstate.Lock {
	return fsstate.Lock{Kind: kind, Type: which, End: fsstate.MaxSize, Owner: f.owner}
}

// setLock waits for as long as the ticket is among those that wait.
func (f *file) setLock(l fsstate.Lock, wait bool) error {
	f.locked.Store(true)
	ticket, err := f.ops.SetLock(f.ctx, f.caller, f.ino, l, wait)
	if err != nil || ticket == 0 {
		return err
	}
	for {
		waits, err := f.ops.LockWaits(f.ctx, f.caller)
		if err != nil || !slices.Contains(waits.Tickets, ticket) {
			return err
		}
	}
}

// dropLocks is what the kernel has done when a description is closed.
func (f *file) dropLocks() error {
	for _, kind := range []fsstate.LockKind{fsstate.RecordLock, fsstate.FileLock} {
		if err := f.setLock(f.whole(kind, fsstate.Unlock), false); err != nil {
			return err
		}
	}
	return nil
}

package fuse

import (
	"context"
	"errors"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// GetLk answers F_GETLK.
func (f *fileSystem) GetLk(cancel <-chan struct{}, in *gofuse.LkIn, out *gofuse.LkOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	l := lockOf(in)
	found, err := f.client.GetLock(q, owner(&in.InHeader), node(&in.InHeader), l)
	if err != nil {
		return f.queryResult(q, "getlk", err)
	}
	out.Lk = gofuse.FileLock{Start: found.Start, End: found.End, Typ: uint32(found.Type), Pid: found.PID}
	return gofuse.OK
}

// SetLk answers F_SETLK, F_OFD_SETLK and flock(2) with LOCK_NB.
func (f *fileSystem) SetLk(_ <-chan struct{}, in *gofuse.LkIn) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	_, err := f.setLock(ctx, in, false)
	return f.result("setlk", err)
}

// SetLkw answers F_SETLKW, F_OFD_SETLKW and flock(2): it waits for the lock.
func (f *fileSystem) SetLkw(cancel <-chan struct{}, in *gofuse.LkIn) gofuse.Status {
	ctx, done := f.mutation()
	ticket, err := f.setLock(ctx, in, true)
	done()
	if err != nil || ticket == 0 {
		return f.result("setlkw", err)
	}
	return f.waits.await(cancel, ticket)
}

func (f *fileSystem) setLock(ctx context.Context, in *gofuse.LkIn, wait bool) (ticket uint64, err error) {
	l := lockOf(in)
	if l.Type != fsstate.Unlock {
		if err := f.lockers.note(ctx, lockerOf(in), in.Fh); err != nil {
			return 0, err
		}
	}
	ticket, err = f.client.SetLock(ctx, owner(&in.InHeader), node(&in.InHeader), l, wait)
	if l.Type == fsstate.Unlock {
		f.waits.nudge()
	}
	return ticket, err
}

// lockOf is the lock that a request is about. The kernel's numbers are the
// replicas' too, and what they do not know they refuse. The owner of a lock by
// flock(2) is the open file, and so its handle.
func lockOf(in *gofuse.LkIn) fsstate.Lock {
	l := fsstate.Lock{
		Type:  fsstate.LockType(in.Lk.Typ),
		Start: in.Lk.Start,
		End:   in.Lk.End,
		Owner: in.Owner,
		PID:   in.Lk.Pid,
	}
	if in.LkFlags&gofuse.FUSE_LK_FLOCK != 0 {
		l.Kind, l.Owner = fsstate.FileLock, in.Fh
	}
	return l
}

func lockerOf(in *gofuse.LkIn) locker {
	l := lockOf(in)
	return locker{node(&in.InHeader), l.Kind, l.Owner}
}

// Flush answers every close(2): POSIX has a process lose its locks on a file
// with the first descriptor that it closes. Where there are none nobody is
// asked.
func (f *fileSystem) Flush(_ <-chan struct{}, in *gofuse.FlushIn) gofuse.Status {
	l := locker{node(&in.InHeader), fsstate.RecordLock, in.LockOwner}
	if !f.lockers.has(l) {
		return gofuse.OK
	}
	ctx, done := f.mutation()
	defer done()
	err := f.unlock(ctx, l)
	if err == nil {
		f.lockers.forget(l)
	}
	return f.result("flush", err)
}

// unlock gives back all that l has locked.
func (f *fileSystem) unlock(ctx context.Context, l locker) error {
	none := fsstate.Lock{Kind: l.kind, Type: fsstate.Unlock, End: fsstate.MaxSize, Owner: l.owner}
	_, err := f.client.SetLock(ctx, fsstate.Caller{}, l.ino, none, false)
	f.waits.nudge()
	return err
}

// unlockAll is unlock for all who have locked by a handle that is closed. A
// refusal is no loss: the session's lease has run out, and the locks with it.
func (f *fileSystem) unlockAll(ctx context.Context, all []locker) error {
	var errs []error
	for _, l := range all {
		if err := f.unlock(ctx, l); err != nil && !isStatus(err) {
			errs = append(errs, err)
		}
		f.lockers.gone(l)
	}
	return errors.Join(errs...)
}

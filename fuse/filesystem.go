package fuse

import (
	"context"
	"sync/atomic"
	"time"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// fileSystem answers the kernel's requests by asking the replicas. Node ids
// are inode numbers and file handles have the open mode in them, so it keeps no
// table of either.
type fileSystem struct {
	gofuse.RawFileSystem // ENOSYS, which tells the kernel not to ask again

	client  *bfs.Client
	timeout time.Duration // 0: operations may wait for ever
	life    context.Context
	groups  *groupReader
	opens   atomic.Int64 // files this mount has open
	release *releaser
	handles atomic.Uint64 // the number of the last one
	lockers *lockers
	waits   *lockWaits

	unanswered complaint
}

// newFileSystem returns the file system of one mount, which ends with life.
func newFileSystem(life context.Context, o *Options) *fileSystem {
	return &fileSystem{
		RawFileSystem: gofuse.NewDefaultRawFileSystem(),
		client:        o.Client,
		timeout:       o.Timeout,
		life:          life,
		groups:        newGroupReader("/proc"),
		release:       newReleaser(life, o),
		lockers:       newLockers(),
		waits:         newLockWaits(life, o),
		unanswered:    complaint{logger: o.Logger},
	}
}

// generation never changes: inode numbers are not used twice.
const generation = 1

// mutation is the context of an operation that changes something. Once it is
// submitted it may happen, so it runs to its end whatever signals the caller
// gets, and the caller learns what really came of it.
func (f *fileSystem) mutation() (context.Context, context.CancelFunc) {
	if f.timeout > 0 {
		return context.WithTimeout(f.life, f.timeout)
	}
	return f.life, func() {}
}

// query is the context of an operation that changes nothing, which an
// interrupt ends after interruptGrace.
func (f *fileSystem) query(cancel <-chan struct{}) *query {
	q := new(query)
	if f.timeout > 0 {
		q.Context, q.stop = context.WithTimeout(f.life, f.timeout)
	} else {
		q.Context, q.stop = context.WithCancel(f.life)
	}
	go q.watch(cancel)
	return q
}

// caller is the process that made the request, as the replicas are to judge
// it. Only operations that check permissions need its supplementary groups.
func (f *fileSystem) caller(h *gofuse.InHeader) fsstate.Caller {
	c := owner(h)
	if c.UID != 0 { // root's groups decide nothing
		c.Groups = f.groups.of(h.Pid)
	}
	return c
}

// maker is the caller of an operation that makes something. The kernel leaves
// the umask to the replicas, which know whether the directory replaces it.
func (f *fileSystem) maker(h *gofuse.InHeader, umask uint32) fsstate.Caller {
	c := f.caller(h)
	c.Umask = umask & umaskBits
	return c
}

// umaskBits are those of umask(2).
const umaskBits = 0o777

// owner is the caller without supplementary groups, for operations through a
// handle, whose permission was checked when it was opened. Those that change a
// file's contents need the groups all the same: members of its group leave a
// set-gid bit that others take away.
func owner(h *gofuse.InHeader) fsstate.Caller {
	return fsstate.Caller{UID: h.Uid, GID: h.Gid}
}

func node(h *gofuse.InHeader) fsstate.Ino { return fsstate.Ino(h.NodeId) }

// String names the file system in go-fuse's messages.
func (f *fileSystem) String() string { return "bfs" }

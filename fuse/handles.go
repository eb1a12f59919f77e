package fuse

import (
	"context"
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// A file handle is the mode that the file was opened for, which is all that a
// release has to know, and above it a number that no other handle has, so that
// locks can be told apart by it. There is nothing to look up and nothing to
// leak.

// handleModes are the modes that stay true as long as the file is open.
const handleModes = fsstate.OpenRead | fsstate.OpenWrite | fsstate.OpenExec

// handleShift is where the number begins.
const handleShift = 3

func handle(mode fsstate.OpenMode, number uint64) uint64 {
	return number<<handleShift | uint64(mode&handleModes)
}

func openMode(fh uint64) fsstate.OpenMode { return fsstate.OpenMode(fh) & handleModes }

// flagExec is __FMODE_EXEC of Linux, by which the kernel says that it opens a
// file to execute it. It is not among open(2)'s flags.
const flagExec = 0x20

// openFlags translates the flags of open(2).
func openFlags(flags uint32) fsstate.OpenMode {
	var mode fsstate.OpenMode
	switch flags & syscall.O_ACCMODE {
	case syscall.O_RDONLY:
		mode = fsstate.OpenRead
	case syscall.O_WRONLY:
		mode = fsstate.OpenWrite
	default:
		mode = fsstate.OpenRead | fsstate.OpenWrite
	}
	if flags&flagExec != 0 {
		mode = mode&^fsstate.OpenRead | fsstate.OpenExec
	}
	if flags&syscall.O_TRUNC != 0 {
		mode |= fsstate.OpenTruncate
	}
	if flags&syscall.O_EXCL != 0 {
		mode |= fsstate.OpenExclusive
	}
	return mode
}

// Open asks the replicas, which check the permission, truncate if asked to,
// and remember that this session has the file open.
func (f *fileSystem) Open(_ <-chan struct{}, in *gofuse.OpenIn, out *gofuse.OpenOut) gofuse.Status {
	return f.open(&in.InHeader, openFlags(in.Flags)&^fsstate.OpenExclusive, out)
}

// OpenDir opens a directory, so that it can be listed to its end even when it
// is removed meanwhile.
func (f *fileSystem) OpenDir(_ <-chan struct{}, in *gofuse.OpenIn, out *gofuse.OpenOut) gofuse.Status {
	status := f.open(&in.InHeader, fsstate.OpenRead, out)
	out.OpenFlags = 0
	return status
}

func (f *fileSystem) open(h *gofuse.InHeader, mode fsstate.OpenMode, out *gofuse.OpenOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	if _, err := f.client.Open(ctx, f.caller(h), node(h), mode); err != nil {
		return f.result("open", err)
	}
	f.opened(mode, out)
	return gofuse.OK
}

// opened makes the kernel pass every read and write on, and lets them run side
// by side: the replicas order them.
func (f *fileSystem) opened(mode fsstate.OpenMode, out *gofuse.OpenOut) {
	f.opens.Add(1)
	out.Fh = handle(mode, f.handles.Add(1))
	out.OpenFlags = gofuse.FOPEN_DIRECT_IO | gofuse.FOPEN_PARALLEL_DIRECT_WRITES
}

// Release gives an open file back, and first what was locked by it. Nobody
// waits for it.
func (f *fileSystem) Release(_ <-chan struct{}, in *gofuse.ReleaseIn) {
	f.opens.Add(-1)
	ino, mode, locked := node(&in.InHeader), openMode(in.Fh), f.lockers.take(in.Fh)
	f.release.give(func(ctx context.Context) error {
		if err := f.unlockAll(ctx, locked); err != nil {
			return err
		}
		return f.client.Release(ctx, fsstate.Caller{}, ino, mode)
	})
}

// ReleaseDir gives an open directory back.
func (f *fileSystem) ReleaseDir(in *gofuse.ReleaseIn) { f.Release(nil, in) }

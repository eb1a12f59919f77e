package fuse

import (
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Fallocate reserves blocks, frees them or makes zeros of them. The modes have
// the numbers of fallocate(2), and the replicas refuse those they do not know.
func (f *fileSystem) Fallocate(_ <-chan struct{}, in *gofuse.FallocateIn) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	_, err := f.client.Fallocate(ctx, f.caller(&in.InHeader), node(&in.InHeader), fsstate.FallocMode(in.Mode), in.Offset, in.Length)
	return f.result("fallocate", err)
}

// Lseek answers lseek(2) with SEEK_DATA or SEEK_HOLE; the kernel does the rest
// by itself.
func (f *fileSystem) Lseek(cancel <-chan struct{}, in *gofuse.LseekIn, out *gofuse.LseekOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	offset, err := f.client.Seek(q, owner(&in.InHeader), node(&in.InHeader), in.Offset, fsstate.Whence(in.Whence))
	out.Offset = offset
	return f.queryResult(q, "lseek", err)
}

// CopyFileRange has the replicas copy: no data comes through here. It may copy
// less than it is asked to; whoever calls copy_file_range(2) goes on.
func (f *fileSystem) CopyFileRange(_ <-chan struct{}, in *gofuse.CopyFileRangeIn) (uint32, gofuse.Status) {
	if in.Flags != 0 {
		return 0, gofuse.Status(syscall.EINVAL)
	}
	ctx, done := f.mutation()
	defer done()
	n, err := f.client.CopyRange(ctx, f.caller(&in.InHeader), fsstate.CopyRange{
		From: node(&in.InHeader), FromOffset: in.OffIn,
		To: fsstate.Ino(in.NodeIdOut), ToOffset: in.OffOut,
		Length: min(in.Len, maxCopy),
	})
	return uint32(n), f.result("copy_file_range", err)
}

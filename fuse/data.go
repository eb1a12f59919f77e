package fuse

import (
	"syscall"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Read answers read(2). Fewer bytes than asked for mean the end of the file.
func (f *fileSystem) Read(cancel <-chan struct{}, in *gofuse.ReadIn, _ []byte) (gofuse.ReadResult, gofuse.Status) {
	q := f.query(cancel)
	defer q.stop()
	size := min(in.Size, maxTransfer)
	data, err := f.client.Read(q, owner(&in.InHeader), node(&in.InHeader), in.Offset, size)
	if err != nil {
		return nil, f.queryResult(q, "read", err)
	}
	return gofuse.ReadResultData(data), gofuse.OK
}

// Write answers write(2). The kernel's idea of the end of a file that others
// write to may be old, so appending is the replicas' business: O_APPEND is in
// the flags of the request itself, as fcntl(2) may change it. Pages of a
// shared mapping have their offsets, whatever the flags.
func (f *fileSystem) Write(_ <-chan struct{}, in *gofuse.WriteIn, data []byte) (uint32, gofuse.Status) {
	ctx, done := f.mutation()
	defer done()
	data = data[:min(len(data), maxTransfer)]
	atEnd := in.Flags&syscall.O_APPEND != 0 && in.WriteFlags&gofuse.WRITE_CACHE == 0
	_, err := f.client.Write(ctx, f.caller(&in.InHeader), node(&in.InHeader), in.Offset, data, atEnd)
	if err != nil {
		return 0, f.result("write", err)
	}
	return uint32(len(data)), gofuse.OK
}

// Fsync returns when 2f+1 replicas have executed all that was acknowledged
// before.
func (f *fileSystem) Fsync(_ <-chan struct{}, in *gofuse.FsyncIn) gofuse.Status {
	return f.fsync(&in.InHeader)
}

// FsyncDir is Fsync for a directory.
func (f *fileSystem) FsyncDir(_ <-chan struct{}, in *gofuse.FsyncIn) gofuse.Status {
	return f.fsync(&in.InHeader)
}

func (f *fileSystem) fsync(h *gofuse.InHeader) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	return f.result("fsync", f.client.Fsync(ctx, owner(h), node(h)))
}

package fuse

import (
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// GetXAttr answers getxattr(2), also for the access control lists, which the
// kernel asks for under their names. A value that dest has no room for is
// ERANGE, with its length.
func (f *fileSystem) GetXAttr(cancel <-chan struct{}, h *gofuse.InHeader, name string, dest []byte) (uint32, gofuse.Status) {
	q := f.query(cancel)
	defer q.stop()
	value, err := f.client.Getxattr(q, f.caller(h), node(h), name)
	if err != nil {
		return 0, f.queryResult(q, "getxattr", err)
	}
	return fill(dest, value)
}

// ListXAttr answers listxattr(2): the names, each with a zero byte after it.
func (f *fileSystem) ListXAttr(cancel <-chan struct{}, h *gofuse.InHeader, dest []byte) (uint32, gofuse.Status) {
	q := f.query(cancel)
	defer q.stop()
	names, err := f.client.Listxattr(q, owner(h), node(h))
	if err != nil {
		return 0, f.queryResult(q, "listxattr", err)
	}
	var list []byte
	for _, name := range names {
		list = append(append(list, name...), 0)
	}
	return fill(dest, list)
}

// fill copies an answer whose length the caller may not have known.
func fill(dest, answer []byte) (uint32, gofuse.Status) {
	if len(answer) > len(dest) {
		return uint32(len(answer)), gofuse.Status(syscall.ERANGE)
	}
	return uint32(copy(dest, answer)), gofuse.OK
}

// SetXAttr answers setxattr(2).
func (f *fileSystem) SetXAttr(_ <-chan struct{}, in *gofuse.SetXAttrIn, name string, value []byte) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	flags := fsstate.XattrFlags(in.Flags)
	return f.result("setxattr", f.client.Setxattr(ctx, f.caller(&in.InHeader), node(&in.InHeader), name, value, flags))
}

// RemoveXAttr answers removexattr(2), and the kernel itself, which takes a
// file's capabilities away before its owner or size changes.
func (f *fileSystem) RemoveXAttr(_ <-chan struct{}, h *gofuse.InHeader, name string) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	return f.result("removexattr", f.client.Removexattr(ctx, f.caller(h), node(h), name))
}

package fuse

import (
	"syscall"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Tmpfile answers open(2) with O_TMPFILE, from Linux 6.1 on. linkat(2) with the
// descriptor gives the file a name unless O_EXCL says that it gets none.
func (f *fileSystem) Tmpfile(_ <-chan struct{}, in *gofuse.CreateIn, out *gofuse.CreateOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	mode := openFlags(in.Flags &^ (syscall.O_EXCL | syscall.O_TRUNC))
	exclusive := in.Flags&syscall.O_EXCL != 0
	attr, err := f.client.Tmpfile(ctx, f.maker(&in.InHeader, in.Umask), node(&in.InHeader), in.Mode&permissionBits, mode, exclusive)
	if err != nil {
		return f.result("tmpfile", err)
	}
	putEntry(&out.EntryOut, &attr)
	f.opened(mode, &out.OpenOut)
	return gofuse.OK
}

package fuse

import (
	"errors"
	"syscall"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// Lookup answers every step of every path: the kernel keeps no names.
func (f *fileSystem) Lookup(cancel <-chan struct{}, h *gofuse.InHeader, name string, out *gofuse.EntryOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	attr, err := f.client.Lookup(q, f.caller(h), node(h), name)
	if err != nil {
		return f.queryResult(q, "lookup", err)
	}
	putEntry(out, &attr)
	return gofuse.OK
}

// entry ends an operation that makes a name.
func (f *fileSystem) entry(op string, out *gofuse.EntryOut, attr fsstate.Attr, err error) gofuse.Status {
	if err != nil {
		return f.result(op, err)
	}
	putEntry(out, &attr)
	return gofuse.OK
}

// Mkdir makes a directory.
func (f *fileSystem) Mkdir(_ <-chan struct{}, in *gofuse.MkdirIn, name string, out *gofuse.EntryOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	attr, err := f.client.Mkdir(ctx, f.maker(&in.InHeader, in.Umask), node(&in.InHeader), name, in.Mode&permissionBits)
	return f.entry("mkdir", out, attr, err)
}

// Mknod makes regular and special files. No type stands for a regular one. The
// kernel has applied the umask.
func (f *fileSystem) Mknod(_ <-chan struct{}, in *gofuse.MknodIn, name string, out *gofuse.EntryOut) gofuse.Status {
	mode := in.Mode & (syscall.S_IFMT | permissionBits)
	if mode&syscall.S_IFMT == 0 {
		mode |= syscall.S_IFREG
	}
	ctx, done := f.mutation()
	defer done()
	attr, err := f.client.Mknod(ctx, f.maker(&in.InHeader, in.Umask), node(&in.InHeader), name, mode, in.Rdev)
	return f.entry("mknod", out, attr, err)
}

// Symlink makes a symbolic link.
func (f *fileSystem) Symlink(_ <-chan struct{}, h *gofuse.InHeader, target, name string, out *gofuse.EntryOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	attr, err := f.client.Symlink(ctx, f.caller(h), node(h), name, target)
	return f.entry("symlink", out, attr, err)
}

// Readlink returns the target of a symbolic link.
func (f *fileSystem) Readlink(cancel <-chan struct{}, h *gofuse.InHeader) ([]byte, gofuse.Status) {
	q := f.query(cancel)
	defer q.stop()
	target, err := f.client.Readlink(q, owner(h), node(h))
	return []byte(target), f.queryResult(q, "readlink", err)
}

// Link gives a file another name.
func (f *fileSystem) Link(_ <-chan struct{}, in *gofuse.LinkIn, name string, out *gofuse.EntryOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	attr, err := f.client.Link(ctx, f.caller(&in.InHeader), fsstate.Ino(in.Oldnodeid), node(&in.InHeader), name)
	return f.entry("link", out, attr, err)
}

// Unlink removes a name that is not a directory's.
func (f *fileSystem) Unlink(_ <-chan struct{}, h *gofuse.InHeader, name string) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	return f.result("unlink", f.client.Unlink(ctx, f.caller(h), node(h), name))
}

// Rmdir removes an empty directory.
func (f *fileSystem) Rmdir(_ <-chan struct{}, h *gofuse.InHeader, name string) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	return f.result("rmdir", f.client.Rmdir(ctx, f.caller(h), node(h), name))
}

// Rename moves a name. The flags have the numbers of renameat2(2), and the
// replicas refuse those they do not know.
func (f *fileSystem) Rename(_ <-chan struct{}, in *gofuse.RenameIn, oldName, newName string) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	err := f.client.Rename(ctx, f.caller(&in.InHeader), node(&in.InHeader), oldName,
		fsstate.Ino(in.Newdir), newName, fsstate.RenameFlags(in.Flags))
	return f.result("rename", err)
}

// Create makes a file and opens it. The kernel found no such name a moment
// ago, but another client may have made one since, and not only of a regular
// file: ESTALE makes the kernel look again and do what that name asks for.
func (f *fileSystem) Create(_ <-chan struct{}, in *gofuse.CreateIn, name string, out *gofuse.CreateOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	mode := openFlags(in.Flags)
	attr, _, err := f.client.Create(ctx, f.maker(&in.InHeader, in.Umask), node(&in.InHeader), name, in.Mode&permissionBits, mode)
	if errors.Is(err, fsstate.Loop) || errors.Is(err, fsstate.IsDir) || errors.Is(err, fsstate.NXIO) {
		return gofuse.Status(syscall.ESTALE)
	}
	if err != nil {
		return f.result("create", err)
	}
	putEntry(&out.EntryOut, &attr)
	f.opened(mode, &out.OpenOut)
	return gofuse.OK
}

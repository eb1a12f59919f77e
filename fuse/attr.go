package fuse

import (
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// GetAttr answers stat(2). It needs no permission on the file itself.
func (f *fileSystem) GetAttr(cancel <-chan struct{}, in *gofuse.GetAttrIn, out *gofuse.AttrOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	attr, err := f.client.Getattr(q, owner(&in.InHeader), node(&in.InHeader))
	if err != nil {
		return f.queryResult(q, "getattr", err)
	}
	putAttr(&out.Attr, &attr)
	return gofuse.OK
}

// Statx answers statx(2) where it asks for the time of birth.
func (f *fileSystem) Statx(cancel <-chan struct{}, in *gofuse.StatxIn, out *gofuse.StatxOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	attr, err := f.client.Getattr(q, owner(&in.InHeader), node(&in.InHeader))
	if err != nil {
		return f.queryResult(q, "statx", err)
	}
	putStatx(&out.Statx, &attr)
	return gofuse.OK
}

// SetAttr answers chmod, chown, truncate and utimensat, also several of them
// in one request.
func (f *fileSystem) SetAttr(_ <-chan struct{}, in *gofuse.SetAttrIn, out *gofuse.AttrOut) gofuse.Status {
	ctx, done := f.mutation()
	defer done()
	attr, err := f.client.Setattr(ctx, f.caller(&in.InHeader), node(&in.InHeader), setAttr(in))
	if err != nil {
		return f.result("setattr", err)
	}
	putAttr(&out.Attr, &attr)
	return gofuse.OK
}

// setAttr translates the kernel's mask and fields. Change times are the
// replicas' own affair.
func setAttr(in *gofuse.SetAttrIn) fsstate.SetAttr {
	set := fsstate.SetAttr{
		Mode:  in.Mode & permissionBits,
		UID:   in.Uid,
		GID:   in.Gid,
		Size:  in.Size,
		Atime: nanoseconds(in.Atime, in.Atimensec),
		Mtime: nanoseconds(in.Mtime, in.Mtimensec),
	}
	for _, bit := range setAttrBits {
		if in.Valid&bit.mask == bit.value {
			set.Mask |= bit.set
		}
	}
	if set.Mask&fsstate.SetSize != 0 && in.Valid&gofuse.FATTR_FH != 0 && openMode(in.Fh)&fsstate.OpenWrite != 0 {
		set.Mask |= fsstate.SetByHandle
	}
	return set
}

// permissionBits are those that chmod(2) sets.
const permissionBits = 0o7777

// setAttrBits says which of the kernel's bits, once masked, mean what.
var setAttrBits = []struct {
	mask, value uint32
	set         fsstate.SetMask
}{
	{gofuse.FATTR_MODE, gofuse.FATTR_MODE, fsstate.SetMode},
	{gofuse.FATTR_UID, gofuse.FATTR_UID, fsstate.SetUID},
	{gofuse.FATTR_GID, gofuse.FATTR_GID, fsstate.SetGID},
	{gofuse.FATTR_SIZE, gofuse.FATTR_SIZE, fsstate.SetSize},
	{gofuse.FATTR_ATIME | gofuse.FATTR_ATIME_NOW, gofuse.FATTR_ATIME, fsstate.SetAtime},
	{gofuse.FATTR_MTIME | gofuse.FATTR_MTIME_NOW, gofuse.FATTR_MTIME, fsstate.SetMtime},
	{gofuse.FATTR_ATIME_NOW, gofuse.FATTR_ATIME_NOW, fsstate.SetAtimeNow},
	{gofuse.FATTR_MTIME_NOW, gofuse.FATTR_MTIME_NOW, fsstate.SetMtimeNow},
}

// Access answers access(2) and chdir(2), for which the kernel asks by itself.
func (f *fileSystem) Access(cancel <-chan struct{}, in *gofuse.AccessIn) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	mask := fsstate.AccessMask(in.Mask) & (fsstate.MayRead | fsstate.MayWrite | fsstate.MayExec)
	err := f.client.Access(q, f.caller(&in.InHeader), node(&in.InHeader), mask)
	return f.queryResult(q, "access", err)
}

// StatFs answers statfs(2).
func (f *fileSystem) StatFs(cancel <-chan struct{}, h *gofuse.InHeader, out *gofuse.StatfsOut) gofuse.Status {
	q := f.query(cancel)
	defer q.stop()
	st, err := f.client.Statfs(q, owner(h))
	if err != nil {
		return f.queryResult(q, "statfs", err)
	}
	*out = gofuse.StatfsOut{
		Blocks:  st.Bytes / fsstate.BlockSize,
		Bfree:   st.BytesFree / fsstate.BlockSize,
		Bavail:  st.BytesFree / fsstate.BlockSize,
		Files:   st.Inodes,
		Ffree:   st.InodesFree,
		Bsize:   fsstate.BlockSize,
		Frsize:  fsstate.BlockSize,
		NameLen: fsstate.MaxName,
	}
	return gofuse.OK
}

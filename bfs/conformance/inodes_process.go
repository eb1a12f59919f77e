package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// Mkdir takes the bits that the kernel lets through.
func (p *process) Mkdir(path string, mode uint32) error {
	place, err := p.find(path, false)
	if err != nil {
		return err
	}
	_, err = p.ops.Mkdir(p.ctx, p.caller, place.Dir, place.Name, mode&0o1777)
	return err
}

func (p *process) Truncate(path string, size int64) error {
	if size < 0 {
		return fsstate.Inval
	}
	return p.set(path, true, fsstate.SetAttr{Mask: fsstate.SetSize, Size: uint64(size)})
}

func (p *process) Link(old, path string) error {
	from, err := p.need(old, false)
	if err != nil {
		return err
	}
	to, err := p.find(path, false)
	if err != nil {
		return err
	}
	_, err = p.ops.Link(p.ctx, p.caller, from.Attr.Ino, to.Dir, to.Name)
	return err
}

// Symlink knows, like the kernel, that no empty target is meant.
func (p *process) Symlink(target, path string) error {
	if target == "" {
		return fsstate.NoEnt
	}
	place, err := p.find(path, false)
	if err != nil {
		return err
	}
	_, err = p.ops.Symlink(p.ctx, p.caller, place.Dir, place.Name, target)
	return err
}

func (p *process) Readlink(path string) (string, error) {
	place, err := p.need(path, false)
	if err != nil {
		return "", err
	}
	return p.ops.Readlink(p.ctx, p.caller, place.Attr.Ino)
}

func (p *process) Rename(old, path string) error {
	return p.rename(old, path, 0)
}

func (p *process) RenameNoReplace(old, path string) error {
	return p.rename(old, path, fsstate.RenameNoReplace)
}

func (p *process) RenameExchange(old, path string) error {
	return p.rename(old, path, fsstate.RenameExchange)
}

// Mknod knows, like the kernel, before it looks that directories are not made so.
func (p *process) Mknod(path string, mode, rdev uint32) error {
	if mode&unix.S_IFMT == unix.S_IFDIR {
		return fsstate.Perm
	}
	place, err := p.find(path, false)
	if err != nil {
		return err
	}
	_, err = p.ops.Mknod(p.ctx, p.caller, place.Dir, place.Name, mode, rdev)
	return err
}

func (p *process) rename(old, path string, flags fsstate.RenameFlags) error {
	from, err := p.find(old, false)
	if err != nil {
		return err
	}
	to, err := p.find(path, false)
	if err != nil {
		return err
	}
	return p.ops.Rename(p.ctx, p.caller, from.Dir, from.Name, to.Dir, to.Name, flags)
}

func (p *process) Unlink(path string) error {
	place, err := p.find(path, false)
	if err != nil {
		return err
	}
	return p.ops.Unlink(p.ctx, p.caller, place.Dir, place.Name)
}

func (p *process) Rmdir(path string) error {
	place, err := p.find(path, false)
	if err != nil {
		return err
	}
	return p.ops.Rmdir(p.ctx, p.caller, place.Dir, place.Name)
}

func (p *process) Stat(path string) (fsstate.Attr, error)  { return p.stat(path, true) }
func (p *process) Lstat(path string) (fsstate.Attr, error) { return p.stat(path, false) }

func (p *process) stat(path string, follow bool) (fsstate.Attr, error) {
	place, err := p.need(path, follow)
	return place.Attr, err
}

func (p *process) Chmod(path string, mode uint32) error {
	return p.set(path, true, fsstate.SetAttr{Mask: fsstate.SetMode, Mode: mode})
}

func (p *process) Lchown(path string, uid, gid int) error {
	set := fsstate.SetAttr{UID: uint32(uid), GID: uint32(gid)}
	if uid >= 0 {
		set.Mask |= fsstate.SetUID
	}
	if gid >= 0 {
		set.Mask |= fsstate.SetGID
	}
	return p.set(path, false, set)
}

// Utimens does not even look at the path if there is nothing to set.
func (p *process) Utimens(path string, atime, mtime int64) error {
	if atime == TimeOmit && mtime == TimeOmit {
		return nil
	}
	return p.set(path, true, fsstate.SetAttr{
		Mask:  timeMask(atime, fsstate.SetAtime, fsstate.SetAtimeNow) | timeMask(mtime, fsstate.SetMtime, fsstate.SetMtimeNow),
		Atime: atime,
		Mtime: mtime,
	})
}

func timeMask(ns int64, set, setNow fsstate.SetMask) fsstate.SetMask {
	switch ns {
	case TimeOmit:
		return 0
	case TimeNow:
		return setNow
	}
	return set
}

func (p *process) set(path string, follow bool, set fsstate.SetAttr) error {
	place, err := p.need(path, follow)
	if err != nil {
		return err
	}
	_, err = p.ops.Setattr(p.ctx, p.caller, place.Attr.Ino, set)
	return err
}

func (p *process) Access(path string, mask uint32) error {
	place, err := p.need(path, true)
	if err != nil {
		return err
	}
	return p.ops.Access(p.ctx, p.caller, place.Attr.Ino, fsstate.AccessMask(mask))
}

func (p *process) Statfs() (fsstate.Statfs, error) {
	return p.ops.Statfs(p.ctx, p.caller)
}

var _ Process = (*process)(nil)

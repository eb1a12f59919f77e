package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

type kernelProcess struct{ thread *thread }

func (p kernelProcess) Mkdir(path string, mode uint32) error {
	return p.thread.do(func() error { return unix.Mkdir(path, mode) })
}

func (p kernelProcess) Open(path string, flags int, mode uint32) (File, error) {
	f := &kernelFile{thread: p.thread}
	err := p.thread.do(func() (err error) {
		f.fd, err = unix.Open(path, flags|unix.O_CLOEXEC, mode)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (p kernelProcess) Truncate(path string, size int64) error {
	return p.thread.do(func() error { return unix.Truncate(path, size) })
}

func (p kernelProcess) Link(old, path string) error {
	return p.thread.do(func() error { return unix.Link(old, path) })
}

func (p kernelProcess) Symlink(target, path string) error {
	return p.thread.do(func() error { return unix.Symlink(target, path) })
}

func (p kernelProcess) Readlink(path string) (string, error) {
	buf, n := make([]byte, 2*unix.PathMax), 0
	err := p.thread.do(func() (err error) {
		n, err = unix.Readlink(path, buf)
		return err
	})
	return string(buf[:max(n, 0)]), err
}

func (p kernelProcess) Rename(old, path string) error {
	return p.thread.do(func() error { return unix.Rename(old, path) })
}

func (p kernelProcess) RenameNoReplace(old, path string) error {
	return p.thread.do(func() error {
		return unix.Renameat2(unix.AT_FDCWD, old, unix.AT_FDCWD, path, unix.RENAME_NOREPLACE)
	})
}

func (p kernelProcess) RenameExchange(old, path string) error {
	return p.thread.do(func() error {
		return unix.Renameat2(unix.AT_FDCWD, old, unix.AT_FDCWD, path, unix.RENAME_EXCHANGE)
	})
}

func (p kernelProcess) Mknod(path string, mode, rdev uint32) error {
	return p.thread.do(func() error { return unix.Mknod(path, mode, int(rdev)) })
}

func (p kernelProcess) Unlink(path string) error {
	return p.thread.do(func() error { return unix.Unlink(path) })
}

func (p kernelProcess) Rmdir(path string) error {
	return p.thread.do(func() error { return unix.Rmdir(path) })
}

func (p kernelProcess) Stat(path string) (fsstate.Attr, error) {
	return p.stat(path, 0)
}

func (p kernelProcess) Lstat(path string) (fsstate.Attr, error) {
	return p.stat(path, unix.AT_SYMLINK_NOFOLLOW)
}

func (p kernelProcess) stat(path string, flags int) (fsstate.Attr, error) {
	var st unix.Stat_t
	err := p.thread.do(func() error { return unix.Fstatat(unix.AT_FDCWD, path, &st, flags) })
	return attrOf(&st), err
}

func (p kernelProcess) Chmod(path string, mode uint32) error {
	return p.thread.do(func() error { return unix.Chmod(path, mode) })
}

func (p kernelProcess) Lchown(path string, uid, gid int) error {
	return p.thread.do(func() error { return unix.Lchown(path, uid, gid) })
}

func (p kernelProcess) Utimens(path string, atime, mtime int64) error {
	times := []unix.Timespec{timespec(atime), timespec(mtime)}
	return p.thread.do(func() error { return unix.UtimesNanoAt(unix.AT_FDCWD, path, times, 0) })
}

// Access asks for the effective ids: the others are the test's own.
func (p kernelProcess) Access(path string, mask uint32) error {
	return p.thread.do(func() error {
		return unix.Faccessat2(unix.AT_FDCWD, path, mask, unix.AT_EACCESS)
	})
}

func (p kernelProcess) Statfs() (fsstate.Statfs, error) {
	var st unix.Statfs_t
	err := p.thread.do(func() error { return unix.Statfs("/", &st) })
	size := uint64(st.Bsize)
	return fsstate.Statfs{
		Bytes: st.Blocks * size, BytesFree: st.Bfree * size,
		Inodes: st.Files, InodesFree: st.Ffree,
	}, err
}

func timespec(ns int64) unix.Timespec {
	switch ns {
	case TimeNow:
		return unix.Timespec{Nsec: unix.UTIME_NOW}
	case TimeOmit:
		return unix.Timespec{Nsec: unix.UTIME_OMIT}
	}
	return unix.NsecToTimespec(ns)
}

func attrOf(st *unix.Stat_t) fsstate.Attr {
	return fsstate.Attr{
		Ino: fsstate.Ino(st.Ino), Mode: st.Mode, Nlink: uint32(st.Nlink),
		UID: st.Uid, GID: st.Gid, Rdev: uint32(st.Rdev), Size: uint64(st.Size), Blocks: uint64(st.Blocks),
		Atime: st.Atim.Nano(), Mtime: st.Mtim.Nano(), Ctime: st.Ctim.Nano(),
	}
}

package fuse

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs/conformance"

	"golang.org/x/sys/unix"
)

// TestHostileCalls: system calls whose arguments make no sense are refused with
// the errno of Linux's own file systems, and change nothing.
func TestHostileCalls(t *testing.T) {
	t.Parallel()
	places := map[string]string{"mount": mounted(t, newService()).Path(), "memory": conformance.Memory()}
	for place, parent := range places {
		t.Run(place, func(t *testing.T) {
			dir, err := os.MkdirTemp(parent, "hostile")
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			prepareHostile(t, dir)
			before := portrait(t, dir)
			for _, c := range hostileCalls(t, dir) {
				if got := c.do(); !errors.Is(got, c.want) {
					t.Errorf("%s: %v, want %v", c.name, got, c.want)
				}
				if after := portrait(t, dir); after != before {
					t.Fatalf("%s has changed something:\n%s\nwas\n%s", c.name, after, before)
				}
			}
		})
	}
}

// prepareHostile makes the files that the calls are about.
func prepareHostile(t *testing.T, dir string) {
	t.Helper()
	err := errors.Join(
		os.MkdirAll(dir+"/dir/sub/below", 0o755),
		os.WriteFile(dir+"/file", []byte("contents"), 0o644),
		os.Symlink("loop", dir+"/loop"),
		os.Symlink("pong", dir+"/ping"),
		os.Symlink("ping", dir+"/pong"),
		os.Symlink("file", dir+"/link0"),
	)
	for i := range 41 {
		err = errors.Join(err, os.Symlink(fmt.Sprint("link", i), dir+fmt.Sprint("/link", i+1)))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// portrait is all that can be seen of a tree, but for times of access.
func portrait(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		info, infoErr := entry.Info()
		if err = errors.Join(err, infoErr); err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		names := make([]byte, 1024)
		n, _ := unix.Llistxattr(path, names)
		fmt.Fprintln(&b, path, st.Ino, st.Mode, st.Nlink, st.Size, st.Blocks, st.Mtim, st.Ctim, string(names[:max(n, 0)]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

type hostileCall struct {
	name string
	do   func() error
	want error
}

func hostileCalls(t *testing.T, dir string) []hostileCall {
	t.Helper()
	file, err := unix.Open(dir+"/file", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(file) })
	at := func(name string) string { return dir + "/" + name }
	return append(hostilePaths(at), hostileRanges(at("file"), file)...)
}

func hostilePaths(at func(string) string) []hostileCall {
	opened := func(name string, flags int) func() error {
		return func() error {
			fd, err := unix.Open(at(name), flags|unix.O_CLOEXEC, 0o644)
			if err == nil {
				unix.Close(fd)
			}
			return err
		}
	}
	renamed := func(from, to string, flags uint) func() error {
		return func() error { return unix.Renameat2(unix.AT_FDCWD, at(from), unix.AT_FDCWD, at(to), flags) }
	}
	long, longer := strings.Repeat("n", 256), strings.Repeat("n/", unix.PathMax/2)
	return []hostileCall{
		{"a link to itself", opened("loop", unix.O_RDONLY), unix.ELOOP},
		{"a link to itself on the way", opened("loop/x", unix.O_CREAT|unix.O_WRONLY), unix.ELOOP},
		{"links in a circle", opened("ping", unix.O_RDONLY), unix.ELOOP},
		{"making what a circle leads to", opened("pong", unix.O_CREAT|unix.O_WRONLY), unix.ELOOP},
		{"more links than one follows", opened("link41", unix.O_RDONLY), unix.ELOOP},
		{"a name that is too long", opened(long, unix.O_CREAT|unix.O_WRONLY), unix.ENAMETOOLONG},
		{"a path that is too long", opened(longer, unix.O_CREAT|unix.O_WRONLY), unix.ENAMETOOLONG},
		{"a long name to move to", renamed("file", long, 0), unix.ENAMETOOLONG},
		{"a long name to link to", func() error { return unix.Link(at("file"), at(long)) }, unix.ENAMETOOLONG},
		{"a long directory", func() error { return unix.Mkdir(at(long), 0o755) }, unix.ENAMETOOLONG},
		{"a link to nothing", func() error { return unix.Symlink("", at("new")) }, unix.ENOENT},
		{"a link that is too long", func() error { return unix.Symlink(longer, at("new")) }, unix.ENAMETOOLONG},
		{"a file for a directory", opened("file/x", unix.O_CREAT|unix.O_WRONLY), unix.ENOTDIR},
		{"a file with a slash", opened("new/", unix.O_CREAT|unix.O_WRONLY), unix.EISDIR},
		{"a directory to write to", opened("dir", unix.O_WRONLY), unix.EISDIR},
		{"a nameless file to read", opened("dir", unix.O_TMPFILE|unix.O_RDONLY), unix.EINVAL},
		{"a nameless file in a file", opened("file", unix.O_TMPFILE|unix.O_RDWR), unix.ENOTDIR},
		{"a directory into itself", renamed("dir", "dir/x", 0), unix.EINVAL},
		{"a directory into what is below it", renamed("dir", "dir/sub/below/x", 0), unix.EINVAL},
		{"a directory onto what holds it", renamed("dir/sub", "dir", 0), unix.ENOTEMPTY},
		{"a directory in exchange for what it holds", renamed("dir", "dir/sub/below", unix.RENAME_EXCHANGE), unix.EINVAL},
		{"what a directory holds in exchange for it", renamed("dir/sub/below", "dir", unix.RENAME_EXCHANGE), unix.EINVAL},
		{"an exchange with nothing", renamed("file", "new", unix.RENAME_EXCHANGE), unix.ENOENT},
		{"an exchange that replaces nothing", renamed("file", "new", unix.RENAME_EXCHANGE|unix.RENAME_NOREPLACE), unix.EINVAL},
		{"an unknown kind of rename", renamed("file", "new", 1<<31), unix.EINVAL},
		{"moving a directory by its dot", renamed("dir/.", "new", 0), unix.EBUSY},
		{"moving a directory by its dots", renamed("dir/sub/..", "new", 0), unix.EBUSY},
		{"removing a directory by its dot", func() error { return unix.Rmdir(at("dir/sub/below/.")) }, unix.EINVAL},
		{"removing a directory by its dots", func() error { return unix.Rmdir(at("dir/sub/below/..")) }, unix.ENOTEMPTY},
		{"removing what is full", func() error { return unix.Rmdir(at("dir")) }, unix.ENOTEMPTY},
		{"removing a file as a directory", func() error { return unix.Rmdir(at("file")) }, unix.ENOTDIR},
		{"removing a directory as a file", func() error { return unix.Unlink(at("dir")) }, unix.EISDIR},
		{"a second name for a directory", func() error { return unix.Link(at("dir"), at("new")) }, unix.EPERM},
		{"a node of no type", func() error { return unix.Mknod(at("new"), 0o030644, 0) }, unix.EINVAL},
		{"a directory made as a node", func() error { return unix.Mknod(at("new"), unix.S_IFDIR|0o755, 0) }, unix.EPERM},
		{"a size below nothing", func() error { return unix.Truncate(at("file"), -1) }, unix.EINVAL},
		{"the size of a directory", func() error { return unix.Truncate(at("dir"), 0) }, unix.EISDIR},
		{"a time that is none", func() error {
			times := []unix.Timespec{{Nsec: 1_000_000_000}, {Nsec: -1}}
			return unix.UtimesNanoAt(unix.AT_FDCWD, at("file"), times, 0)
		}, unix.EINVAL},
		{"an unknown access", func() error { return unix.Access(at("file"), 8) }, unix.EINVAL},
	}
}

func hostileRanges(path string, fd int) []hostileCall {
	buf := []byte("hostile")
	wrote := func(offset int64) func() error {
		return func() error { _, err := unix.Pwrite(fd, buf, offset); return err }
	}
	reserved := func(mode uint32, offset, length int64) func() error {
		return func() error { return unix.Fallocate(fd, mode, offset, length) }
	}
	copied := func(from, to int64, length, flags int) func() error {
		return func() error { _, err := unix.CopyFileRange(fd, &from, fd, &to, length, flags); return err }
	}
	sought := func(offset int64, whence int) func() error {
		return func() error { _, err := unix.Seek(fd, offset, whence); return err }
	}
	locked := func(l unix.Flock_t) func() error {
		return func() error { return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &l) }
	}
	attribute := func(name string, size, flags int) func() error {
		return func() error { return unix.Setxattr(path, name, make([]byte, size), flags) }
	}
	return []hostileCall{
		{"a write before the beginning", wrote(-1), unix.EINVAL},
		{"a write long before the beginning", wrote(math.MinInt64), unix.EINVAL},
		{"a write whose end overflows", wrote(math.MaxInt64), unix.EINVAL},
		{"a read before the beginning", func() error { _, err := unix.Pread(fd, make([]byte, 1), -1); return err }, unix.EINVAL},
		{"reserving nothing", reserved(0, 0, 0), unix.EINVAL},
		{"reserving less than nothing", reserved(0, 0, -1), unix.EINVAL},
		{"reserving before the beginning", reserved(0, -1, 1), unix.EINVAL},
		{"reserving beyond every file", reserved(0, math.MaxInt64, 1), unix.EFBIG},
		{"reserving in an unknown way", reserved(1<<30, 0, 1), unix.EOPNOTSUPP},
		{"a hole that makes the file longer", reserved(unix.FALLOC_FL_PUNCH_HOLE, 0, 1), unix.EOPNOTSUPP},
		{"copying onto itself", copied(0, 4, 5, 0), unix.EINVAL},
		{"copying in an unknown way", copied(0, 100, 1, 1<<7), unix.EINVAL},
		{"copying beyond every file", copied(0, math.MaxInt64, 8, 0), unix.EFBIG},
		{"seeking before the beginning", sought(-1, unix.SEEK_SET), unix.EINVAL},
		{"data beyond the end", sought(1<<40, unix.SEEK_DATA), unix.ENXIO},
		{"a hole beyond the end", sought(math.MaxInt64, unix.SEEK_HOLE), unix.ENXIO},
		{"seeking from nowhere", sought(0, 17), unix.EINVAL},
		{"a lock before the beginning", locked(unix.Flock_t{Type: unix.F_WRLCK, Start: -1, Len: 1}), unix.EINVAL},
		{"a lock whose end overflows", locked(unix.Flock_t{Type: unix.F_WRLCK, Start: math.MaxInt64, Len: 2}), unix.EOVERFLOW},
		{"a lock of no kind", locked(unix.Flock_t{Type: 77}), unix.EINVAL},
		{"a lock in an unknown way", func() error { return unix.Flock(fd, 77) }, unix.EINVAL},
		{"an attribute that is too large", attribute("user.large", 1<<16+1, 0), unix.E2BIG},
		{"an attribute whose name is too long", attribute("user."+strings.Repeat("n", 251), 1, 0), unix.ERANGE},
		{"an attribute whose name is empty", attribute("user.", 1, 0), unix.EINVAL},
		{"an attribute of no class", attribute("other.x", 1, 0), unix.EOPNOTSUPP},
		{"an attribute set in an unknown way", attribute("user.x", 1, 4), unix.EINVAL},
		{"an access list of no version", attribute("system.posix_acl_access", 9, 0), unix.EOPNOTSUPP},
		{"a listing of a file", func() error { _, err := unix.Getdents(fd, make([]byte, 1024)); return err }, unix.ENOTDIR},
	}
}

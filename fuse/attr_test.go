package fuse

import (
	"math"
	"os"
	"syscall"
	"testing"
	"time"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

func TestTimes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		ns   int64
		sec  int64
		nsec uint32
	}{
		{0, 0, 0},
		{1, 0, 1},
		{-1, -1, 999_999_999},
		{1_234_567_890_123_456_789, 1_234_567_890, 123_456_789},
		{-1_500_000_000, -2, 500_000_000},
		{math.MaxInt64, 9_223_372_036, 854_775_807},
	}
	for _, test := range tests {
		sec, nsec := seconds(test.ns)
		if int64(sec) != test.sec || nsec != test.nsec {
			t.Errorf("%d ns: got %d s %d ns, want %d s %d ns", test.ns, int64(sec), nsec, test.sec, test.nsec)
		}
		if test.ns == math.MaxInt64 {
			continue // beyond what nanoseconds takes as it is
		}
		if back := nanoseconds(sec, nsec); back != test.ns {
			t.Errorf("%d ns come back as %d", test.ns, back)
		}
	}
	for sec, want := range map[int64]int64{
		math.MaxInt64: math.MaxInt64, 9_223_372_036: math.MaxInt64,
		math.MinInt64: math.MinInt64, -9_223_372_037: math.MinInt64,
	} {
		if got := nanoseconds(uint64(sec), 999_999_999); got != want {
			t.Errorf("%d s become %d ns, want %d", sec, got, want)
		}
	}
}

func TestSetAttrMask(t *testing.T) {
	t.Parallel()
	writable, readable := handle(fsstate.OpenWrite, 1), handle(fsstate.OpenRead, 2)
	tests := []struct {
		name  string
		valid uint32
		fh    uint64
		want  fsstate.SetMask
	}{
		{"chmod", gofuse.FATTR_MODE, 0, fsstate.SetMode},
		{"chown", gofuse.FATTR_UID | gofuse.FATTR_GID | gofuse.FATTR_CTIME, 0, fsstate.SetUID | fsstate.SetGID},
		{"truncate", gofuse.FATTR_SIZE, 0, fsstate.SetSize},
		{"ftruncate", gofuse.FATTR_SIZE | gofuse.FATTR_FH | gofuse.FATTR_LOCKOWNER, writable, fsstate.SetSize | fsstate.SetByHandle},
		{"ftruncate of a file open for reading", gofuse.FATTR_SIZE | gofuse.FATTR_FH, readable, fsstate.SetSize},
		{"fchmod", gofuse.FATTR_MODE | gofuse.FATTR_FH, writable, fsstate.SetMode},
		{"times", gofuse.FATTR_ATIME | gofuse.FATTR_MTIME, 0, fsstate.SetAtime | fsstate.SetMtime},
		{"touch", gofuse.FATTR_ATIME | gofuse.FATTR_ATIME_NOW | gofuse.FATTR_MTIME | gofuse.FATTR_MTIME_NOW, 0,
			fsstate.SetAtimeNow | fsstate.SetMtimeNow},
	}
	for _, test := range tests {
		in := &gofuse.SetAttrIn{}
		in.Valid, in.Fh, in.Mode = test.valid, test.fh, syscall.S_IFREG|0o4755
		got := setAttr(in)
		if got.Mask != test.want {
			t.Errorf("%s: got mask %#x, want %#x", test.name, got.Mask, test.want)
		}
		if got.Mode != 0o4755 {
			t.Errorf("%s: got mode %#o with the type's bits", test.name, got.Mode)
		}
	}
}

// TestTimesInMount: times before the epoch and beyond the file system's range
// go there and back as Linux has it: the latter become the nearest.
func TestTimesInMount(t *testing.T) {
	t.Parallel()
	path := mounted(t, newService()).Path() + "/file"
	write(t, path, "")
	for set, want := range map[time.Time]time.Time{
		time.Unix(-86400, 5):                         time.Unix(-86400, 5),
		time.Date(2200, 1, 2, 3, 4, 5, 6, time.UTC):  time.Date(2200, 1, 2, 3, 4, 5, 6, time.UTC),
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC):  time.Unix(0, math.MaxInt64),
		time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC): time.Unix(0, math.MinInt64),
	} {
		ts := unix.Timespec{Sec: set.Unix(), Nsec: int64(set.Nanosecond())}
		must(t, unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{ts, ts}, 0))
		info, err := os.Stat(path)
		if err != nil || !info.ModTime().Equal(want) {
			t.Errorf("set to %v the time is %v, %v; want %v", set, info.ModTime(), err, want)
		}
	}
}

// TestSetIDBits: the replicas clear set-id bits, as the kernel would.
func TestSetIDBits(t *testing.T) {
	t.Parallel()
	if !isRoot() {
		t.Skip("chown needs root")
	}
	path := mounted(t, newService()).Path() + "/file"
	write(t, path, "")
	mode := func() os.FileMode {
		info, err := os.Stat(path)
		must(t, err)
		return info.Mode()
	}
	must(t, os.Chmod(path, 0o755|os.ModeSetuid|os.ModeSetgid))
	write(t, path, "by root") // who may keep them
	if got := mode(); got != 0o755|os.ModeSetuid|os.ModeSetgid {
		t.Errorf("after root's write the mode is %v", got)
	}
	must(t, os.Chown(path, 1000, 1000))
	if got := mode(); got != 0o755 {
		t.Errorf("after chown the mode is %v", got)
	}
}

// TestStatfs: what is written is missing from the free space.
func TestStatfs(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	var before, after syscall.Statfs_t
	must(t, syscall.Statfs(dir, &before))
	write(t, dir+"/file", string(make([]byte, 1<<20)))
	must(t, syscall.Statfs(dir, &after))
	if used := (before.Bfree - after.Bfree) * uint64(after.Bsize); used > 1<<20+fsstate.BlockSize {
		t.Errorf("a file of 1 MiB takes %d bytes", used)
	}
	if before.Ffree-after.Ffree != 1 || after.Namelen != fsstate.MaxName {
		t.Errorf("one file takes %d inodes; names have %d bytes", before.Ffree-after.Ffree, after.Namelen)
	}
}

// TestBirth: a file's time of birth stays when everything else changes, and
// statx(2) has the same attributes as stat(2).
func TestBirth(t *testing.T) {
	t.Parallel()
	path := mounted(t, newService()).Path() + "/file"
	write(t, path, "content")
	var before, after unix.Statx_t
	must(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_ALL, &before))
	if before.Mask&unix.STATX_BTIME == 0 {
		t.Skip("this kernel does not ask FUSE file systems for it (before Linux 6.6)")
	}
	must(t, os.Chmod(path, 0o600))
	must(t, os.Chtimes(path, time.Unix(1, 0), time.Unix(2, 3)))
	must(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_ALL, &after))
	if before.Btime != after.Btime || after.Btime.Sec == 0 {
		t.Errorf("the time of birth was %v and is %v", before.Btime, after.Btime)
	}
	var st unix.Stat_t
	must(t, unix.Stat(path, &st))
	if after.Ino != st.Ino || uint32(after.Mode) != st.Mode || after.Size != uint64(st.Size) ||
		after.Mtime.Sec != 2 || after.Mtime.Nsec != 3 || after.Atime.Sec != 1 || after.Nlink != 1 ||
		after.Ctime.Sec != st.Ctim.Sec || after.Uid != st.Uid || after.Blocks != uint64(st.Blocks) {
		t.Errorf("statx has %+v, stat %+v", after, st)
	}
}

package fuse

import (
	"context"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// TestReservedBlocks: there is no room when it is asked for, rather than later.
func TestReservedBlocks(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newServiceOf(fsstate.Limits{Bytes: 1 << 20, Inodes: 100, Lease: 1 << 40})).Path()
	f, err := os.Create(dir + "/file")
	must(t, err)
	defer f.Close()
	fd := int(f.Fd())
	if err := unix.Fallocate(fd, 0, 0, 1<<20+1); err != unix.ENOSPC {
		t.Errorf("fallocate of more than there is gives %v, want ENOSPC", err)
	}
	must(t, unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE, 0, 1<<20))
	if err := os.WriteFile(dir+"/other", []byte("x"), 0o644); err == nil {
		t.Error("there is room although all is reserved")
	}
	if _, err := f.Write(make([]byte, 1<<20)); err != nil {
		t.Errorf("what was reserved cannot be written to: %v", err)
	}
	must(t, unix.Fallocate(fd, unix.FALLOC_FL_KEEP_SIZE|unix.FALLOC_FL_PUNCH_HOLE, 0, 8192))
	must(t, os.WriteFile(dir+"/other", []byte("x"), 0o644))
	if at, err := unix.Seek(fd, 0, unix.SEEK_DATA); err != nil || at != 8192 {
		t.Errorf("data behind the hole is found at %d, %v", at, err)
	}
}

// meter counts the bytes that go through an invoker.
type meter struct {
	bfs.Invoker
	bytes atomic.Int64
}

func (m *meter) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	result, err := m.Invoker.Invoke(ctx, operation, readOnly)
	m.bytes.Add(int64(len(operation) + len(result)))
	return result, err
}

// TestCopyMovesNoData: cp has the replicas copy, who share the blocks. It runs
// alone, for the memory in use to tell something.
func TestCopyMovesNoData(t *testing.T) {
	need(t, "cp")
	const size = 64 << 20
	m := &meter{Invoker: newService().invoker()}
	dir := mountedOver(t, m, Options{}).Path()
	data := make([]byte, size)
	rand.NewChaCha8([32]byte{9}).Read(data)
	must(t, os.WriteFile(dir+"/from", data, 0o644))
	for _, command := range []string{"cp from plain", "cp --reflink=auto from auto", "cp -a plain archive"} {
		m.bytes.Store(0)
		before := inUse()
		shell(t, dir, command)
		if n := m.bytes.Load(); n > 64<<10 {
			t.Errorf("%s: %d bytes went through the client, for a file of %d", command, n, size)
		}
		if grown := inUse() - before; grown > size/8 {
			t.Errorf("%s: takes %d bytes of memory, for a file of %d", command, grown, size)
		}
		name := command[strings.LastIndexByte(command, ' ')+1:]
		if got, err := os.ReadFile(dir + "/" + name); err != nil || string(got) != string(data) {
			t.Errorf("%s: %d bytes that differ, or %v", command, len(got), err)
		}
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC() // what pools have kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestCloneIsNotPassedOn: Linux does not ask a FUSE server to clone, so FICLONE
// fails and programs go on to copy_file_range(2).
func TestCloneIsNotPassedOn(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	write(t, dir+"/from", "text")
	from, err := os.Open(dir + "/from")
	must(t, err)
	defer from.Close()
	to, err := os.Create(dir + "/to")
	must(t, err)
	defer to.Close()
	if err := unix.IoctlFileClone(int(to.Fd()), int(from.Fd())); err != unix.EOPNOTSUPP {
		t.Errorf("FICLONE gives %v, want EOPNOTSUPP", err)
	}
}

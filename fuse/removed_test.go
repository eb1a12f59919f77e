package fuse

import (
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"bfs/fsstate"
)

// openIn opens a file of one mount for reading and writing.
func openIn(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// holds checks what an open file reads.
func holds(t *testing.T, f *os.File, want string) {
	t.Helper()
	got, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err != nil || string(got) != want {
		t.Fatalf("the open file reads %q, %v; want %q", got, err, want)
	}
}

// TestReplacedWhileOpen: who has a file open keeps it when another mount
// renames one over it, and the name is the new one's for everybody.
func TestReplacedWhileOpen(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	write(t, a+"/file", "old")
	f := openIn(t, a+"/file")
	for _, content := range []string{"new", "newer"} {
		write(t, b+"/other", content)
		must(t, os.Rename(b+"/other", b+"/file"))
		holds(t, f, "old")
		expect(t, a+"/file", content)
	}
	_, err := f.WriteAt([]byte("OLD, and longer"), 0)
	must(t, err)
	holds(t, f, "OLD, and longer")
	expect(t, a+"/file", "newer")
	info, err := f.Stat()
	must(t, err)
	if nlink := info.Sys().(*syscall.Stat_t).Nlink; nlink != 0 {
		t.Errorf("the replaced file has %d names", nlink)
	}
}

// TestRemovedInBothMounts: a file that several have open in both mounts goes
// with the last of them, and its inode is free then.
func TestRemovedInBothMounts(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	before := freeInodes(t, a)
	write(t, a+"/file", "content")
	first, second, third := openIn(t, a+"/file"), openIn(t, b+"/file"), openIn(t, b+"/file")
	must(t, os.Remove(b+"/file"))
	for _, f := range []*os.File{first, second, third} {
		holds(t, f, "content")
		must(t, f.Close())
		if free := freeInodes(t, a); f != third && free >= before {
			t.Errorf("%d inodes are free while the file is open", free)
		}
	}
	for freeInodes(t, b) != before {
		continue // the kernel does not wait for a release
	}
}

func freeInodes(t *testing.T, path string) uint64 {
	t.Helper()
	var st syscall.Statfs_t
	must(t, syscall.Statfs(path, &st))
	return st.Ffree
}

// TestRemovedWhileIdle: a mount that only has a removed file open keeps it
// beyond any lease, because it renews it.
func TestRemovedWhileIdle(t *testing.T) {
	t.Parallel()
	const lease = 150 * time.Millisecond
	s := newServiceOf(fsstate.Limits{Bytes: 1 << 30, Inodes: 1 << 10, Lease: int64(lease)})
	w := newWitness(s.invoker(), opcodeRenew)
	a := mountedOver(t, w, Options{Lease: lease}).Path()
	b := mountedOver(t, s.invoker(), Options{Lease: lease}).Path()
	write(t, a+"/file", "content")
	f := openIn(t, a+"/file")
	must(t, os.Remove(b+"/file"))
	for range 3 * renewalsPerLease {
		<-w.seen[opcodeRenew]
	}
	write(t, b+"/another", "this expires what has run out")
	holds(t, f, "content")
}

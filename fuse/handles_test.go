package fuse

import (
	"context"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

func TestOpenFlags(t *testing.T) {
	t.Parallel()
	tests := []struct {
		flags uint32
		want  fsstate.OpenMode
	}{
		{syscall.O_RDONLY, fsstate.OpenRead},
		{syscall.O_WRONLY | syscall.O_APPEND, fsstate.OpenWrite},
		{syscall.O_RDWR | syscall.O_SYNC, fsstate.OpenRead | fsstate.OpenWrite},
		{syscall.O_WRONLY | syscall.O_TRUNC, fsstate.OpenWrite | fsstate.OpenTruncate},
		{syscall.O_RDWR | syscall.O_CREAT | syscall.O_EXCL, fsstate.OpenRead | fsstate.OpenWrite | fsstate.OpenExclusive},
		{syscall.O_RDONLY | syscall.O_LARGEFILE | flagExec, fsstate.OpenExec},
	}
	for _, test := range tests {
		got := openFlags(test.flags)
		if got != test.want {
			t.Errorf("flags %#o: got mode %#x, want %#x", test.flags, got, test.want)
		}
		if back := openMode(handle(got, 1<<40)); back != test.want&handleModes {
			t.Errorf("flags %#o: the handle has mode %#x", test.flags, back)
		}
	}
}

// A witness notes the operations that pass. Opcodes are the second byte, after
// the head of the array (package bfs, operation.go).
type witness struct {
	bfs.Invoker
	mu    sync.Mutex
	count map[byte]int
	seen  map[byte]chan struct{}
}

const (
	opcodeOpen    = 7
	opcodeRelease = 8
	opcodeRenew   = 20
)

func newWitness(invoker bfs.Invoker, opcodes ...byte) *witness {
	w := &witness{Invoker: invoker, count: make(map[byte]int), seen: make(map[byte]chan struct{})}
	for _, code := range opcodes {
		w.seen[code] = make(chan struct{}, 1024)
	}
	return w
}

func (w *witness) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	result, err := w.Invoker.Invoke(ctx, operation, readOnly)
	w.mu.Lock()
	w.count[operation[1]]++
	w.mu.Unlock()
	if seen := w.seen[operation[1]]; seen != nil {
		seen <- struct{}{}
	}
	return result, err
}

// TestEveryOpenIsReleased: files and directories; mknod opens nothing.
func TestEveryOpenIsReleased(t *testing.T) {
	t.Parallel()
	w := newWitness(newService().invoker(), opcodeRelease)
	dir := mountedOver(t, w, Options{}).Path()
	write(t, dir+"/file", "created")
	expect(t, dir+"/file", "created")
	list(t, dir, "file")
	must(t, syscall.Mknod(dir+"/node", syscall.S_IFREG|0o600, 0))
	for range 3 {
		<-w.seen[opcodeRelease]
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count[opcodeOpen] != 2 || w.count[opcodeRelease] != 3 {
		t.Errorf("there were %d opens and %d releases; want 2, beside 1 file made, and 3",
			w.count[opcodeOpen], w.count[opcodeRelease])
	}
}

// TestReleaseIsNotLost: the replicas are away while a file is closed.
func TestReleaseIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWitness(newService().invoker(), opcodeRelease)
	g := newGate(w)
	dir := mountedOver(t, g, Options{Timeout: time.Hour}).Path()
	f, err := os.Create(dir + "/file")
	must(t, err)
	g.close()
	must(t, f.Close())
	<-g.arrivals
	g.open()
	<-w.seen[opcodeRelease]
}

// TestLeaseIsRenewed: while a file is open, and not otherwise.
func TestLeaseIsRenewed(t *testing.T) {
	t.Parallel()
	w := newWitness(newService().invoker(), opcodeRenew, opcodeRelease)
	dir := mountedOver(t, w, Options{Lease: 3 * time.Millisecond}).Path()
	if len(w.seen[opcodeRenew]) != 0 {
		t.Error("the lease is renewed although no file is open")
	}
	f, err := os.Create(dir + "/file")
	must(t, err)
	<-w.seen[opcodeRenew]
	<-w.seen[opcodeRenew]
	must(t, f.Close())
	<-w.seen[opcodeRelease]
}

// TestMknod: a node is of the type and number that were asked for, and without
// a type it is a file.
func TestMknod(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	for _, kind := range []uint32{syscall.S_IFIFO, syscall.S_IFSOCK, syscall.S_IFCHR, syscall.S_IFBLK} {
		name, rdev := fmt.Sprintf("%s/%o", dir, kind), uint64(0)
		if kind == syscall.S_IFCHR || kind == syscall.S_IFBLK {
			rdev = unix.Mkdev(200, 1<<19+3)
		}
		must(t, syscall.Mknod(name, kind|0o640, int(rdev)))
		var st syscall.Stat_t
		must(t, syscall.Stat(name, &st))
		var stx unix.Statx_t
		must(t, unix.Statx(unix.AT_FDCWD, name, 0, unix.STATX_ALL, &stx))
		if st.Mode != kind|0o640 || st.Rdev != rdev || unix.Mkdev(stx.Rdev_major, stx.Rdev_minor) != rdev {
			t.Errorf("type %#o: mode %#o, device %#x and %d:%d", kind, st.Mode, st.Rdev, stx.Rdev_major, stx.Rdev_minor)
		}
	}
	must(t, syscall.Mknod(dir+"/node", 0o640, 0))
	if err := syscall.Mknod(dir+"/node", syscall.S_IFREG, 0); err != syscall.EEXIST {
		t.Errorf("the second one gives %v, want EEXIST", err)
	}
	if info, err := os.Stat(dir + "/node"); err != nil || info.Mode() != 0o640 || info.Size() != 0 {
		t.Errorf("the file is %v, %v", info, err)
	}
}

// TestCreateLosesRace: somebody made another thing of that name since the
// kernel looked; it has to look again.
func TestCreateLosesRace(t *testing.T) {
	t.Parallel()
	f := raw(t, newService().invoker())
	header := rootHeader
	f.Symlink(nil, &header, "nowhere", "link", &gofuse.EntryOut{})
	f.Mkdir(nil, &gofuse.MkdirIn{InHeader: header}, "dir", &gofuse.EntryOut{})
	for _, name := range []string{"link", "dir"} {
		in := &gofuse.CreateIn{InHeader: header, Flags: syscall.O_CREAT | syscall.O_RDWR, Mode: 0o644}
		if got := f.Create(nil, in, name, &gofuse.CreateOut{}); got != gofuse.Status(syscall.ESTALE) {
			t.Errorf("create over a %s is %v, want ESTALE", name, got)
		}
		in.Flags |= syscall.O_EXCL
		if got := f.Create(nil, in, name, &gofuse.CreateOut{}); got != gofuse.Status(syscall.EEXIST) {
			t.Errorf("exclusive create over a %s is %v, want EEXIST", name, got)
		}
	}
}

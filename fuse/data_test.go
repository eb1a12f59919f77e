package fuse

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// TestMappedPagesKeepTheirPlace: what the kernel writes from its page cache
// belongs at its offset, even if the descriptor appends.
func TestMappedPagesKeepTheirPlace(t *testing.T) {
	t.Parallel()
	f := raw(t, newService().invoker())
	var out gofuse.CreateOut
	in := &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_CREAT | syscall.O_RDWR | syscall.O_APPEND, Mode: 0o644}
	if status := f.Create(nil, in, "file", &out); status != gofuse.OK {
		t.Fatal(status)
	}
	header := rootHeader
	header.NodeId = out.NodeId
	put := func(data string, writeFlags uint32) {
		t.Helper()
		w := &gofuse.WriteIn{InHeader: header, Fh: out.Fh, Flags: syscall.O_APPEND, WriteFlags: writeFlags}
		if n, status := f.Write(nil, w, []byte(data)); int(n) != len(data) || status != gofuse.OK {
			t.Fatalf("write: %d, %v", n, status)
		}
	}
	put("one", 0)
	put("two", 0)
	put("ONE", gofuse.WRITE_CACHE)
	result, status := f.Read(nil, &gofuse.ReadIn{InHeader: header, Size: 100}, nil)
	if status != gofuse.OK {
		t.Fatal(status)
	}
	if got, _ := result.Bytes(nil); string(got) != "ONEtwo" {
		t.Errorf("the file holds %q, want ONEtwo", got)
	}
}

// TestLargeTransfers: reads and writes larger than one request, at odd places,
// with a hole before them.
func TestLargeTransfers(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	data := make([]byte, 3*maxTransfer+12345)
	rand.NewChaCha8([32]byte{1}).Read(data)
	const hole = 1_000_003
	f, err := os.Create(a + "/file")
	must(t, err)
	defer f.Close()
	if n, err := f.WriteAt(data, hole); n != len(data) || err != nil {
		t.Fatalf("write: %d, %v", n, err)
	}
	must(t, f.Sync())
	got, err := os.ReadFile(b + "/file")
	must(t, err)
	if len(got) != hole+len(data) || !bytes.Equal(got[:hole], make([]byte, hole)) || !bytes.Equal(got[hole:], data) {
		t.Errorf("the other mount reads %d bytes that differ from the %d written behind a hole of %d", len(got), len(data), hole)
	}
	var st syscall.Stat_t
	must(t, syscall.Stat(b+"/file", &st))
	if used := uint64(st.Blocks) * 512; used > uint64(len(data))+2*fsstate.BlockSize {
		t.Errorf("the file takes %d bytes, with its hole", used)
	}
}

// TestNoRoom: a full file system says so, and goes on when there is room,
// which is when the replicas know that the removed file is closed.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	w := newWitness(newServiceOf(fsstate.Limits{Bytes: 1 << 20, Inodes: 100, Lease: 1 << 40}).invoker(), opcodeRelease)
	dir := mountedOver(t, w, Options{}).Path()
	if err := os.WriteFile(dir+"/large", make([]byte, 2<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a file of twice the size gives %v, want ENOSPC", err)
	}
	<-w.seen[opcodeRelease]
	must(t, os.Remove(dir+"/large"))
	write(t, dir+"/small", "fits")
	expect(t, dir+"/small", "fits")
}

// TestQuota: what is more than the owner may have changes nothing, and says so
// with another errno than a full file system; copies count in full.
func TestQuota(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newServiceOf(fsstate.Limits{
		Bytes: 1 << 30, Inodes: 100, Lease: 1 << 40,
		Quota: fsstate.Quota{Bytes: 64 << 10, Inodes: 4}, QuotaBindsRoot: true,
	})).Path()
	write(t, dir+"/half", strings.Repeat("x", 40<<10))
	for name, err := range map[string]error{
		"more bytes":  os.WriteFile(dir+"/more", make([]byte, 40<<10), 0o644),
		"a copy":      copyAll(t, dir+"/half", dir+"/copy"),
		"more inodes": os.Mkdir(dir+"/directory", 0o755),
	} {
		if !errors.Is(err, syscall.EDQUOT) {
			t.Errorf("%s than the quota: %v, want EDQUOT", name, err)
		}
	}
	expect(t, dir+"/more", "")
	expect(t, dir+"/copy", "")
}

// copyAll makes to a file with the contents of another, which share blocks.
func copyAll(t *testing.T, from, to string) error {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	out, err := os.Create(to)
	must(t, err)
	defer out.Close()
	_, err = unix.CopyFileRange(int(in.Fd()), nil, int(out.Fd()), nil, 1<<20, 0)
	return err
}

// TestSync: files and directories can be synchronised.
func TestSync(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	d, err := os.Open(dir)
	must(t, err)
	defer d.Close()
	must(t, d.Sync())
	f, err := os.Create(dir + "/file")
	must(t, err)
	defer f.Close()
	must(t, f.Sync())
}

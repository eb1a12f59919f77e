package fsstate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestReadAndWriteStatuses(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", MaxIO)
	try(t, []attempt{
		{"write by the owner", alice, write("dir/f", 0, "x"), OK},
		{"EACCES: write", bob, write("dir/f", 0, "x"), Access},
		{"write by root", root, write("dir/f", 0, "x"), OK},
		{"EISDIR: write", alice, write("dir", 0, "x"), IsDir},
		{"write to a symbolic link", alice, write("dir/ln", 0, "x"), Inval},
		{"the last byte there can be", alice, write("dir/f", MaxSize-1, "x"), OK},
		{"EFBIG: one more", alice, write("dir/f", MaxSize, "x"), FBig},
		{"EFBIG: across the end", alice, write("dir/f", MaxSize-1, "xy"), FBig},
		{"EINVAL: a negative offset", alice, write("dir/f", 1<<63, "x"), Inval},
		{"EINVAL: the largest offset", alice, write("dir/f", 1<<64-1, "x"), Inval},
		{"as much as goes", alice, write("dir/f", 1, big), OK},
		{"EINVAL: more", alice, write("dir/f", 1, big+"x"), Inval},
		{"read by anybody", bob, read("dir/f", 0, 9), OK},
		{"the path was searched when it was looked up", bob, read("secret/f", 0, 9), OK},
		{"EISDIR: read", alice, read("dir", 0, 9), IsDir},
		{"read of a symbolic link", alice, read("dir/ln", 0, 9), Inval},
		{"EINVAL: read at a negative offset", alice, read("dir/f", 1<<63, 9), Inval},
		{"read at the largest offset", alice, read("dir/f", MaxSize, 1<<32-1), OK},
		{"ESTALE", alice, func(x *tree, c *Context) Status { return x.only(x.Write(c, 999, 0, nil, false)) }, Stale},
	})
}

// TestContents writes pieces into a sparse file and compares it with a slice.
func TestContents(t *testing.T) {
	t.Parallel()
	const span = 5 * BlockSize
	sizes := []int{1, 100, BlockSize - 1, BlockSize, BlockSize + 1, 2*BlockSize + 7}
	for _, at := range []uint64{0, 1, BlockSize - 1, BlockSize, BlockSize + 1, 2*BlockSize - 1} {
		for _, size := range sizes {
			for _, fill := range []byte{0, 'x'} {
				want := []byte(strings.Repeat("abc", BlockSize/2)) // one block and a half
				x := newTree(t)
				ino := x.ino("dir/f")
				x.write(ino, string(want))
				piece := bytes.Repeat([]byte{fill}, size)
				a, status := x.Write(x.as(alice), ino, at, piece, false)
				x.ok(status)
				want = append(want, make([]byte, span)...)[:max(len(want), int(at)+size)]
				copy(want[at:], piece)
				got, _ := x.Read(x.as(alice), ino, 0, span)
				if !bytes.Equal(got, want) || a.Size != uint64(len(want)) {
					t.Fatalf("%d bytes of %q at %d: %d bytes come back", size, fill, at, len(got))
				}
				if part, _ := x.Read(x.as(alice), ino, at+1, 10); !bytes.Equal(part, want[at+1:min(int(at)+11, len(want))]) {
					t.Fatalf("%d bytes at %d: a part differs", size, at)
				}
			}
		}
	}
}

func TestReadOfMoreThanMaxIO(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.set(alice, "dir/f", SetAttr{Mask: SetSize, Size: 3 * MaxIO})
	got, status := x.Read(x.as(alice), x.ino("dir/f"), 10, 1<<32-1)
	if status != OK || len(got) != MaxIO {
		t.Errorf("%d bytes, %v", len(got), status)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	for i := range 300 {
		text := fmt.Sprintf(" %d", i)
		before := x.stat("dir/f").Size
		a, status := x.Write(x.as(alice), ino, 1<<64-1, []byte(text), true)
		if status != OK || a.Size != before+uint64(len(text)) {
			t.Fatalf("append %d: %+v %v", i, a, status)
		}
	}
	got, _ := x.Read(x.as(alice), ino, 0, MaxIO)
	if !strings.HasPrefix(string(got), "hello 0 1 2") || !strings.HasSuffix(string(got), " 298 299") {
		t.Errorf("contents %.20q", got)
	}
}

// TestSparseFiles: a hole reads as zeros and takes no space, and what was cut
// off does not come back when the file grows again.
func TestSparseFiles(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	x.ok(x.only(x.Write(x.as(alice), ino, 1<<40, []byte("far"), false)))
	if a := x.stat("dir/f"); a.Size != 1<<40+3 || a.Blocks != 16 {
		t.Errorf("a file with two blocks: %+v", a)
	}
	if got, _ := x.Read(x.as(alice), ino, 1<<39, 100); !bytes.Equal(got, make([]byte, 100)) {
		t.Errorf("the hole reads %q", got)
	}
	x.set(alice, "dir/f", SetAttr{Mask: SetSize, Size: 2})
	a := x.set(alice, "dir/f", SetAttr{Mask: SetSize, Size: 6})
	if got, _ := x.Read(x.as(alice), ino, 0, 100); string(got) != "he\x00\x00\x00\x00" || a.Blocks != 8 {
		t.Errorf("cut to two and grown to six: %q, %d blocks", got, a.Blocks)
	}
	if a = x.set(alice, "dir/f", SetAttr{Mask: SetSize, Size: 0}); a.Blocks != 0 {
		t.Errorf("the empty file has %d blocks", a.Blocks)
	}
	x.check()
}

// TestBlocksAreNotShared: a block that was read, written or cut stays as it
// is in earlier versions.
func TestBlocksAreNotShared(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	data := []byte("data of the caller's")
	x.ok(x.only(x.Write(x.as(alice), ino, 0, data, false)))
	clear(data)
	version := x.Snapshot()
	got, _ := x.Read(x.as(alice), ino, 0, 100)
	clear(got)
	x.ok(x.only(x.Write(x.as(alice), ino, 5, []byte("XX"), false)))
	x.set(alice, "dir/f", SetAttr{Mask: SetSize, Size: 6})
	x.Restore(version)
	if got, _ := x.Read(x.as(alice), ino, 0, 100); string(got) != "data of the caller's" {
		t.Errorf("the earlier version reads %q", got)
	}
}

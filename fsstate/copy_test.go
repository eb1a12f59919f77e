package fsstate

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// copyAll copies until the source's end, and returns in how many operations.
func copyAll(t testing.TB, s *State, c *Context, r CopyRange) (operations int) {
	t.Helper()
	for {
		n, status := s.CopyRange(c, r)
		if operations++; status != OK {
			t.Fatal(status)
		}
		if r = r.after(n); n == 0 || r.Length == 0 {
			return operations
		}
	}
}

// TestCopyRangeMovesAnyBytes compares copies at all sorts of offsets with the
// same ones in a slice of bytes.
func TestCopyRangeMovesAnyBytes(t *testing.T) {
	t.Parallel()
	const size = 20 * BlockSize
	rng := rand.New(rand.NewPCG(3, 1))
	s, inos := benchState(t, 2)
	c := &Context{Now: 1e18}
	var want [2][]byte
	for i := range want {
		want[i] = make([]byte, size)
		for j := range want[i] {
			want[i][j] = byte(rng.Uint32())
		}
		check(t, second(s.Write(c, inos[i], 0, want[i], false)))
	}
	offsets := []uint64{0, 1, 4095, 4096, 4097, 8192, 12288, 20480, 20481, 70000}
	for range 600 {
		from, to := rng.IntN(2), rng.IntN(2)
		r := CopyRange{inos[from], inos[to], offsets[rng.IntN(10)], offsets[rng.IntN(10)], offsets[rng.IntN(10)]}
		n, status := s.CopyRange(c, r)
		switch {
		case status == Inval && from == to:
			continue
		case status != OK || n != min(r.Length, uint64(len(want[from]))-r.FromOffset):
			t.Fatalf("%+v: %d, %v", r, n, status)
		}
		end := max(uint64(len(want[to])), r.ToOffset+n)
		want[to] = append(want[to], make([]byte, end-uint64(len(want[to])))...)
		copy(want[to][r.ToOffset:], want[from][r.FromOffset:r.FromOffset+n])
		for i := range want {
			if got, _ := s.Read(c, inos[i], 0, MaxIO); !bytes.Equal(got, want[i]) {
				t.Fatalf("%+v: file %d has other bytes", r, i)
			}
		}
	}
	if err := s.CheckInvariants(); err != nil {
		t.Fatal(err)
	}
}

// TestCopyOfAWholeFile is one operation, which shares all blocks, whatever the
// size, and leaves the copies independent.
func TestCopyOfAWholeFile(t *testing.T) {
	const blocks = 16 << 10 // 64 MiB
	s, inos := benchState(t, 2)
	c := &Context{Now: 1e18}
	fill(t, s, inos[0], 0, blocks, rand.New(rand.NewPCG(4, 4)))
	check(t, second(s.Write(c, inos[0], blocks*BlockSize, []byte("end"), false)))
	s.Digest()
	before := heap()
	if n := copyAll(t, s, c, CopyRange{inos[0], inos[1], 0, 0, MaxSize}); n != 2 {
		t.Errorf("%d operations, want one and one that finds nothing left", n)
	}
	s.Digest()
	if grown := int64(heap() - before); grown > 1<<20 {
		t.Errorf("a copy of 64 MiB takes %d bytes", grown)
	}
	a, _ := s.attr(inos[0])
	if b, _ := s.attr(inos[1]); b.Size != a.Size || b.Blocks != a.Blocks {
		t.Errorf("the copy has size %d and %d sectors, want %d and %d", b.Size, b.Blocks, a.Size, a.Blocks)
	}
	was, _ := s.Read(c, inos[0], 5*BlockSize, 2*BlockSize)
	check(t, second(s.Write(c, inos[1], 5*BlockSize+9, []byte("other"), false)))
	check(t, second(s.Write(c, inos[0], 9*BlockSize, []byte("other"), false)))
	if now, _ := s.Read(c, inos[0], 5*BlockSize, 2*BlockSize); !bytes.Equal(was, now) {
		t.Error("the source changes with the copy")
	}
	if other, _ := s.Read(c, inos[1], 9*BlockSize, 5); string(other) == "other" {
		t.Error("the copy changes with the source")
	}
	if err := s.CheckInvariants(); err != nil {
		t.Fatal(err)
	}
}

// TestCopyToAnotherIndex shares the blocks too, some at a time.
func TestCopyToAnotherIndex(t *testing.T) {
	const blocks = 2*maxCopyBlocks + 5
	s, inos := benchState(t, 1)
	c := &Context{Now: 1e18}
	fill(t, s, inos[0], 0, blocks, rand.New(rand.NewPCG(5, 4)))
	before := heap()
	r := CopyRange{inos[0], inos[0], 0, 2 * blocks * BlockSize, blocks * BlockSize}
	if n := copyAll(t, s, c, r); n != 3 {
		t.Errorf("%d operations, want 3", n)
	}
	if grown := heap() - before; grown > blocks*200 {
		t.Errorf("a copy of %d blocks takes %d bytes", blocks, grown)
	}
	for _, off := range []uint64{0, maxCopyBlocks, blocks - 1} {
		a, _ := s.Read(c, inos[0], off*BlockSize, BlockSize)
		if b, _ := s.Read(c, inos[0], (2*blocks+off)*BlockSize, BlockSize); !bytes.Equal(a, b) {
			t.Errorf("block %d is not what it was", off)
		}
	}
}

// TestCopyNeedsRoom for all blocks of the copy, or does nothing.
func TestCopyNeedsRoom(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f, g := x.create(alice, "dir/from", 0o644), x.create(alice, "dir/to", 0o644)
	x.write(f, string(bytes.Repeat([]byte("x"), 9*BlockSize)))
	x.limits.Bytes = (x.blocks + 8) * BlockSize
	c := x.as(alice)
	before := x.stat("dir/to")
	if _, status := x.CopyRange(c, CopyRange{f, g, 0, 0, 9 * BlockSize}); status != NoSpace || x.stat("dir/to") != before {
		t.Errorf("%v, or something has changed", status)
	}
	x.ok(x.only(x.Fallocate(c, g, 0, 0, BlockSize)))
	if n, status := x.CopyRange(c, CopyRange{f, g, 0, 0, 8 * BlockSize}); status != OK || n != 8*BlockSize {
		t.Errorf("with just enough room: %d, %v", n, status)
	}
	x.check()
}

// TestCopyRangeRefuses what makes no sense or is not allowed.
func TestCopyRangeRefuses(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f, g := x.create(alice, "sticky/mine", 0o600), x.create(bob, "sticky/yours", 0o644)
	x.write(f, "secret")
	for _, test := range []struct {
		c    Caller
		r    CopyRange
		want Status
	}{
		{alice, CopyRange{f, g, 0, 0, 6}, Access},
		{bob, CopyRange{f, g, 0, 0, 6}, Access},
		{root, CopyRange{9999, g, 0, 0, 6}, Stale},
		{root, CopyRange{f, 9999, 0, 0, 6}, Stale},
		{root, CopyRange{x.ino("dir"), g, 0, 0, 6}, IsDir},
		{root, CopyRange{f, x.ino("dir"), 0, 0, 6}, IsDir},
		{root, CopyRange{f, g, MaxSize + 1, 0, 6}, Inval},
		{root, CopyRange{f, g, 0, 0, 1 << 63}, Inval},
		{root, CopyRange{f, g, 0, MaxSize - 5, 6}, FBig},
		{root, CopyRange{f, f, 0, 3, 6}, Inval},
		{root, CopyRange{f, f, 0, 6, 6}, OK},
		{root, CopyRange{f, g, 1 << 40, 0, 6}, OK},
	} {
		if _, status := x.CopyRange(x.as(test.c), test.r); status != test.want {
			t.Errorf("%+v by %d: %v", test.r, test.c.UID, status)
		}
	}
	if got, _ := x.Read(x.as(root), g, 0, 100); len(got) > 0 {
		t.Errorf("%q was copied", got)
	}
}

// TestCopyOutOfASnapshot brings a file back to what it was, sharing its blocks.
func TestCopyOutOfASnapshot(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f := x.create(alice, "dir/large", 0o644)
	was := bytes.Repeat([]byte("then"), 5000)
	x.write(f, string(was))
	x.snap("s")
	x.write(f, string(bytes.Repeat([]byte("now "), 6000)))
	x.ok(x.only(x.Setattr(x.as(alice), f, SetAttr{Mask: SetSize})))
	from := x.ino(".snapshots/s/dir/large")
	if n, status := x.CopyRange(x.as(alice), CopyRange{from, f, 0, 0, MaxSize}); status != OK || n != uint64(len(was)) {
		t.Fatalf("%d bytes are copied, %v", n, status)
	}
	if got, _ := x.Read(x.as(alice), f, 0, MaxIO); !bytes.Equal(got, was) {
		t.Error("the file is not what it was")
	}
	if _, status := x.CopyRange(x.as(root), CopyRange{f, from, 0, 0, 1}); status != ROFS {
		t.Errorf("a copy into a snapshot is %v", status)
	}
	x.check()
}

package fsstate

import (
	"fmt"
	"strings"
	"testing"
)

// TestFallocatePromisesRoom: what is reserved counts at once, and writing there
// succeeds when nothing else would.
func TestFallocatePromisesRoom(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.limits.Bytes = (x.blocks + 10) * BlockSize
	a, b := x.create(alice, "dir/a", 0o644), x.create(alice, "dir/b", 0o644)
	c := x.as(alice)
	x.ok(x.only(x.Fallocate(c, a, FallocKeepSize, 2*BlockSize, 7*BlockSize+1)))
	if s := x.stat("dir/a"); s.Size != 0 || s.Blocks != 8*8 {
		t.Errorf("size %d and %d sectors with 8 blocks reserved", s.Size, s.Blocks)
	}
	if st, _ := x.Statfs(c); st.BytesFree != 2*BlockSize {
		t.Errorf("%d bytes are free, want 2 blocks", st.BytesFree)
	}
	x.ok(x.only(x.Write(c, b, 0, []byte(strings.Repeat("b", 2*BlockSize)), false)))
	if _, status := x.Write(c, b, 2*BlockSize, []byte("b"), false); status != NoSpace {
		t.Errorf("a write beyond the room is %v", status)
	}
	if _, status := x.Fallocate(c, b, 0, 0, 3*BlockSize); status != NoSpace || x.stat("dir/b").Size != 2*BlockSize {
		t.Errorf("reserving beyond the room is %v", status)
	}
	for off := uint64(2 * BlockSize); off < 10*BlockSize; off += BlockSize {
		x.ok(x.only(x.Write(c, a, off, []byte("a"), false)))
	}
	if s := x.stat("dir/a"); s.Blocks != 8*8 {
		t.Errorf("%d sectors when all is written", s.Blocks)
	}
	x.ok(x.only(x.Fallocate(c, a, FallocPunchHole|FallocKeepSize, 0, 5*BlockSize)))
	x.ok(x.only(x.Write(c, b, 2*BlockSize, []byte(strings.Repeat("b", 3*BlockSize)), false)))
}

// TestFallocateOfAnySize takes what one of a block takes.
func TestFallocateOfAnySize(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.limits.Bytes = 1<<64 - 1
	f := x.create(alice, "dir/large", 0o644)
	c := x.as(alice)
	x.ok(x.only(x.Fallocate(c, f, 0, 0, MaxSize)))
	if s := x.stat("dir/large"); s.Size != MaxSize || s.Blocks != (lastIndex+1)*8 {
		t.Errorf("size %d, %d sectors", s.Size, s.Blocks)
	}
	x.ok(x.only(x.Write(c, f, 1<<50, []byte("far"), false)))
	x.ok(x.only(x.Fallocate(c, f, FallocZeroRange, 1<<40, 1<<60)))
	x.ok(x.only(x.Fallocate(c, f, FallocPunchHole|FallocKeepSize, 1<<41, 1<<61)))
	if s := x.stat("dir/large"); s.Blocks != (lastIndex+1-1<<49)*8 {
		t.Errorf("%d sectors after a hole of 2^61 bytes", s.Blocks)
	}
	if n, _ := x.get(f); n.reserved.Len() != 2 {
		t.Errorf("%d runs, want 2", n.reserved.Len())
	}
	x.ok(x.only(x.Setattr(c, f, SetAttr{Mask: SetSize, Size: 1})))
	if s := x.stat("dir/large"); s.Blocks != 8 {
		t.Errorf("%d sectors after a truncation", s.Blocks)
	}
	x.ok(x.only(x.Setattr(c, f, SetAttr{Mask: SetSize, Size: 0})))
	x.check()
}

// TestFallocateBounds: what is reserved lies in a bounded number of places.
func TestFallocateBounds(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.limits.Bytes = 1 << 60
	f := x.create(alice, "dir/comb", 0o644)
	c := &Context{Caller: alice, Now: 1e18}
	for i := range uint64(MaxRuns) {
		check(t, second(x.Fallocate(c, f, FallocKeepSize, 2*i*BlockSize, 1)))
	}
	x.check()
	before := x.Digest()
	if _, status := x.Fallocate(c, f, FallocKeepSize, 3*MaxRuns*BlockSize, 1); status != NoSpace || before != x.Digest() {
		t.Errorf("one more is %v, or has changed something", status)
	}
	check(t, second(x.Fallocate(c, f, 0, 0, 4*MaxRuns*BlockSize)))
	if n, _ := x.get(f); n.reserved.Len() != 1 || n.unwritten != 4*MaxRuns {
		t.Errorf("%d runs of %d blocks when all of it is reserved", n.reserved.Len(), n.unwritten)
	}
	x.check()
}

// TestFallocateRefuses what makes no sense, and changes nothing then.
func TestFallocateRefuses(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f := x.ino("dir/f")
	x.set(root, "dir/f", SetAttr{Mask: SetMode, Mode: 0o444})
	before := x.stat("dir/f")
	for _, test := range []struct {
		c           Caller
		ino         Ino
		mode        FallocMode
		off, length uint64
		want        Status
	}{
		{root, f, 0, 0, 0, Inval},
		{root, f, 0, MaxSize + 1, 1, Inval},
		{root, f, 0, MaxSize, 1, FBig},
		{root, f, 0, 1, 1<<64 - 1, FBig},
		{root, f, FallocPunchHole, 0, 1, NotSupported},
		{root, f, FallocPunchHole | FallocZeroRange | FallocKeepSize, 0, 1, NotSupported},
		{root, f, 8, 0, BlockSize, NotSupported},  // collapse
		{root, f, 32, 0, BlockSize, NotSupported}, // insert
		{root, f, 64, 0, BlockSize, NotSupported}, // unshare
		{root, x.ino("dir"), 0, 0, 1, IsDir},
		{root, 9999, 0, 0, 1, Stale},
		{carol, f, 0, 0, 1, Access},
	} {
		if _, status := x.Fallocate(x.as(test.c), test.ino, test.mode, test.off, test.length); status != test.want {
			t.Errorf("%+v: %v", test, status)
		}
	}
	if x.stat("dir/f") != before {
		t.Error("the file has changed")
	}
	if _, status := x.Fallocate(&Context{ReadOnly: true}, f, 0, 0, 1); status != MustOrder {
		t.Errorf("a read-only one is %v", status)
	}
}

// TestZeroingEdges: bytes next to a range keep what they are.
func TestZeroingEdges(t *testing.T) {
	t.Parallel()
	for _, mode := range []FallocMode{FallocPunchHole | FallocKeepSize, FallocZeroRange} {
		for _, r := range []span{{10, 20}, {10, 4096}, {0, 4097}, {4095, 4097}, {1, 12287}, {4096, 8192}, {0, 12288}} {
			x := newTree(t)
			f := x.create(alice, "dir/z", 0o644)
			text := strings.Repeat("x", 3*BlockSize)
			x.write(f, text)
			x.ok(x.only(x.Fallocate(x.as(alice), f, mode, r.off, r.end-r.off)))
			want := text[:r.off] + strings.Repeat("\x00", int(r.end-r.off)) + text[r.end:]
			got, status := x.Read(x.as(alice), f, 0, MaxIO)
			if status != OK || string(got) != want {
				t.Errorf("mode %d, %v: other bytes than wanted, or %v", mode, r, status)
			}
			if whole, ok := r.whole(); mode&FallocPunchHole != 0 && ok && x.stat("dir/z").Blocks != (3-whole.blocks())*8 {
				t.Errorf("%v: %d sectors are left", r, x.stat("dir/z").Blocks)
			}
		}
	}
}

// TestSparseFilesOfTheLargestSize are cut and made longer in a few steps.
func TestSparseFilesOfTheLargestSize(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f := x.create(alice, "dir/sparse", 0o644)
	c := x.as(alice)
	for shift := range 62 {
		x.ok(x.only(x.Write(c, f, 1<<shift, fmt.Append(nil, shift%10), false)))
	}
	x.ok(x.only(x.Write(c, f, MaxSize-1, []byte("z"), false)))
	if _, status := x.Write(c, f, MaxSize, []byte("z"), false); status != FBig {
		t.Errorf("a write at the largest size is %v", status)
	}
	for shift := 61; shift >= 12; shift-- {
		x.ok(x.only(x.Setattr(c, f, SetAttr{Mask: SetSize, Size: 1 << shift})))
		x.ok(x.only(x.Setattr(c, f, SetAttr{Mask: SetSize, Size: MaxSize})))
		if end, status := x.Seek(c, f, 1<<shift, SeekData); status != NXIO {
			t.Fatalf("after a cut at 2^%d there is data at %d, or %v", shift, end, status)
		}
	}
	x.check()
}

package fsstate

import "testing"

// TestSeekFindsDataAndHoles in a file with both, and reserved blocks.
func TestSeekFindsDataAndHoles(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f := x.create(alice, "dir/seek", 0o600)
	c := x.as(alice)
	for _, block := range []uint64{0, 1, 2, 5, 1 << 40} {
		x.ok(x.only(x.Write(c, f, block*BlockSize+100, []byte("x"), false)))
	}
	x.ok(x.only(x.Fallocate(c, f, FallocKeepSize, 8*BlockSize, BlockSize)))
	const end = 1<<40*BlockSize + 101
	for _, test := range []struct {
		off    uint64
		whence Whence
		want   uint64
		status Status
	}{
		{0, SeekData, 0, OK},
		{99, SeekData, 99, OK},
		{3 * BlockSize, SeekData, 5 * BlockSize, OK},
		{6 * BlockSize, SeekData, 1 << 40 * BlockSize, OK},
		{end - 1, SeekData, end - 1, OK},
		{end, SeekData, 0, NXIO},
		{0, SeekHole, 3 * BlockSize, OK},
		{3*BlockSize - 1, SeekHole, 3 * BlockSize, OK},
		{3*BlockSize + 7, SeekHole, 3*BlockSize + 7, OK},
		{5 * BlockSize, SeekHole, 6 * BlockSize, OK},
		{1 << 40 * BlockSize, SeekHole, end, OK},
		{end, SeekHole, 0, NXIO},
		{1<<64 - 1, SeekHole, 0, NXIO},
		{0, 2, 0, Inval},
	} {
		c.ReadOnly = true
		if got, status := x.Seek(c, f, test.off, test.whence); got != test.want || status != test.status {
			t.Errorf("whence %d from %d: %d, %v, want %d, %v", test.whence, test.off, got, status, test.want, test.status)
		}
	}
	if _, status := x.Seek(x.as(bob), f, 0, SeekData); status != Access {
		t.Errorf("by a stranger: %v", status)
	}
	if _, status := x.Seek(x.as(root), x.ino("dir"), 0, SeekData); status != IsDir {
		t.Errorf("in a directory: %v", status)
	}
}

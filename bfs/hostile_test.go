package bfs

import (
	"errors"
	"math"
	"strings"
	"testing"

	"bfs/fsstate"
)

// TestHostileOperationsChangeNothing: bytes that are operations, whose
// arguments make no sense, have a status and no effect, at the height at which
// they come from the network.
func TestHostileOperationsChangeNothing(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.execute(operationOf(&mkdir{dir: 1, name: "d", mode: 0o777}))
	h.execute(operationOf(&create{dir: 1, name: "f", mode: 0o644, open: fsstate.OpenWrite}))
	before, now := h.Digest(), h.now
	const last32, last = math.MaxUint32, math.MaxUint64
	long := strings.Repeat("n", MaxPath)
	for _, test := range []struct {
		op   operation
		want fsstate.Status
	}{
		{&lookup{dir: last, name: "f"}, fsstate.Stale},
		{&lookup{dir: 1, name: long}, fsstate.NameTooLong},
		{&lookup{dir: 3, name: "f"}, fsstate.NotDir},
		{&getattr{ino: 0}, fsstate.Stale},
		{&setattr{ino: 3, set: fsstate.SetAttr{Mask: last32}}, fsstate.Inval},
		{&setattr{ino: 3, set: fsstate.SetAttr{Mask: fsstate.SetSize, Size: last}}, fsstate.FBig},
		{&access{ino: 3, mask: last32}, fsstate.Inval},
		{&create{dir: 1, name: "a/b", open: fsstate.OpenWrite}, fsstate.Inval},
		{&create{dir: 1, name: "new", open: last32}, fsstate.Inval},
		{&create{dir: 1, name: "..", open: fsstate.OpenWrite}, fsstate.IsDir},
		{&open{ino: 3, mode: last32}, fsstate.Inval},
		{&release{ino: 3, mode: last32}, fsstate.Inval},
		{&read{ino: 3, offset: last, size: last32}, fsstate.Inval},
		{&write{ino: 3, offset: last, data: []byte("x")}, fsstate.Inval},
		{&write{ino: 3, offset: fsstate.MaxSize, data: []byte("x")}, fsstate.FBig},
		{&mkdir{dir: 1, name: "\x00", mode: last32}, fsstate.Inval},
		{&mkdir{dir: 1, name: ".", mode: last32}, fsstate.Exist},
		{&symlink{dir: 1, name: "s", target: long}, fsstate.NameTooLong},
		{&symlink{dir: 1, name: "s", target: ""}, fsstate.NoEnt},
		{&link{ino: last, dir: 1, name: "l"}, fsstate.Stale},
		{&unlink{dir: 1, name: "."}, fsstate.IsDir},
		{&rmdir{dir: 1, name: ".."}, fsstate.NotEmpty},
		{&rename{dir: 1, name: "d", newDir: 2, newName: "x"}, fsstate.Inval},
		{&rename{dir: 1, name: "f", newDir: 1, newName: "x", flags: last32}, fsstate.Inval},
		{&readdir{ino: 1, cookie: last, max: 0}, fsstate.Inval},
		{&mknod{dir: 1, name: "n", mode: last32, rdev: last32}, fsstate.Inval},
		{&tmpfile{dir: 1, mode: last32, open: last32}, fsstate.Inval},
		{&usage{from: last32, max: 0}, fsstate.Inval},
	} {
		h.now = now - 1 // so that the clock does not move on
		if err := decodeResult(h.execute(operationOf(test.op)), &nothing{}); !errors.Is(err, test.want) {
			t.Errorf("%#v: %v, want %v", test.op, err, test.want)
		}
		if h.Digest() != before {
			t.Fatalf("%#v has changed something", test.op)
		}
	}
}

package fsstate

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"unsafe"
)

// flip changes a bit of a string's memory, as a cosmic ray would. The string
// must have been made at run time.
func flip(s string, at int) { *(*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), at)) ^= 0x10 }

// scrubAll goes round once, in parts of that budget.
func scrubAll(s *State, budget int) (wrong int) {
	wrong = s.Scrub(budget)
	for s.scrubber.table.kind != noTable {
		wrong += s.Scrub(budget)
	}
	return wrong
}

// wear is the ways in which the memory of bigState may change; file is its
// large file.
var wear = map[string]func(s *State, file Ino){
	"a block in the middle": func(s *State, file Ino) {
		n := s.named(file)
		b, _ := n.blockAt(123)
		flip(string(b), 4000)
	},
	"the last block": func(s *State, file Ino) {
		n := s.named(file)
		b, _ := n.blockAt(n.size/BlockSize - 1)
		flip(string(b), 0)
	},
	"the first block, which lies in the inode": func(s *State, file Ino) { flip(string(s.named(file).first), 7) },
	"a small file": func(s *State, file Ino) { flip(string(s.named(file+20).first), 2) },
	"a name": func(s *State, file Ino) {
		n := s.named(file - 1)
		for _, e := range n.entries.Ascend(1 << 60) {
			flip(e.name, 0)
			return
		}
	},
	"several places": func(s *State, file Ino) {
		n := s.named(file)
		for index := uint64(1); index < 200; index += 17 {
			b, _ := n.blockAt(index)
			flip(string(b), int(index))
		}
	},
}

// TestScrubFindsAndTransferRepairs: the digest hides what has changed in memory
// until a round has found it; then a transfer from a good state brings the very
// bytes back.
func TestScrubFindsAndTransferRepairs(t *testing.T) {
	t.Parallel()
	for name, damage := range wear {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good, file := bigState(t, 300)
			bad, _ := bigState(t, 300)
			sound := good.Digest()
			bad.Digest()
			before := bad.Snapshot()
			damage(bad, file)
			if bad.Digest() != sound || before.Digest() != sound {
				t.Fatal("the digest shows what it should not yet")
			}
			if scrubAll(bad, 20_000) == 0 || bad.Digest() == sound {
				t.Fatal("a round has not found the damage")
			}
			if before.Digest() != sound {
				t.Error("an older version has another digest")
			}
			repaired, _, moved := transfer(t, bad, good.Snapshot())
			if moved > 200_000 {
				t.Errorf("%d bytes were moved for little damage", moved)
			}
			sameFiles(t, repaired, good)
			if wrong := scrubAll(repaired, 20_000); wrong != 0 {
				t.Errorf("a round after the repair finds %d", wrong)
			}
		})
	}
}

// sameFiles reads everything in both states.
func sameFiles(t *testing.T, got, want *State) {
	t.Helper()
	c := &Context{ReadOnly: true}
	for name, ino := range want.paths() {
		if got.paths()[name] != ino {
			t.Fatalf("%s is inode %d, not %d", name, got.paths()[name], ino)
		}
		a, b := got.named(ino), want.named(ino)
		if fmt.Sprint(a.attr(ino)) != fmt.Sprint(b.attr(ino)) {
			t.Fatalf("%s has attributes %v, not %v", name, a.attr(ino), b.attr(ino))
		}
		for off := uint64(0); off < b.size; off += MaxIO {
			p, _ := got.Read(c, ino, off, MaxIO)
			q, _ := want.Read(c, ino, off, MaxIO)
			if !bytes.Equal(p, q) {
				t.Fatalf("%s differs after byte %d", name, off)
			}
		}
	}
}

// TestScrubChangesNothing: results and digests of a sound state are the same
// with and without it, at any moment of its life.
func TestScrubChangesNothing(t *testing.T) {
	t.Parallel()
	plain, scrubbed := New(smallConfig), New(smallConfig)
	m := newModel(smallConfig)
	var kept *Snapshot
	for i, b := range slices.Concat(randomOps(77, 3000), lockOps(78, 2000)) {
		o := decodeOp(b, m)
		o.run(m)
		if p, q := o.run(plain), o.run(scrubbed); p != q {
			t.Fatalf("operation %d: %s, and with scrubbing %s", i, p, q)
		}
		if wrong := scrubbed.Scrub(i % 3000); wrong != 0 {
			t.Fatalf("operation %d: %d is found wrong", i, wrong)
		}
		switch i % 50 {
		case 10:
			kept = scrubbed.Snapshot()
		case 30:
			if plain.Digest() != scrubbed.Digest() {
				t.Fatalf("operation %d: the digests differ", i)
			}
		case 40:
			present := scrubbed.Snapshot()
			scrubbed.Restore(kept)
			scrubAll(scrubbed, 1000)
			scrubbed.Restore(present)
		}
	}
}

// TestScrubComesToEveryTable, sessions and expired leases among them.
func TestScrubComesToEveryTable(t *testing.T) {
	t.Parallel()
	x := richTree(t)
	x.Digest()
	seen := make(map[tableKind]bool)
	x.Scrub(1)
	for x.scrubber.table.kind != noTable {
		seen[x.scrubber.table.kind] = true
		x.Scrub(1)
	}
	for kind := inodeTable; kind < tableKinds; kind++ {
		if !seen[kind] {
			t.Errorf("no table of kind %d was looked at", kind)
		}
	}
}

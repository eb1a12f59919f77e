package fsstate

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bfs/fsstate/trie"
)

func TestPathsHaveOneForm(t *testing.T) {
	t.Parallel()
	r := trie.Region{First: 0x1230, Bits: 4}
	for kind := noTable + 1; kind < tableKinds; kind++ {
		p := pagePath{table: tableID{kind: kind}, region: r, leaves: 0x55}
		for i := range keyCount[kind] {
			p.table.keys[i] = 1<<63 + uint64(i)
		}
		s := p.String()
		if got, ok := parsePath(s); !ok || got != p {
			t.Errorf("%+v is read as %+v, %v", p, got, ok)
		}
		for _, bad := range []string{s[:len(s)-1], s + "\x00", s[1:], "\x00" + s[1:], "\xff" + s[1:]} {
			if got, ok := parsePath(bad); ok {
				t.Errorf("%q is read as %+v", bad, got)
			}
		}
	}
	table := tableID{kind: inodeTable}
	for name, p := range map[string]pagePath{
		"region off its place": {table, trie.Region{First: 1, Bits: 4}, 0},
		"region too large":     {table, trie.Region{Bits: 68}, 0},
		"region of odd size":   {table, trie.Region{Bits: 6}, 0},
		"too many leaves":      {table, trie.All, 0x1ff},
		"the root":             {},
	} {
		if got, ok := parsePath(p.String()); ok {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

// TestTheLongestPage is of extended attributes of one node, whose names are as
// long as can be and whose first blocks are full.
func TestTheLongestPage(t *testing.T) {
	t.Parallel()
	s, inos := benchState(t, 1)
	value := bytes.Repeat([]byte("x"), BlockSize)
	for digit := uint64(0); digit < 16; {
		name := "user." + strings.Repeat("n", MaxName-15) + fmt.Sprintf("%010d", s.nextIno)
		s.nextIno++ // so that the next name is another
		if bucketOfXattr(name)>>56 == digit {
			check(t, s.Setxattr(&Context{Now: 1e18}, inos[0], name, value, 0))
			digit++
		}
	}
	to, longest := s.Snapshot(), 0
	a := New(Config{}).Assemble(to.Digest())
	for ids := a.Missing(nil, 1); len(ids) > 0; ids = a.Missing(ids[:0], 1) {
		page := to.Page(ids[0])
		longest = max(longest, len(page))
		if !a.Supply(ids[0], page) {
			t.Fatalf("page %x is refused", ids[0].Path)
		}
	}
	if longest != MaxPageBytes {
		t.Errorf("the longest page is %d bytes, want %d", longest, MaxPageBytes)
	}
}

func second[T any](_ T, status Status) Status { return status }

// TestFromLeafIsStrict: what AppendLeaf gives is read back, and nothing else.
func TestFromLeafIsStrict(t *testing.T) {
	t.Parallel()
	full := inode{mode: typeRegular | 0o644, nlink: 1, size: 9, parent: 3, openers: 2, hasFirst: true, first: "text"}
	leafRoundTrip(t, full, "\x00", "x\x00")
	leafRoundTrip(t, inode{mode: typeDir, nlink: 2, atime: -1}, "x")
	leafRoundTrip(t, run{1 << 40}, "\x00", "x")
	leafRoundTrip(t, entry{name: "name", ino: 5}, "/", "\x00", string(make([]byte, MaxName)))
	leafRoundTrip(t, block(""), "\x00")
	leafRoundTrip(t, block("abc"), "\x00", string(bytes.Repeat([]byte("x"), BlockSize)))
	leafRoundTrip(t, principal{}, "x")
	leafRoundTrip(t, session{renewed: -5, turn: 7}, "x")
	leafRoundTrip(t, openSet{}, "x")
	leafRoundTrip(t, lease{Session{4, 1 << 60}}, "x")
	leafRoundTrip(t, openCount{1, 2, 3}, "x")
	if _, _, ok := (inode{}).fromLeaf(full.AppendLeaf(nil)[:inodeBytes-1]); ok {
		t.Error("a short inode is read")
	}
	for _, e := range []entry{{ino: 5}, {".", 5}, {"..", 5}} {
		if _, _, ok := (entry{}).fromLeaf(e.AppendLeaf(nil)); ok {
			t.Errorf("an entry %q is read", e.name)
		}
	}
	odd := full.AppendLeaf(nil)
	for _, flags := range []byte{flagFirst | flagReserved, flagsEnd, flagsEnd | flagFirst} {
		odd[inodeBytes-1] = flags
		if _, _, ok := (inode{}).fromLeaf(odd); ok {
			t.Errorf("flags %d are read, without what they announce", flags)
		}
	}
}

// leafRoundTrip reads v's leaf, and refuses it with any of the tails.
func leafRoundTrip[V row[V]](t *testing.T, v V, tails ...string) {
	t.Helper()
	b := v.AppendLeaf(nil)
	var zero V
	got, branches, ok := zero.fromLeaf(b)
	if !ok || len(branches) > 0 || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", v) {
		t.Errorf("%+v is read as %+v, %v, with %v", v, got, ok, branches)
	}
	for _, tail := range tails {
		if _, _, ok := zero.fromLeaf(append(b[:len(b):len(b)], tail...)); ok {
			t.Errorf("%+v is read with %d more bytes", v, len(tail))
		}
	}
}

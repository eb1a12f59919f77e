package fsstate

import (
	"testing"

	"bfs/fsstate/trie"
)

// FuzzPage asks for pages by any path, with the digest that is there if any.
func FuzzPage(f *testing.F) {
	f.Add("")
	f.Add(pagePath{table: tableID{kind: inodeTable}, region: trie.All}.String())
	f.Add(pagePath{table: tableID{kind: inodeTable}, region: trie.Region{Bits: 4}, leaves: 6}.String())
	f.Add(pagePath{table: tableID{kind: entryTable, keys: [2]uint64{2}}, region: trie.All}.String())
	f.Add(pagePath{table: tableID{kind: openTable, keys: [2]uint64{7, 1}}, region: trie.All}.String())
	f.Add(pagePath{table: tableID{kind: blockTable, keys: [2]uint64{99}}, region: trie.All}.String())
	s, _ := bigState(f, 40)
	v := s.Snapshot()
	want := v.Digest()
	f.Fuzz(func(t *testing.T, path string) {
		id := PageID{Path: path}
		if p, ok := parsePath(path); ok {
			if p.String() != path {
				t.Fatal("two paths to one page")
			}
			n, _ := v.table(p.table).Node(p.region.First, uint(p.region.Bits))
			id.Digest = n.Sum()
		}
		if page := v.Page(id); len(page) > MaxPageBytes {
			t.Fatalf("a page of %d bytes", len(page))
		}
		id.Digest[0]++
		if v.Page(id) != nil || v.Digest() != want {
			t.Fatal("a page of another digest, or the version changed")
		}
	})
}

// FuzzSupply supplies bytes as a page whose digest is what they come to, as if
// it had been certified: it may be refused, or taken, but never panic; and a
// node that is taken has its digest when all of it came with it.
func FuzzSupply(f *testing.F) {
	s, file := bigState(f, 40)
	to := s.Snapshot()
	s.Digest()
	tables := []tableID{
		{kind: inodeTable}, {kind: principalTable}, {kind: leaseTable}, {kind: expiredTable},
		{entryTable, [2]uint64{uint64(RootIno)}}, {blockTable, [2]uint64{uint64(file)}},
	}
	f.Add(byte(255), to.rootPage(to.Digest()))
	for i, id := range tables {
		if n, ok := to.table(id).Node(0, 64); ok {
			f.Add(byte(i), nodePage(to.table(id), &n))
		}
	}
	l, _ := to.table(tables[0]).Node(0, 4)
	f.Add(byte(0), nodePage(to.table(tables[0]), &l))
	f.Fuzz(func(t *testing.T, which byte, page []byte) {
		a := s.Assemble(to.Digest())
		path, digest := pagePath{}, trie.Digest(trie.Sum(page))
		if int(which) < len(tables) {
			path = pagePath{table: tables[which], region: trie.All}
			if n, ok := parseNode(page); ok {
				digest = n.Sum()
			}
		}
		a.push(path, digest, nil)
		before := a.work.Digest()
		id := a.Missing(nil, 1)[0]
		taken := a.Supply(id, page)
		if !taken && a.work.Digest() != before {
			t.Fatal("refused, but something changed")
		}
		if taken && path.table.kind != noTable && len(a.stack) == 0 && a.work.table(path.table).RegionDigest(trie.All) != digest {
			t.Fatal("taken, but the table has another digest")
		}
		for _, id := range a.Missing(nil, 100) {
			a.Supply(id, page)
		}
	})
}

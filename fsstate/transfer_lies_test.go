package fsstate

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bfs/fsstate/trie"
)

// richTree has something in each of the tables.
func richTree(t *testing.T) *tree {
	t.Helper()
	x := newTree(t)
	x.limits.Lease, x.limits.Linger = 1<<40, 1<<40
	x.ok(x.only(x.Fallocate(x.as(alice), x.ino("dir/f"), FallocKeepSize, 3*BlockSize, 8*BlockSize)))
	long := x.create(alice, "dir/"+strings.Repeat("long", 60), 0o644)
	x.write(long, strings.Repeat("t", 8300))
	for i := range reapBatch + 8 {
		name := "dir/" + strings.Repeat("n", i+1)
		x.create(alice, name, 0o644)
		x.ok(open(name, OpenRead)(x, x.as(alice)))
	}
	for _, name := range []string{"user.short", "user.long", accessACLName} {
		value := listOf(user(6), namedUser(2, 4), group(4), mask(4), other(0))
		if !isACL(name) {
			value = strings.Repeat(name, 1+len(name)%2*600)
		}
		x.ok(x.Setxattr(x.as(root), x.ino("dir/f"), name, []byte(value), 0))
	}
	for _, c := range []Caller{bob, carol} {
		x.ok(open("dir/f", OpenRead)(x, x.as(c)))
	}
	f := x.ino("dir/f")
	for i := range uint64(40) {
		x.ok(x.lock(bob, f, Lock{Kind: FileLock, Owner: i, End: MaxSize, PID: 7}))
	}
	for i := range uint64(20) {
		x.await(carol, f, Lock{Kind: FileLock, Type: LockExclusive, Owner: i, End: MaxSize})
	}
	x.snap("a snapshot")
	x.write(long, strings.Repeat("u", 8300))
	x.ok(x.Setxattr(x.as(alice), f, "user.short", []byte("other"), 0))
	x.ok(x.only(x.Fallocate(x.as(alice), x.ino("dir/f"), FallocKeepSize, 20*BlockSize, BlockSize)))
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "ln"))
	x.now += 1 << 42
	x.ok(open("dir/f", OpenRead)(x, x.as(root)))
	if x.sessions.expired.Len() != 1 || x.sessions.count != 3 {
		t.Fatalf("%d sessions, %d expired", x.sessions.count, x.sessions.expired.Len())
	}
	x.ok(unlink("sticky", "a")(x, x.as(alice))) // and lingers
	return x
}

// lies returns what a liar might send in place of a page: each byte flipped,
// cut short anywhere, made longer, and other pages.
func lies(page []byte, others [][]byte) (out [][]byte) {
	for i := range page {
		for _, bit := range []byte{1, 0x80} {
			flipped := slices.Clone(page)
			flipped[i] ^= bit
			out = append(out, flipped)
		}
		out = append(out, page[:i])
	}
	out = append(out, append(slices.Clone(page), 0), append(slices.Clone(page), page...), make([]byte, MaxPageBytes+1))
	for _, other := range others {
		if !bytes.Equal(other, page) {
			out = append(out, other)
		}
	}
	return out
}

// TestSupplyRefusesLies: no lie is taken, nothing changes by it, and with the
// honest pages after the lies the state is complete.
func TestSupplyRefusesLies(t *testing.T) {
	t.Parallel()
	x := richTree(t)
	to := x.Snapshot()
	a := New(Config{}).Assemble(to.Digest())
	kinds := map[byte]bool{}
	var sent [][]byte
	for ids := a.Missing(nil, 8); len(ids) > 0; ids = a.Missing(ids[:0], 8) {
		id := ids[len(ids)-1]
		page := to.Page(id)
		if id.Path != "" {
			kinds[id.Path[0]] = true
		}
		before, waiting := a.work.Digest(), len(a.stack)
		for _, lie := range lies(page, sent) {
			if a.Supply(id, lie) {
				t.Fatalf("for page %x, %x is taken, which is not %x", id.Path, lie, page)
			}
		}
		if a.work.Digest() != before || len(a.stack) != waiting {
			t.Fatalf("lies about page %x have changed something", id.Path)
		}
		if !a.Supply(id, page) {
			t.Fatalf("page %x is refused", id.Path)
		}
		sent = append(sent, page)
	}
	if len(kinds) != int(tableKinds)-1 {
		t.Errorf("pages of %d kinds of table, of %d", len(kinds), tableKinds-1)
	}
	if a.Version().Digest() != x.Digest() {
		t.Error("another state")
	}
}

// TestSupplyRefusesMalformedNodes although they have the digest asked for, as
// no node of a trie can.
func TestSupplyRefusesMalformedNodes(t *testing.T) {
	t.Parallel()
	bottom := trie.Region{First: 0x10, Bits: 4}
	for name, c := range map[string]struct {
		node   trie.Node
		keys   []uint64
		region trie.Region
		taken  bool
	}{
		"well-formed":           {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11, 0x12}, bottom, true},
		"higher in the region":  {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11, 0x12}, trie.All, true},
		"only leaf of a table":  {trie.Node{Prefix: 0x10, Leaves: 2}, []uint64{0x11}, trie.All, true},
		"only leaf below":       {trie.Node{Prefix: 0x10, Leaves: 2}, []uint64{0x11}, bottom, false},
		"only leaf too high":    {trie.Node{Shift: 4, Leaves: 2}, []uint64{0x11}, trie.All, false},
		"no leaf":               {trie.Node{}, nil, trie.All, false},
		"outside of the region": {trie.Node{Prefix: 0x20, Leaves: 6}, []uint64{0x21, 0x22}, bottom, false},
		"above the region":      {trie.Node{Shift: 4, Leaves: 6}, []uint64{0x11, 0x22}, bottom, false},
		"key of another node":   {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11, 0x22}, bottom, false},
		"key at another digit":  {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11, 0x13}, bottom, false},
		"one leaf too few":      {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11}, bottom, false},
		"one leaf too many":     {trie.Node{Prefix: 0x10, Leaves: 6}, []uint64{0x11, 0x12, 0x13}, bottom, false},
	} {
		a := New(Config{}).Assemble(trie.Digest{1})
		page := binary.BigEndian.AppendUint64([]byte{c.node.Shift}, c.node.Prefix)
		for _, set := range []uint16{0, c.node.Leaves, c.node.Leaves} {
			page = binary.BigEndian.AppendUint16(page, set)
		}
		for _, key := range c.keys {
			page = appendPageLeaf(page, key, lease{})
			c.node.Digests = append(c.node.Digests, trie.LeafDigest(key, lease{}.AppendLeaf(nil)))
		}
		a.push(pagePath{table: tableID{kind: leaseTable}, region: c.region}, c.node.Sum(), nil)
		if id := a.Missing(nil, 1)[0]; a.Supply(id, page) != c.taken {
			t.Errorf("%s: taken is %v", name, !c.taken)
		}
		if a.work.sessions.leases.Len() > 0 != c.taken {
			t.Errorf("%s: %d leaves are set", name, a.work.sessions.leases.Len())
		}
	}
}

// TestSupplyRefusesWhatIsNotMissing: a page that nobody has asked for.
func TestSupplyRefusesWhatIsNotMissing(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	to := x.Snapshot()
	a := New(Config{}).Assemble(to.Digest())
	id := PageID{Digest: to.Digest()}
	if a.Supply(id, to.Page(id)) {
		t.Error("supplied before Missing has returned it")
	}
	a.Missing(nil, 1)
	if a.Supply(PageID{Path: "x", Digest: id.Digest}, to.Page(id)) || a.Supply(PageID{}, to.Page(id)) {
		t.Error("supplied under another name")
	}
	if !a.Supply(id, to.Page(id)) {
		t.Error("not supplied")
	}
}

// TestPageAnswersOnlyForThatDigest: an id with another digest, or for another
// version, gets nothing.
func TestPageAnswersOnlyForThatDigest(t *testing.T) {
	t.Parallel()
	x := richTree(t)
	to := x.Snapshot()
	to.Digest()
	a := New(Config{}).Assemble(to.Digest())
	for supply(t, a, to, 5, rand.New(rand.NewPCG(8, 8))) > 0 {
		for _, id := range a.Missing(nil, 100) {
			id.Digest[7] ^= 1
			if to.Page(id) != nil {
				t.Fatalf("a page of another digest at %x", id.Path)
			}
			id.Digest[7] ^= 1
			if len(id.Path) > 28 || New(Config{}).Snapshot().Page(id) != nil {
				t.Fatalf("a page at %x of a version that is empty", id.Path)
			}
		}
	}
}

package fsstate

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// richTree has something in each of the tables.
func richTree(t *testing.T) *tree {
	t.Helper()
	x := newTree(t)
	x.limits.Lease = 1 << 40
	x.write(x.create(alice, "dir/"+strings.Repeat("long", 60), 0o644), strings.Repeat("t", 8300))
	for i := range reapBatch + 8 {
		name := "dir/" + strings.Repeat("n", i+1)
		x.create(alice, name, 0o644)
		x.ok(open(name, OpenRead)(x, x.as(alice)))
	}
	for _, c := range []Caller{bob, carol} {
		x.ok(open("dir/f", OpenRead)(x, x.as(c)))
	}
	x.now += 1 << 42
	x.ok(open("dir/f", OpenRead)(x, x.as(root)))
	if x.sessions.expired.Len() != 1 || x.sessions.count != 3 {
		t.Fatalf("%d sessions, %d expired", x.sessions.count, x.sessions.expired.Len())
	}
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

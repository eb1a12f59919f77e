package fsstate

import (
	"fmt"
	"testing"

	"bfs/fsstate/trie"
)

// listAll lists a directory in pages, calling between before each.
func listAll(t *testing.T, s *State, ino Ino, page int, between func()) map[string]int {
	t.Helper()
	seen := map[string]int{}
	cookie := uint64(0)
	for {
		between()
		entries, eof, status := s.Readdir(&Context{}, ino, cookie, page, true)
		if status != OK {
			t.Fatal(status)
		}
		for _, e := range entries {
			if e.Cookie <= cookie || e.Cookie < 3 || e.Cookie >= 1<<62 {
				t.Fatalf("cookie %d after %d", e.Cookie, cookie)
			}
			cookie = e.Cookie
			seen[e.Name]++
		}
		if eof {
			return seen
		}
		if len(entries) != page {
			t.Fatalf("%d entries in a page of %d that is not the last", len(entries), page)
		}
	}
}

// TestReaddirWhileItChanges: names that stay are listed exactly once, whatever
// comes and goes meanwhile.
func TestReaddirWhileItChanges(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	dir := x.mkdir(root, "big", 0o777)
	for i := range 120 {
		x.create(root, fmt.Sprintf("big/stays%d", i), 0o600)
		x.create(root, fmt.Sprintf("big/goes%d", i), 0o600)
	}
	round := 0
	seen := listAll(t, x.State, dir, 7, func() {
		if round < 120 {
			x.ok(x.Unlink(x.as(root), dir, fmt.Sprintf("goes%d", round)))
			x.ok(x.Rename(x.as(root), dir, fmt.Sprintf("stays%d", round), dir, fmt.Sprintf("new%d", round), 0))
			x.ok(x.Rename(x.as(root), dir, fmt.Sprintf("new%d", round), dir, fmt.Sprintf("stays%d", round), 0))
		}
		round++
	})
	for i := range 120 {
		if n := seen[fmt.Sprintf("stays%d", i)]; n != 1 {
			t.Errorf("stays%d was listed %d times", i, n)
		}
		if n := seen[fmt.Sprintf("goes%d", i)]; n > 1 {
			t.Errorf("goes%d was listed %d times", i, n)
		}
	}
}

func TestReaddir(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	seen := listAll(t, x.State, x.ino("dir"), 2, func() {})
	if len(seen) != 3 || seen["f"]+seen["sub"]+seen["ln"] != 3 {
		t.Errorf("listed %v", seen)
	}
	plain, eof, _ := x.Readdir(x.as(alice), x.ino("dir"), 0, 3, false)
	for _, e := range plain {
		if want := x.stat("dir/" + e.Name); e.Attr != (Attr{Ino: want.Ino, Mode: want.Mode & typeMask}) {
			t.Errorf("%s: %+v", e.Name, e.Attr)
		}
	}
	if !eof {
		t.Error("a page that ends with the directory is not the last")
	}
	plus, _, _ := x.Readdir(x.as(alice), x.ino("dir"), 0, 3, true)
	for _, e := range plus {
		if want := x.stat("dir/" + e.Name); e.Attr != want {
			t.Errorf("%s: %+v, want %+v", e.Name, e.Attr, want)
		}
	}
	for _, cookie := range []uint64{1 << 62, 1<<63 - 1, 1<<64 - 1} {
		if entries, eof, status := x.Readdir(x.as(alice), x.ino("dir"), cookie, 1, true); len(entries) != 0 || !eof || status != OK {
			t.Errorf("from cookie %d: %v %v %v", cookie, entries, eof, status)
		}
	}
}

func TestReaddirPermission(t *testing.T) {
	t.Parallel()
	list := func(path string, plus bool) func(*tree, *Context) Status {
		return func(x *tree, c *Context) Status {
			_, _, status := x.Readdir(c, x.ino(path), 0, 10, plus)
			return status
		}
	}
	try(t, []attempt{
		{"anybody", bob, list("dir", true), OK},
		{"EACCES", bob, list("secret", false), Access},
		{"root", root, list("secret", true), OK},
		{"ENOTDIR", bob, list("dir/f", false), NotDir},
		{"no entries wanted", bob, func(x *tree, c *Context) Status {
			_, _, status := x.Readdir(c, x.ino("dir"), 0, 0, false)
			return status
		}, Inval},
	})
	x := newTree(t)
	x.ok(open("dir", OpenRead)(x, x.as(bob)))
	x.set(alice, "dir", SetAttr{Mask: SetMode, Mode: 0o700})
	if got := list("dir", false)(x, x.as(bob)); got != OK {
		t.Errorf("through the handle: %v", got)
	}
	if got := list("dir", true)(x, x.as(bob)); got != Access {
		t.Errorf("attributes through the handle, without search permission: %v", got)
	}
	x.set(alice, "dir", SetAttr{Mask: SetMode, Mode: 0o744})
	if got := list("dir", true)(x, x.as(carol)); got != Access {
		t.Errorf("attributes without search permission: %v", got)
	}
}

// TestCollidingNames puts names into one bucket: each gets the smallest free
// ordinal and keeps it, and what is beyond the bucket is told so.
func TestCollidingNames(t *testing.T) {
	t.Parallel()
	const bucket = 40 << ordinalBits
	var entries trie.Map[entry]
	put := func(name string) uint64 {
		at := findIn(&entries, bucket, name)
		if at.ino != 0 || at.full {
			t.Fatalf("%s: %+v", name, at)
		}
		entries.Set(1, at.cookie, entry{name: name, ino: 5})
		return at.cookie
	}
	entries.Set(1, bucket-1, entry{name: "before", ino: 5})
	entries.Set(1, bucket+ordinals, entry{name: "after", ino: 5})
	for i := range uint64(ordinals) {
		if got := put(fmt.Sprint(i)); got != bucket+i {
			t.Errorf("name %d got ordinal %d", i, got-bucket)
		}
	}
	if at := findIn(&entries, bucket, "one more"); !at.full || at.ino != 0 {
		t.Errorf("in a full bucket: %+v", at)
	}
	entries.Delete(1, bucket+3)
	if at := findIn(&entries, bucket, "7"); at.ino != 5 || at.cookie != bucket+7 {
		t.Errorf("a name after a gap: %+v", at)
	}
	if got := put("one more"); got != bucket+3 {
		t.Errorf("the freed ordinal is not used, but %d", got-bucket)
	}
	p := place{node: inode{mode: typeDir | 0o777, nlink: 2}, slot: findIn(&entries, bucket, "x")}
	if status := p.vacant(&Context{}); status != NoSpace {
		t.Errorf("a name for which there is no ordinal: %v", status)
	}
}

// TestCookiesAreFixed holds the hash to its definition, because cookies that
// clients keep must mean the same to all replicas and all later versions.
func TestCookiesAreFixed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]uint64{
		"a": 0x32af46f284a065f0, "README": 0x27ba68bf34c51e08, longest: 0x1ba30fbb79156d48,
	} {
		if got := bucketOf(name); got != want {
			t.Errorf("bucketOf(%.10q) = %#x, want %#x", name, got, want)
		}
	}
}

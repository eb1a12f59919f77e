package fsstate

import (
	"strings"
	"testing"
)

// TestTimes has, for each operation, which times of which file POSIX has it
// mark for update: "amc" for all three, of the paths named, and of no other.
func TestTimes(t *testing.T) {
	t.Parallel()
	set := func(path string, set SetAttr) func(*tree, *Context) Status { return setattr(path, set) }
	for _, c := range []struct {
		name string
		do   func(*tree, *Context) Status
		want map[string]string
	}{
		{"create", create("dir", "new", OpenRead), map[string]string{"dir": "mc", "dir/new": "amc"}},
		{"create of one that exists", create("dir", "f", OpenRead), nil},
		{"create, O_TRUNC", create("dir", "f", OpenWrite|OpenTruncate), map[string]string{"dir/f": "mc"}},
		{"mkdir", mkdir("dir", "new"), map[string]string{"dir": "mc", "dir/new": "amc"}},
		{"symlink", symlink("dir", "new", "t"), map[string]string{"dir": "mc", "dir/new": "amc"}},
		{"link", link("dir/f", "secret", "new"), map[string]string{"secret": "mc", "dir/f": "c", "secret/new": "c"}},
		{"unlink", unlink("dir", "f"), map[string]string{"dir": "mc"}},
		{"rmdir", rmdir("dir", "sub"), map[string]string{"dir": "mc"}},
		{"rename", rename("dir", "f", "empty", "g"), map[string]string{"dir": "mc", "empty": "mc", "empty/g": "c"}},
		{"rename of a directory", rename("dir", "sub", "empty", "g"), map[string]string{"dir": "mc", "empty": "mc", "empty/g": "c"}},
		{"rename to itself", rename("dir", "f", "dir", "f"), nil},
		{"lookup", lookup("dir", "f"), nil},
		{"open", open("dir/f", OpenRead|OpenWrite), nil},
		{"open, O_TRUNC", open("dir/f", OpenWrite|OpenTruncate), map[string]string{"dir/f": "mc"}},
		{"write", write("dir/f", 3, "x"), map[string]string{"dir/f": "mc"}},
		{"write of nothing", write("dir/f", 3, ""), nil},
		{"read", read("dir/f", 0, 3), map[string]string{"dir/f": "a"}},
		{"read of nothing", read("dir/f", 0, 0), nil},
		{"readlink", func(x *tree, c *Context) Status {
			_, status := x.Readlink(c, x.ino("dir/ln"))
			return status
		}, map[string]string{"dir/ln": "a"}},
		{"readdir", func(x *tree, c *Context) Status {
			_, _, status := x.Readdir(c, x.ino("dir"), 0, 10, true)
			return status
		}, map[string]string{"dir": "a"}},
		{"truncate", set("dir/f", SetAttr{Mask: SetSize, Size: 1}), map[string]string{"dir/f": "mc"}},
		{"chmod", set("dir/f", SetAttr{Mask: SetMode, Mode: 0o600}), map[string]string{"dir/f": "c"}},
		{"chown", set("dir/f", SetAttr{Mask: SetGID, GID: staff}), map[string]string{"dir/f": "c"}},
		{"utimens", set("dir/f", SetAttr{Mask: SetAtimeNow | SetMtimeNow}), map[string]string{"dir/f": "amc"}},
		{"utimens of one", set("dir/f", SetAttr{Mask: SetAtimeNow}), map[string]string{"dir/f": "ac"}},
		{"fsync", func(x *tree, c *Context) Status { return x.Fsync(c, x.ino("dir/f")) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := newTree(t)
			before := x.clone()
			context := x.as(alice)
			x.ok(c.do(x, context))
			for path, ino := range x.paths() {
				old, _ := before.get(ino)
				after, _ := x.get(ino)
				if got := updates(&old, &after, context.Now); got != c.want[path] {
					t.Errorf("%s: updated %q, want %q", path, got, c.want[path])
				}
			}
		})
	}
}

// clone returns the state as it is now.
func (s *State) clone() *State {
	c := &State{}
	c.Restore(s.Snapshot())
	return c
}

// updates says which of the times are new, and now.
func updates(old, after *inode, now int64) string {
	out := ""
	for _, time := range []struct {
		letter     string
		old, after int64
	}{{"a", old.atime, after.atime}, {"m", old.mtime, after.mtime}, {"c", old.ctime, after.ctime}} {
		switch {
		case time.old == time.after:
		case time.after == now:
			out += time.letter
		default:
			out += "?"
		}
	}
	return out
}

// paths returns all files with names, by path; a file with two names has two.
func (s *State) paths() map[string]Ino {
	out := map[string]Ino{}
	var walk func(path string, ino Ino)
	walk = func(path string, ino Ino) {
		out[path] = ino
		n, _ := s.get(ino)
		for _, e := range n.entries.Ascend(0) {
			walk(strings.TrimPrefix(path+"/"+e.name, "/"), e.ino)
		}
	}
	walk("", RootIno)
	return out
}

func TestExplicitTimes(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	for _, at := range []int64{-1, 0, 1, 1 << 62, -1 << 63, 1<<63 - 1} {
		a := x.set(alice, "dir/f", SetAttr{Mask: SetAtime | SetMtime, Atime: at, Mtime: -at - 1})
		if a.Atime != at || a.Mtime != -at-1 || a.Ctime != x.now {
			t.Errorf("set to %d: %+v", at, a)
		}
		if _, status := x.Read(x.as(alice), a.Ino, 0, 1); status != OK {
			t.Errorf("read: %v", status)
		}
	}
}

// TestRelatime: a read moves the access time only if it is not after the other
// times, or a day old.
func TestRelatime(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	read := func(now int64) int64 {
		c := x.as(alice)
		c.Now = now
		if _, status := x.Read(c, ino, 0, 1); status != OK {
			t.Fatal(status)
		}
		return x.stat("dir/f").Atime
	}
	for _, c := range []struct{ now, want int64 }{
		{1000, 1000}, {1001, 1000}, {1000 + day - 1, 1000}, {1000 + day, 1000 + day}, {1001 + day, 1000 + day},
	} {
		if got := read(c.now); got != c.want {
			t.Errorf("a read at %d leaves %d, want %d", c.now, got, c.want)
		}
	}
}

// TestReadOnlyOperations: what would have to move the access time is to be
// ordered; after that the same operation can go without.
func TestReadOnlyOperations(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	operations := map[string]func(c *Context) Status{
		"read":     func(c *Context) Status { return read("dir/f", 0, 9)(x, c) },
		"readlink": func(c *Context) Status { _, st := x.Readlink(c, x.ino("dir/ln")); return st },
		"readdir":  func(c *Context) Status { _, _, st := x.Readdir(c, x.ino("dir"), 0, 9, false); return st },
	}
	for name, do := range operations {
		before := x.Digest()
		readOnly := &Context{Caller: alice, ReadOnly: true, Now: 1 << 60}
		if got := do(readOnly); got != MustOrder || x.Digest() != before {
			t.Errorf("%s: %v", name, got)
		}
		x.ok(do(x.as(alice)))
		before = x.Digest()
		if got := do(readOnly); got != OK || x.Digest() != before {
			t.Errorf("%s, after it was ordered: %v", name, got)
		}
	}
	if _, _, got := x.Create(&Context{ReadOnly: true}, RootIno, "x", 0, OpenRead); got != MustOrder {
		t.Errorf("create: %v", got)
	}
}

func TestClockNeverGoesBack(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	c := x.as(alice)
	c.Now = 5000
	x.ok(x.only(x.Mkdir(c, RootIno, "later", 0o755)))
	for _, now := range []int64{4000, 0, -1 << 63} {
		c.Now = now
		x.ok(x.only(x.Setattr(c, x.ino("later"), SetAttr{Mask: SetAtimeNow})))
		if a := x.stat("later"); a.Atime != 5000 {
			t.Errorf("at %d the clock shows %d", now, a.Atime)
		}
	}
}

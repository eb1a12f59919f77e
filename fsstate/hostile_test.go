package fsstate

import (
	"strings"
	"testing"
)

// TestHostileOperations: what makes no sense is refused with the right status
// and changes nothing, by whoever it is asked, root included.
func TestHostileOperations(t *testing.T) {
	t.Parallel()
	const huge = ^uint64(0)
	setOf := func(set SetAttr) func(*tree, *Context) Status { return setattr("dir/f", set) }
	falloc := func(mode FallocMode, off, length uint64) func(*tree, *Context) Status {
		return func(x *tree, c *Context) Status { return x.only(x.Fallocate(c, x.ino("dir/f"), mode, off, length)) }
	}
	copies := func(r CopyRange) func(*tree, *Context) Status {
		return func(x *tree, c *Context) Status {
			r.From, r.To = x.ino("dir/f"), x.ino("secret/f")
			_, status := x.CopyRange(c, r)
			return status
		}
	}
	list := func(limit int) func(*tree, *Context) Status {
		return func(x *tree, c *Context) Status {
			_, _, status := x.Readdir(c, x.ino("dir"), 0, limit, true)
			return status
		}
	}
	attempts := []attempt{
		{"a read from beyond every file", root, read("dir/f", MaxSize+1, 1), Inval},
		{"a read from the end of time", root, read("dir/f", huge, 1), Inval},
		{"a write beyond every file", root, write("dir/f", MaxSize+1, "x"), Inval},
		{"a write whose end overflows", root, write("dir/f", huge, "x"), Inval},
		{"a write that ends beyond every file", root, write("dir/f", MaxSize, "x"), FBig},
		{"a write that is too long", root, write("dir/f", 0, strings.Repeat("x", MaxIO+1)), Inval},
		{"a size beyond every file", root, setOf(SetAttr{Mask: SetSize, Size: huge}), FBig},
		{"reserving nothing", root, falloc(0, 0, 0), Inval},
		{"reserving from beyond every file", root, falloc(0, huge, 1), Inval},
		{"reserving whose end overflows", root, falloc(0, 1, huge), FBig},
		{"reserving in an unknown way", root, falloc(1<<31, 0, 1), NotSupported},
		{"copying whose end overflows", root, copies(CopyRange{ToOffset: 1, Length: huge}), Inval},
		{"listing no entries", root, list(0), Inval},
		{"listing fewer than none", root, list(-1 << 62), Inval},
		{"unknown attributes", root, setOf(SetAttr{Mask: 1 << 31}), Inval},
		{"a time and the present at once", root, setOf(SetAttr{Mask: SetAtime | SetAtimeNow}), Inval},
		{"nobody's number as owner", root, setOf(SetAttr{Mask: SetUID, UID: 1<<32 - 1}), Inval},
		{"nobody's number as group", root, setOf(SetAttr{Mask: SetGID, GID: 1<<32 - 1}), Inval},
		{"an unknown access", root, func(x *tree, c *Context) Status { return x.Access(c, RootIno, 1<<31) }, Inval},
		{"opening for nothing", root, open("dir/f", 0), Inval},
		{"opening for what is unknown", root, open("dir/f", 1<<31|OpenRead), Inval},
		{"creating for what is unknown", root, create("", "new", 1<<31|OpenRead), Inval},
		{"releasing what is not held", root, func(x *tree, c *Context) Status { return x.Release(c, x.ino("dir/f"), OpenRead) }, Inval},
		{"an unknown kind of rename", root, renameWith("dir", "f", "", "g", 1<<31), Inval},
		{"a directory into itself", root, rename("", "dir", "dir", "x"), Inval},
		{"a directory into what is in it", root, rename("", "dir", "dir/sub", "x"), Inval},
		{"a directory in exchange for what is in it", root, exchange("", "dir", "dir", "sub"), Inval},
		{"removing what is full", root, rmdir("", "dir"), NotEmpty},
		{"removing the root by its dot", root, rmdir("", "."), Inval},
		{"a second name for a directory", root, link("dir", "", "new"), Perm},
		{"a link to nothing", root, symlink("", "new", ""), NoEnt},
		{"a link to a zero byte", root, symlink("", "new", "a\x00b"), Inval},
		{"a link that is too long", root, symlink("", "new", strings.Repeat("x", MaxTarget+1)), NameTooLong},
		{"opening a link to itself", root, open("dir/ln", OpenRead), Loop},
		{"a node of no type", root, mknod("", "new", 0o030000), Inval},
		{"inode 0", root, func(x *tree, c *Context) Status { return x.only(x.Getattr(c, 0)) }, Stale},
		{"the last inode there can be", root, func(x *tree, c *Context) Status { return x.only(x.Open(c, Ino(huge>>1), OpenRead)) }, Stale},
		{"too many groups", Caller{Groups: make([]uint32, MaxGroups+1)}, mkdir("", "new"), Inval},
	}
	names := map[string]Status{
		"": NoEnt, "a/b": Inval, "/": Inval, "a\x00": Inval, tooLong: NameTooLong, strings.Repeat("/", 1<<12): NameTooLong,
	}
	for name, status := range names {
		for what, do := range map[string]func(*tree, *Context) Status{
			"lookup": lookup("", name), "create": create("", name, OpenWrite), "mkdir": mkdir("", name),
			"mknod": mknod("", name, typeFIFO), "symlink": symlink("", name, "x"), "link": link("dir/f", "", name),
			"unlink": unlink("", name), "rmdir": rmdir("", name),
			"rename from": rename("", name, "", "x"), "rename to": rename("dir", "f", "", name),
		} {
			attempts = append(attempts, attempt{what + " of " + name[:min(len(name), 8)], root, do, status})
		}
	}
	refuse(t, attempts)
}

// refuse makes the attempts. None may change more than the clock, leases and
// whose turn it is.
func refuse(t *testing.T, attempts []attempt) {
	t.Helper()
	x := newTree(t)
	before := x.Digest()
	for _, a := range attempts {
		c := x.as(a.by)
		c.Now = x.clock
		if got := a.do(x, c); got != a.want {
			t.Errorf("%s: came to %q, want %q", a.name, got, a.want)
		}
		if x.Digest() != before {
			t.Fatalf("%s has changed something", a.name)
		}
	}
}

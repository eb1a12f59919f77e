package fsstate

import "testing"

func tmpfile(dir string, open OpenMode) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Tmpfile(c, x.ino(dir), 0o640, open, false)) }
}

func TestTmpfile(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"for writing", alice, tmpfile("dir", OpenWrite), OK},
		{"for both", alice, tmpfile("dir", OpenRead|OpenWrite), OK},
		{"EINVAL: for reading alone", alice, tmpfile("dir", OpenRead), Inval},
		{"EINVAL: O_EXCL among the modes", alice, tmpfile("dir", OpenWrite|OpenExclusive), Inval},
		{"EACCES", bob, tmpfile("dir", OpenWrite), Access},
		{"ENOTDIR", alice, tmpfile("dir/f", OpenWrite), NotDir},
		{"ESTALE", alice, func(x *tree, c *Context) Status { return x.only(x.Tmpfile(c, 999, 0, OpenWrite, false)) }, Stale},
	})
}

// TestTmpfileGetsAName once, from the session that holds it.
func TestTmpfileGetsAName(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	before := x.stat("dir")
	a, status := x.Tmpfile(x.as(alice), x.ino("dir"), 0o640, OpenWrite, false)
	x.ok(status)
	if a.Nlink != 0 || a.Mode != typeRegular|0o640 || x.stat("dir") != before {
		t.Errorf("it is %+v in %+v", a, x.stat("dir"))
	}
	x.ok(x.only(x.Write(x.as(alice), a.Ino, 0, []byte("whole"), false)))
	if got := x.only(x.Link(x.as(root), a.Ino, RootIno, "other")); got != NoEnt {
		t.Errorf("by another session: %v", got)
	}
	x.ok(x.only(x.Link(x.as(alice), a.Ino, x.ino("dir"), "named")))
	if got := x.stat("dir/named"); got.Ino != a.Ino || got.Nlink != 1 || got.Size != 5 {
		t.Errorf("with its name it is %+v", got)
	}
	x.ok(unlink("dir", "named")(x, x.as(alice)))
	if got := x.only(x.Link(x.as(alice), a.Ino, x.ino("dir"), "again")); got != NoEnt {
		t.Errorf("after its name has gone: %v", got)
	}
	x.ok(x.Release(x.as(alice), a.Ino, OpenWrite))
	if got := x.only(x.Getattr(x.as(alice), a.Ino)); got != Stale {
		t.Errorf("after the release: %v", got)
	}
}

func TestExclusiveTmpfileGetsNoName(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	a, status := x.Tmpfile(x.as(alice), x.ino("shared"), 0o640, OpenWrite, true)
	x.ok(status)
	if a.GID != staff {
		t.Errorf("its group is %d", a.GID)
	}
	if got := x.only(x.Link(x.as(alice), a.Ino, RootIno, "named")); got != NoEnt {
		t.Errorf("a name: %v", got)
	}
}

// TestTmpfileAtTheLimit: its name needs no further inode.
func TestTmpfileAtTheLimit(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.limits.Inodes = x.inodesUsed() + 1
	a, status := x.Tmpfile(x.as(alice), RootIno, 0o640, OpenWrite, false)
	x.ok(status)
	if got := tmpfile("", OpenWrite)(x, x.as(alice)); got != NoSpace {
		t.Errorf("another one: %v", got)
	}
	x.ok(x.only(x.Link(x.as(alice), a.Ino, RootIno, "named")))
	if got := link("named", "", "more")(x, x.as(alice)); got != NoSpace {
		t.Errorf("another name: %v", got)
	}
}

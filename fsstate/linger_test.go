package fsstate

import "testing"

const lingerTime = 1000

func lingerTree(t *testing.T) *tree {
	x := newTree(t)
	x.limits.Linger, x.limits.Lease = lingerTime, 1<<40
	return x
}

// TestReplacedFileCanStillBeOpened by who has looked its name up before, and
// has its contents; it is Stale when it has lingered, or been closed and
// lingered again.
func TestReplacedFileCanStillBeOpened(t *testing.T) {
	t.Parallel()
	x := lingerTree(t)
	found := x.ino("dir/f")
	x.write(x.create(alice, "new", 0o644), "other")
	x.ok(rename("", "new", "dir", "f")(x, x.as(alice)))
	if a, status := x.Getattr(x.as(bob), found); status != OK || a.Nlink != 0 || a.Size != 5 {
		t.Errorf("it looks like %+v, %v", a, status)
	}
	x.ok(x.only(x.Open(x.as(alice), found, OpenRead|OpenWrite)))
	x.ok(x.only(x.Write(x.as(alice), found, 5, []byte(" again"), false)))
	x.now += 10 * lingerTime
	if data, status := x.Read(x.as(alice), found, 0, 100); status != OK || string(data) != "hello again" {
		t.Errorf("it has %q, %v", data, status)
	}
	x.ok(x.Release(x.as(alice), found, OpenRead|OpenWrite))
	x.ok(x.only(x.Open(x.as(bob), found, OpenRead)))
	x.ok(x.Release(x.as(bob), found, OpenRead))
	x.now += lingerTime
	if got := x.only(x.Open(x.as(bob), found, OpenRead)); got != Stale {
		t.Errorf("in the end: %v", got)
	}
	x.check()
}

// TestLingererIsNotChanged, and nothing is put into it.
func TestLingererIsNotChanged(t *testing.T) {
	t.Parallel()
	x := lingerTree(t)
	file, dir := x.ino("sticky/a"), x.ino("empty")
	x.ok(unlink("sticky", "a")(x, x.as(alice)))
	x.ok(rmdir("", "empty")(x, x.as(alice)))
	before := x.Digest()
	x.now = x.clock - 1
	made := func(_ Attr, _ bool, status Status) Status { return status }
	for name, got := range map[string]Status{
		"a write":        x.only(x.Write(x.as(alice), file, 0, []byte("x"), false)),
		"a mode":         x.only(x.Setattr(&Context{Caller: root}, file, SetAttr{Mask: SetMode})),
		"another name":   x.only(x.Link(&Context{Caller: root}, file, RootIno, "new")),
		"reserving":      x.only(x.Fallocate(&Context{Caller: root}, file, 0, 0, 1)),
		"an attribute":   x.Setxattr(&Context{Caller: root}, file, "user.x", []byte("x"), 0),
		"a file in it":   made(x.Create(&Context{Caller: root}, dir, "new", 0o644, OpenRead)),
		"a directory":    x.only(x.Mkdir(&Context{Caller: root}, dir, "new", 0o755)),
		"a move into it": x.Rename(&Context{Caller: root}, RootIno, "dir", dir, "new", 0),
	} {
		if got != Stale {
			t.Errorf("%s: %v", name, got)
		}
	}
	if x.Digest() != before {
		t.Error("something has changed")
	}
}

// TestLingererTakesNoRoom: what is removed is free at once, and what has taken
// its room meanwhile is not taken back.
func TestLingererTakesNoRoom(t *testing.T) {
	t.Parallel()
	x := lingerTree(t)
	big := x.create(alice, "big", 0o644)
	x.write(big, string(repeated('x', 10*BlockSize)))
	x.limits.Bytes, x.limits.Inodes = x.blocks*BlockSize, x.inodesUsed()
	x.ok(unlink("", "big")(x, x.as(alice)))
	if st, _ := x.Statfs(x.as(root)); st.BytesFree != 10*BlockSize || st.InodesFree != 1 {
		t.Errorf("after the removal there is %+v", st)
	}
	other := x.create(bob, "other", 0o644)
	if got := x.only(x.Open(x.as(alice), big, OpenRead)); got != Stale {
		t.Errorf("without an inode left: %v", got)
	}
	x.limits.Inodes++
	x.write(other, "x")
	if got := x.only(x.Open(x.as(alice), big, OpenRead)); got != Stale {
		t.Errorf("without a block left: %v", got)
	}
	x.limits.Bytes += BlockSize
	x.ok(x.only(x.Open(x.as(alice), big, OpenRead)))
	if st, _ := x.Statfs(x.as(root)); st.BytesFree != 0 || st.InodesFree != 0 {
		t.Errorf("with the old file open there is %+v", st)
	}
}

func TestLingeringIsBounded(t *testing.T) {
	t.Parallel()
	x := lingerTree(t)
	x.limits.Linger = 1 << 40
	remove := func(blocks uint64) Ino {
		a, _, status := x.Create(x.as(alice), RootIno, "f", 0o644, OpenWrite)
		if blocks > 0 && status == OK {
			_, status = x.Fallocate(x.as(alice), a.Ino, 0, 0, blocks*BlockSize)
		}
		if status != OK || x.Release(x.as(alice), a.Ino, OpenWrite) != OK || x.Unlink(x.as(alice), RootIno, "f") != OK {
			t.Fatal(status)
		}
		return a.Ino
	}
	there := func(ino Ino) bool {
		_, status := x.Getattr(&Context{ReadOnly: true}, ino)
		return status == OK
	}
	first, second := remove(0), remove(0)
	for range MaxLingering - 1 {
		remove(0)
	}
	if there(first) || !there(second) {
		t.Error("not the first one has gone")
	}
	large := remove(MaxLingeringBlocks)
	if there(second) || !there(large) {
		t.Error("the others are still there")
	}
	if small := remove(1); there(large) || !there(small) {
		t.Error("the large one is still there")
	}
	if huge := remove(MaxLingeringBlocks + 1); there(huge) {
		t.Error("what is larger than all that may linger does")
	}
	x.check()
}

// TestInodeNumbersAreNotUsedTwice: the number of what is gone is Stale for
// ever, whatever is made after it.
func TestInodeNumbersAreNotUsedTwice(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	var old []Ino
	last := Ino(0)
	for i := range 300 {
		makers := []func(*tree, *Context) Status{
			create("", "f", OpenWrite), mkdir("", "f"), symlink("", "f", "x"), mknod("", "f", typeFIFO),
		}
		x.ok(makers[i%len(makers)](x, x.as(alice)))
		ino := x.ino("f")
		if ino <= last {
			t.Fatalf("number %d comes after %d", ino, last)
		}
		last = ino
		old = append(old, ino)
		if i%len(makers) == 0 {
			x.ok(x.Release(x.as(alice), ino, OpenWrite))
		}
		if i%len(makers) == 1 {
			x.ok(rmdir("", "f")(x, x.as(alice)))
		} else {
			x.ok(unlink("", "f")(x, x.as(alice)))
		}
	}
	for _, ino := range old {
		if got := x.only(x.Getattr(x.as(root), ino)); got != Stale {
			t.Errorf("number %d: %v", ino, got)
		}
	}
}

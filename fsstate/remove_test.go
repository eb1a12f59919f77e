package fsstate

import "testing"

func TestUnlink(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a file", alice, unlink("dir", "f"), OK},
		{"a symbolic link, not what it names", alice, unlink("dir", "ln"), OK},
		{"ENOENT", alice, unlink("dir", "no"), NoEnt},
		{"EISDIR, as Linux; POSIX says EPERM", alice, unlink("dir", "sub"), IsDir},
		{"EISDIR: dot", alice, unlink("dir", "."), IsDir},
		{"EACCES: the directory is not writable", bob, unlink("dir", "f"), Access},
		{"EACCES: the directory is not searchable", bob, unlink("secret", "f"), Access},
		{"ENOTDIR", alice, unlink("dir/f", "f"), NotDir},
		{"sticky: one's own file", alice, unlink("sticky", "a"), OK},
		{"EPERM, sticky: another's file", alice, unlink("sticky", "b"), Perm},
		{"sticky: root", root, unlink("sticky", "b"), OK},
		{"sticky: the directory's owner", bob, func(x *tree, c *Context) Status {
			x.mkdir(bob, "bobs", 0o1777)
			ino := x.create(alice, "bobs/f", 0o600)
			status := x.Unlink(c, x.ino("bobs"), "f")
			if _, gone := x.Getattr(x.as(bob), ino); gone != Stale {
				x.t.Errorf("the file is still there: %v", gone)
			}
			return status
		}, OK},
	})
}

func TestRmdir(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"an empty directory", alice, rmdir("", "empty"), OK},
		{"ENOTEMPTY", alice, rmdir("", "dir"), NotEmpty},
		{"ENOTDIR: a file", alice, rmdir("dir", "f"), NotDir},
		{"ENOTDIR: a symbolic link", alice, rmdir("dir", "ln"), NotDir},
		{"ENOENT", alice, rmdir("dir", "no"), NoEnt},
		{"EINVAL: dot", alice, rmdir("dir", "."), Inval},
		{"ENOTEMPTY: dot dot", alice, rmdir("dir", ".."), NotEmpty},
		{"EACCES", bob, rmdir("dir", "sub"), Access},
	})
	x := newTree(t)
	x.mkdir(alice, "sticky/d", 0o777)
	if status := x.Rmdir(x.as(bob), x.ino("sticky"), "d"); status != Perm {
		t.Errorf("another's directory in a sticky one: %v", status)
	}
	x.ok(x.Rmdir(x.as(alice), x.ino("sticky"), "d"))
	if a := x.stat("sticky"); a.Nlink != 2 {
		t.Errorf("nlink of the parent is %d", a.Nlink)
	}
}

// TestUnlinkedFileLivesWhileOpen: "If one or more processes have the file open
// when the last link is removed, the removal of the file contents shall be
// postponed until all references to the file are closed" (POSIX, unlink).
func TestUnlinkedFileLivesWhileOpen(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	for range 2 {
		x.ok(x.only(x.Open(x.as(alice), ino, OpenRead|OpenWrite)))
	}
	x.ok(x.only(x.Open(x.as(bob), ino, OpenRead)))
	used := x.blocks
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "f"))
	a, status := x.Getattr(x.as(alice), ino)
	if status != OK || a.Nlink != 0 || a.Size != 5 || x.blocks != used {
		t.Fatalf("%+v %v, %d blocks of %d", a, status, x.blocks, used)
	}
	if _, status := x.Link(x.as(alice), ino, RootIno, "again"); status != NoEnt {
		t.Errorf("link: %v", status)
	}
	x.ok(x.only(x.Write(x.as(alice), ino, 0, []byte("j"), false)))
	x.ok(x.Release(x.as(alice), ino, OpenRead|OpenWrite))
	x.ok(x.Release(x.as(alice), ino, OpenRead|OpenWrite))
	if got, status := x.Read(x.as(bob), ino, 0, 10); status != OK || string(got) != "jello" {
		t.Errorf("bob reads %q, %v", got, status)
	}
	x.ok(x.Release(x.as(bob), ino, OpenRead))
	if _, status = x.Getattr(x.as(bob), ino); status != Stale || x.blocks != used-1 {
		t.Errorf("after the last release: %v, %d blocks", status, x.blocks)
	}
}

func TestReplacedFileLivesWhileOpen(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead)))
	x.create(alice, "dir/g", 0o644)
	x.ok(x.Rename(x.as(alice), x.ino("dir"), "g", x.ino("dir"), "f", 0))
	if got, status := x.Read(x.as(alice), ino, 0, 10); status != OK || string(got) != "hello" {
		t.Errorf("reads %q, %v", got, status)
	}
	x.ok(x.Release(x.as(alice), ino, OpenRead))
	if _, status := x.Getattr(x.as(alice), ino); status != Stale {
		t.Errorf("after release: %v", status)
	}
}

func TestInodeNumbersAreNotReused(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	seen := map[Ino]bool{}
	for range 100 {
		ino := gone(x)
		if seen[ino] {
			t.Fatalf("number %d came again", ino)
		}
		seen[ino] = true
	}
}

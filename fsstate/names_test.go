package fsstate

import (
	"strings"
	"testing"
)

var (
	longest = strings.Repeat("n", MaxName)
	tooLong = strings.Repeat("n", MaxName+1)
)

// The statuses are those of POSIX's pages for the calls, in the order in which
// Linux finds them.

func TestLookup(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a name", bob, lookup("dir", "f"), OK},
		{"a symbolic link is not followed", bob, lookup("dir", "ln"), OK},
		{"ENOENT: no such name", bob, lookup("dir", "no"), NoEnt},
		{"ENOENT: the empty name", bob, lookup("dir", ""), NoEnt},
		{"EACCES: no search permission", bob, lookup("secret", "f"), Access},
		{"root searches anything", root, lookup("secret", "f"), OK},
		{"ENOTDIR: in a file", bob, lookup("dir/f", "x"), NotDir},
		{"ENOTDIR: in a symbolic link", bob, lookup("dir/ln", "x"), NotDir},
		{"ENAMETOOLONG", bob, lookup("dir", tooLong), NameTooLong},
		{"a name as long as may be", bob, lookup("dir", longest), NoEnt},
		{"a slash in a name", bob, lookup("", "dir/f"), Inval},
		{"a NUL in a name", bob, lookup("dir", "f\x00"), Inval},
		{"ESTALE: no such inode", bob, func(x *tree, c *Context) Status {
			return x.only(x.Lookup(c, 999, "f"))
		}, Stale},
		{"too many groups", Caller{Groups: make([]uint32, MaxGroups+1)}, lookup("dir", "f"), Inval},
	})
}

func TestLookupOfDots(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	for _, c := range []struct{ dir, name, want string }{
		{"dir/sub", ".", "dir/sub"}, {"dir/sub", "..", "dir"}, {"", "..", ""}, {"", ".", ""},
	} {
		a, status := x.Lookup(x.as(bob), x.ino(c.dir), c.name)
		if status != OK || a.Ino != x.ino(c.want) {
			t.Errorf("%q in %q is %d, %v", c.name, c.dir, a.Ino, status)
		}
	}
}

func TestMkdir(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a directory", alice, mkdir("dir", "new"), OK},
		{"EEXIST: a directory", alice, mkdir("dir", "sub"), Exist},
		{"EEXIST: a symbolic link, wherever it leads", alice, mkdir("dir", "ln"), Exist},
		{"EEXIST comes before EACCES", bob, mkdir("dir", "sub"), Exist},
		{"EACCES: the parent is not writable", bob, mkdir("dir", "new"), Access},
		{"EACCES: the parent is not searchable", bob, mkdir("secret", "new"), Access},
		{"ENOTDIR", alice, mkdir("dir/f", "new"), NotDir},
		{"EEXIST: dot", alice, mkdir("dir", "."), Exist},
		{"EEXIST: dot dot", alice, mkdir("dir", ".."), Exist},
		{"ENAMETOOLONG", alice, mkdir("dir", tooLong), NameTooLong},
	})
}

func TestCreate(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a new file", alice, create("dir", "new", OpenWrite), OK},
		{"one that exists", alice, create("dir", "f", OpenWrite), OK},
		{"EEXIST: O_EXCL", alice, create("dir", "f", OpenWrite|OpenExclusive), Exist},
		{"EEXIST: O_EXCL on a directory", alice, create("dir", "sub", OpenRead|OpenExclusive), Exist},
		{"EEXIST: O_EXCL on a symbolic link", alice, create("dir", "ln", OpenRead|OpenExclusive), Exist},
		{"ELOOP: a symbolic link", alice, create("dir", "ln", OpenRead), Loop},
		{"EISDIR: a directory", alice, create("dir", "sub", OpenRead), IsDir},
		{"EISDIR: dot", alice, create("dir", ".", OpenRead), IsDir},
		{"EACCES: new, and the parent is not writable", bob, create("dir", "new", OpenRead), Access},
		{"present, and the parent is not writable", bob, create("dir", "f", OpenRead), OK},
		{"EACCES: present and not writable", bob, create("dir", "f", OpenWrite), Access},
		{"EACCES: O_TRUNC needs write permission", bob, create("dir", "f", OpenRead|OpenTruncate), Access},
		{"opened for nothing", alice, create("dir", "new", OpenTruncate), Inval},
		{"unknown bits", alice, create("dir", "new", OpenRead|1<<9), Inval},
	})
}

func TestCreatedFileIsOpenWhateverItsMode(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	a, created, status := x.Create(x.as(bob), RootIno, "mine", 0, OpenRead|OpenWrite)
	if status != OK || !created || a.Mode != typeRegular || a.UID != bob.UID || a.GID != bob.GID {
		t.Fatalf("%+v, created: %v, %v", a, created, status)
	}
	if _, status = x.Write(x.as(bob), a.Ino, 0, []byte("abc"), false); status != OK {
		t.Errorf("write through the handle: %v", status)
	}
	if _, status = x.Read(x.as(bob), a.Ino, 0, 3); status != OK {
		t.Errorf("read through the handle: %v", status)
	}
	if _, status = x.Open(x.as(bob), a.Ino, OpenRead); status != Access {
		t.Errorf("another open: %v", status)
	}
}

func TestRemovedDirectoryTakesNoNames(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino, f := x.ino("empty"), x.ino("dir/f")
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead)))
	x.ok(x.Rmdir(x.as(alice), RootIno, "empty"))
	for what, status := range map[string]Status{
		"mkdir":   x.only(x.Mkdir(x.as(alice), ino, "new", 0o755)),
		"symlink": x.only(x.Symlink(x.as(alice), ino, "new", "t")),
		"link":    x.only(x.Link(x.as(alice), f, ino, "new")),
		"rename":  x.Rename(x.as(alice), x.ino("dir"), "f", ino, "new", 0),
		"lookup":  x.only(x.Lookup(x.as(alice), ino, "new")),
	} {
		if status != NoEnt {
			t.Errorf("%s in a removed directory: %v", what, status)
		}
	}
	if a, status := x.Lookup(x.as(alice), ino, ".."); status != OK || a.Ino != RootIno {
		t.Errorf("its parent is %d, %v", a.Ino, status)
	}
	if _, _, status := x.Readdir(x.as(alice), ino, 0, 10, false); status != NoEnt {
		t.Errorf("its listing: %v", status)
	}
	x.ok(x.Release(x.as(alice), ino, OpenRead))
	if _, status := x.Getattr(x.as(alice), ino); status != Stale {
		t.Errorf("after the last release: %v", status)
	}
}

func TestRemovedDirectoryInARemovedDirectory(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.mkdir(alice, "empty/in", 0o755)
	x.ok(x.only(x.Open(x.as(alice), ino, OpenRead)))
	x.ok(x.Rmdir(x.as(alice), x.ino("empty"), "in"))
	x.ok(x.Rmdir(x.as(alice), RootIno, "empty"))
	if status := x.Rename(x.as(alice), x.ino("dir"), "sub", ino, "new", 0); status != NoEnt {
		t.Errorf("rename into it: %v", status)
	}
	if _, status := x.Lookup(x.as(alice), ino, ".."); status != Stale {
		t.Errorf("its parent: %v", status)
	}
}

func TestSetGroupIDDirectory(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	dir := x.ino("shared")
	for i, c := range []struct {
		name       string
		by         Caller
		dir        bool
		mode, want uint32
	}{
		{"a directory gets the group and the bit", bob, true, 0o755, typeDir | 0o2755},
		{"mkdir makes no other set-id bits", bob, true, 0o6755, typeDir | 0o2755},
		{"a file gets the group", bob, false, 0o644, typeRegular | 0o644},
		{"no set-group-ID program for outsiders", bob, false, 0o2755, typeRegular | 0o755},
		{"but for members", carol, false, 0o2755, typeRegular | 0o2755},
		{"and root", root, false, 0o2755, typeRegular | 0o2755},
		{"without group execution the bit is harmless", bob, false, 0o2644, typeRegular | 0o2644},
	} {
		name := string(rune('a' + i))
		var a Attr
		var status Status
		if c.dir {
			a, status = x.Mkdir(x.as(c.by), dir, name, c.mode)
		} else {
			a, _, status = x.Create(x.as(c.by), dir, name, c.mode, OpenRead)
		}
		if status != OK || a.Mode != c.want || a.GID != staff || a.UID != c.by.UID {
			t.Errorf("%s: %v, mode %o, owner %d:%d", c.name, status, a.Mode, a.UID, a.GID)
		}
	}
}

func TestSymlink(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a link", alice, symlink("dir", "new", "../anything/at all"), OK},
		{"the longest target", alice, symlink("dir", "new", strings.Repeat("t", MaxTarget)), OK},
		{"ENAMETOOLONG: the target", alice, symlink("dir", "new", strings.Repeat("t", MaxTarget+1)), NameTooLong},
		{"ENOENT: the empty target", alice, symlink("dir", "new", ""), NoEnt},
		{"a NUL in the target", alice, symlink("dir", "new", "a\x00b"), Inval},
		{"EEXIST", alice, symlink("dir", "f", "t"), Exist},
		{"EACCES", bob, symlink("dir", "new", "t"), Access},
	})
}

func TestReadlink(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	if got, status := x.Readlink(x.as(bob), x.ino("dir/ln")); status != OK || got != "f" {
		t.Errorf("%q, %v", got, status)
	}
	if _, status := x.Readlink(x.as(bob), x.ino("dir/f")); status != Inval {
		t.Errorf("of a file: %v", status)
	}
	if a := x.stat("dir/ln"); a.Size != 1 || a.Mode != typeSymlink|0o777 {
		t.Errorf("attributes: %+v", a)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"another name", alice, link("dir/f", "", "new"), OK},
		{"a file of somebody else's", bob, link("dir/f", "", "new"), OK},
		{"a symbolic link itself", bob, link("dir/ln", "", "new"), OK},
		{"EPERM: a directory", alice, link("dir/sub", "", "new"), Perm},
		{"EPERM: a directory, even by root", root, link("dir/sub", "", "new"), Perm},
		{"EEXIST", alice, link("dir/f", "dir", "sub"), Exist},
		{"EEXIST: its own name", alice, link("dir/f", "dir", "f"), Exist},
		{"EACCES", bob, link("dir/f", "dir", "new"), Access},
		{"ENOTDIR", alice, link("dir/f", "dir/f", "new"), NotDir},
	})
}

func TestLinkCounts(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	ino := x.ino("dir/f")
	a, status := x.Link(x.as(alice), ino, RootIno, "g")
	if status != OK || a.Nlink != 2 || a.Ino != ino {
		t.Fatalf("%+v %v", a, status)
	}
	x.ok(x.Unlink(x.as(alice), x.ino("dir"), "f"))
	if a := x.stat("g"); a.Nlink != 1 || a.Size != 5 || a.Ctime != x.now {
		t.Errorf("after unlink: %+v", a)
	}
	if a := x.stat(""); a.Nlink != 2+5 {
		t.Errorf("the root with five directories has nlink %d", a.Nlink)
	}
	if a := x.stat("dir"); a.Nlink != 3 {
		t.Errorf("a directory with one has nlink %d", a.Nlink)
	}
	if a := x.stat("dir/sub"); a.Nlink != 2 {
		t.Errorf("an empty directory has nlink %d", a.Nlink)
	}
}

package fsstate

import (
	"fmt"
	"testing"
)

func TestRename(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"a file", alice, rename("dir", "f", "", "g"), OK},
		{"over a file", alice, rename("dir", "f", "dir", "ln"), OK},
		{"a directory over an empty one", alice, rename("dir", "sub", "", "empty"), OK},
		{"ENOENT: the old name", alice, rename("dir", "no", "", "g"), NoEnt},
		{"ENOENT: the empty name", alice, rename("dir", "f", "", ""), NoEnt},
		{"ENOTDIR: a directory over a file", alice, rename("dir", "sub", "dir", "f"), NotDir},
		{"EISDIR: a file over a directory", alice, rename("dir", "f", "dir", "sub"), IsDir},
		{"ENOTEMPTY", alice, rename("", "empty", "", "dir"), NotEmpty},
		{"EINVAL: into itself", alice, rename("", "dir", "dir", "x"), Inval},
		{"EINVAL: into its subdirectory", alice, rename("", "dir", "dir/sub", "x"), Inval},
		{"ENOTEMPTY: over an ancestor", alice, rename("dir", "sub", "", "dir"), NotEmpty},
		{"EBUSY: dot", alice, rename("dir", ".", "", "x"), Busy},
		{"EBUSY: dot dot", alice, rename("dir", "..", "", "x"), Busy},
		{"EBUSY: to dot", alice, rename("dir", "f", "dir", "."), Busy},
		{"EACCES: out of a directory not writable", bob, rename("dir", "f", "", "x"), Access},
		{"EACCES: into a directory not writable", bob, rename("sticky", "b", "dir", "x"), Access},
		{"EACCES: into a directory not searchable", bob, rename("sticky", "b", "secret", "x"), Access},
		{"EPERM: another's file out of a sticky directory", alice, rename("sticky", "b", "", "x"), Perm},
		{"EPERM: over another's file in a sticky directory", alice, rename("sticky", "a", "sticky", "b"), Perm},
		{"EACCES: another's directory, whose .. would change", bob, rename("", "empty", "shared", "x"), Access},
		{"another's directory under a new name", bob, rename("", "empty", "", "x"), OK},
		{"onto itself", bob, rename("dir", "f", "dir", "f"), OK},
		{"NOREPLACE", alice, renameWith("dir", "f", "", "g", RenameNoReplace), OK},
		{"EEXIST: NOREPLACE", alice, renameWith("dir", "f", "dir", "ln", RenameNoReplace), Exist},
		{"EEXIST: NOREPLACE onto itself", alice, renameWith("dir", "f", "dir", "f", RenameNoReplace), Exist},
		{"ENAMETOOLONG", alice, rename("dir", "f", "dir", tooLong), NameTooLong},
		{"ENOTDIR", alice, rename("dir/f", "f", "", "g"), NotDir},
	})
}

// TestRenameOfTheSameFile: "If the old argument and the new argument resolve
// to ... different directory entries for the same existing file, rename()
// shall return successfully and perform no other action."
func TestRenameOfTheSameFile(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.ok(x.only(x.Link(x.as(alice), x.ino("dir/f"), x.ino("dir"), "g")))
	before := x.inodes.Digest()
	if status := x.Rename(x.as(bob), x.ino("dir"), "f", x.ino("dir"), "g", 0); status != OK {
		t.Errorf("%v", status)
	}
	if x.inodes.Digest() != before || x.find("dir/f") != x.find("dir/g") {
		t.Error("something changed")
	}
}

func TestRenameKeepsCounts(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	sub := x.ino("dir/sub")
	x.ok(x.Rename(x.as(alice), x.ino("dir"), "sub", x.ino("empty"), "moved", 0))
	for path, nlink := range map[string]uint32{"dir": 2, "empty": 3, "empty/moved": 2} {
		if a := x.stat(path); a.Nlink != nlink {
			t.Errorf("%s has nlink %d, want %d", path, a.Nlink, nlink)
		}
	}
	if a, _ := x.Lookup(x.as(alice), sub, ".."); a.Ino != x.ino("empty") {
		t.Errorf("its parent is %d", a.Ino)
	}
	x.mkdir(alice, "dir/other", 0o755)
	x.ok(x.Rename(x.as(alice), x.ino("empty"), "moved", x.ino("dir"), "other", 0))
	if a, b := x.stat("dir"), x.stat("empty"); a.Nlink != 3 || b.Nlink != 2 || x.ino("dir/other") != sub {
		t.Errorf("after replacing a directory: nlink %d and %d", a.Nlink, b.Nlink)
	}
}

func TestRenameWalksABoundedDepth(t *testing.T) {
	t.Parallel()
	s := New(Config{Limits: Limits{Inodes: MaxDepth * 2}, RootMode: 0o777})
	c := &Context{}
	deep := RootIno
	for range MaxDepth + 1 {
		a, status := s.Mkdir(c, deep, "d", 0o777)
		if status != OK {
			t.Fatal(status)
		}
		deep = a.Ino
	}
	if _, status := s.Mkdir(c, RootIno, "x", 0o777); status != OK {
		t.Fatal(status)
	}
	if status := s.Rename(c, RootIno, "x", deep, "y", 0); status != NameTooLong {
		t.Errorf("into a directory beyond MaxDepth: %v", status)
	}
	if status := s.Rename(c, RootIno, "d", deep, "y", 0); status != NameTooLong {
		t.Errorf("into its own depths: %v", status)
	}
	if _, _, status := s.Create(c, RootIno, "f", 0o600, OpenRead); status != OK {
		t.Fatal(status)
	}
	if status := s.Rename(c, RootIno, "f", deep, "f", 0); status != OK {
		t.Errorf("a file needs no walk: %v", status)
	}
}

func TestRenameWithinOneBigTree(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	for i := range 50 {
		x.mkdir(alice, fmt.Sprintf("dir/%d", i), 0o755)
	}
	for i := range 49 {
		x.ok(x.Rename(x.as(alice), x.ino("dir"), fmt.Sprint(i), x.ino(fmt.Sprintf("dir/%d", i+1)), "in", 0))
	}
	path := "dir/49"
	for range 49 {
		path += "/in"
	}
	if a := x.stat(path); a.Nlink != 2 {
		t.Errorf("the innermost has nlink %d", a.Nlink)
	}
}

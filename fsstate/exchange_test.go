package fsstate

import "testing"

func exchange(dir, name, newDir, newName string) func(*tree, *Context) Status {
	return renameWith(dir, name, newDir, newName, RenameExchange)
}

func TestExchange(t *testing.T) {
	t.Parallel()
	try(t, []attempt{
		{"two files", alice, exchange("dir", "f", "secret", "f"), OK},
		{"a file and a link", alice, exchange("dir", "f", "dir", "ln"), OK},
		{"a file and a directory", alice, exchange("dir", "f", "", "empty"), OK},
		{"a file and a full directory", alice, exchange("dir", "f", "", "secret"), OK},
		{"two directories", alice, exchange("dir", "sub", "", "secret"), OK},
		{"a name and itself", alice, exchange("dir", "f", "dir", "f"), OK},
		{"ENOENT: the first", alice, exchange("dir", "none", "dir", "f"), NoEnt},
		{"ENOENT: the second", alice, exchange("dir", "f", "dir", "none"), NoEnt},
		{"EINVAL: into itself", alice, exchange("", "dir", "dir", "f"), Inval},
		{"EINVAL: out of itself", alice, exchange("dir", "f", "", "dir"), Inval},
		{"EINVAL: NOREPLACE too", alice, renameWith("dir", "f", "dir", "ln", 3), Inval},
		{"EINVAL: WHITEOUT", alice, renameWith("dir", "f", "dir", "ln", 4), Inval},
		{"EINVAL: WHITEOUT too", alice, renameWith("dir", "f", "dir", "ln", 6), Inval},
		{"EACCES: the first's directory", bob, exchange("dir", "f", "sticky", "b"), Access},
		{"EACCES: the second's directory", bob, exchange("sticky", "b", "dir", "f"), Access},
		{"EACCES: another's directory moves", bob, exchange("", "empty", "sticky", "b"), Access},
		{"EPERM: sticky", bob, exchange("sticky", "b", "sticky", "a"), Perm},
		{"EBUSY: dot", alice, exchange("dir", "f", "dir", "."), Busy},
	})
}

// What changes places keeps its inode, and a directory that does has another
// parent.
func TestExchangeMoves(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	f, sub, empty := x.ino("dir/f"), x.ino("dir/sub"), x.ino("empty")
	x.ok(exchange("dir", "sub", "", "empty")(x, x.as(alice)))
	if x.ino("dir/sub") != empty || x.ino("empty") != sub {
		t.Error("the directories have not changed places")
	}
	x.ok(exchange("dir", "f", "", "empty")(x, x.as(alice)))
	if x.ino("dir/f") != sub || x.ino("empty") != f || x.ino("dir/f/..") != x.ino("dir") {
		t.Error("the file and the directory have not changed places")
	}
	now := x.now
	if a := x.stat("dir"); a.Nlink != 4 || a.Mtime != now || a.Ctime != now {
		t.Errorf("the directory: %+v at %d", a, now)
	}
	if a, b := x.stat("empty"), x.stat("dir/f"); a.Ctime != now || b.Ctime != now || a.Mtime == now {
		t.Errorf("the two: %+v and %+v at %d", a, b, now)
	}
}

func TestExchangeMindsMaxLinks(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	dir, secret := x.ino("dir"), x.ino("secret")
	x.edit(secret).nlink = MaxLinks
	if got := x.Rename(x.as(alice), dir, "sub", secret, "f", RenameExchange); got != MLink {
		t.Errorf("a directory into a full one: %v", got)
	}
	if got := x.Rename(x.as(alice), secret, "f", dir, "sub", RenameExchange); got != MLink {
		t.Errorf("a directory back into a full one: %v", got)
	}
}

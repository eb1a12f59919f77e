package fsstate

import (
	"strings"
	"testing"
)

// Who asks in the tests. staff is alice's and carol's group.
var (
	root  = Caller{}
	alice = Caller{UID: 1, GID: staff}
	bob   = Caller{UID: 2, GID: 20}
	carol = Caller{UID: 3, GID: 30, Groups: []uint32{staff}}
)

const staff = 10

// tree is a state to try operations on. Time goes on by one with every call
// of as, so each operation's times can be told apart.
type tree struct {
	*State
	t   *testing.T
	now int64
}

// newTree makes:
//
//	/        root 0777      /dir     alice 0755     /dir/f   alice 0644 "hello"
//	/dir/sub alice 0755     /dir/ln -> f            /secret  alice 0700
//	/secret/f alice 0644    /sticky  root 01777     /sticky/a alice 0666
//	/sticky/b bob 0666      /empty   alice 0755     /shared  root:staff 02777
func newTree(t *testing.T) *tree {
	t.Helper()
	x := &tree{t: t, State: New(Config{
		Limits:   Limits{Bytes: 1 << 30, Inodes: 10000, Lease: 800},
		RootMode: 0o777,
	})}
	x.mkdir(alice, "dir", 0o755)
	x.write(x.create(alice, "dir/f", 0o644), "hello")
	x.mkdir(alice, "dir/sub", 0o755)
	x.ok(x.only(x.Symlink(x.as(alice), x.ino("dir"), "ln", "f")))
	x.mkdir(alice, "secret", 0o700)
	x.create(alice, "secret/f", 0o644)
	x.mkdir(root, "sticky", 0o1777)
	x.create(alice, "sticky/a", 0o666)
	x.create(bob, "sticky/b", 0o666)
	x.mkdir(alice, "empty", 0o755)
	x.mkdir(root, "shared", 0o777)
	x.set(root, "shared", SetAttr{Mask: SetMode | SetGID, Mode: 0o2777, GID: staff})
	return x
}

// as is the context of a caller's next operation, in one session of his.
func (x *tree) as(c Caller) *Context {
	x.now++
	return &Context{Caller: c, Session: Session{Principal: 7, Number: uint64(c.UID)}, Now: x.now}
}

func (x *tree) ok(status Status) {
	x.t.Helper()
	if status != OK {
		x.t.Fatalf("preparation failed: %v", status)
	}
	x.check()
}

func (x *tree) check() {
	x.t.Helper()
	if err := x.CheckInvariants(); err != nil {
		x.t.Fatal(err)
	}
}

func (x *tree) only(_ Attr, status Status) Status { return status }

// find returns the inode at a path from the root, or 0.
func (x *tree) find(path string) Ino {
	x.t.Helper()
	ino := RootIno
	for _, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		a, status := x.Lookup(&Context{ReadOnly: true}, ino, name)
		if status == NoEnt {
			return 0
		}
		x.ok(status)
		ino = a.Ino
	}
	return ino
}

// ino is find for what must be there.
func (x *tree) ino(path string) Ino {
	x.t.Helper()
	ino := x.find(path)
	if ino == 0 {
		x.t.Fatalf("%s does not exist", path)
	}
	return ino
}

func (x *tree) stat(path string) Attr {
	x.t.Helper()
	a, status := x.Getattr(&Context{ReadOnly: true}, x.ino(path))
	x.ok(status)
	return a
}

// split returns the directory and the name that a path ends in.
func (x *tree) split(path string) (Ino, string) {
	i := strings.LastIndexByte(path, '/')
	return x.ino(path[:i+1]), path[i+1:]
}

func (x *tree) mkdir(c Caller, path string, mode uint32) Ino {
	x.t.Helper()
	dir, name := x.split(path)
	a, status := x.Mkdir(x.as(c), dir, name, mode)
	x.ok(status)
	return a.Ino
}

// create makes a file that nobody has open.
func (x *tree) create(c Caller, path string, mode uint32) Ino {
	x.t.Helper()
	dir, name := x.split(path)
	a, _, status := x.Create(x.as(c), dir, name, mode, OpenWrite)
	x.ok(status)
	x.ok(x.Release(x.as(c), a.Ino, OpenWrite))
	return a.Ino
}

func (x *tree) write(ino Ino, text string) {
	x.t.Helper()
	x.ok(x.only(x.Write(x.as(root), ino, 0, []byte(text), false)))
}

func (x *tree) set(c Caller, path string, set SetAttr) Attr {
	x.t.Helper()
	a, status := x.Setattr(x.as(c), x.ino(path), set)
	x.ok(status)
	return a
}

// attempt is one operation on a fresh tree and what it must come to.
type attempt struct {
	name string
	by   Caller
	do   func(x *tree, c *Context) Status
	want Status
}

// try runs the attempts. One that fails must leave every file as it was.
func try(t *testing.T, attempts []attempt) {
	t.Helper()
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			x := newTree(t)
			before := x.inodes.Digest()
			if got := a.do(x, x.as(a.by)); got != a.want {
				t.Fatalf("came to %q, want %q", got, a.want)
			}
			x.check()
			if a.want != OK && x.inodes.Digest() != before {
				t.Fatal("it failed, but changed something")
			}
		})
	}
}

// The operations of attempts, by path.

func lookup(dir, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Lookup(c, x.ino(dir), name)) }
}

func mkdir(dir, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Mkdir(c, x.ino(dir), name, 0o755)) }
}

func create(dir, name string, open OpenMode) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status {
		_, _, status := x.Create(c, x.ino(dir), name, 0o644, open)
		return status
	}
}

func symlink(dir, name, target string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Symlink(c, x.ino(dir), name, target)) }
}

func link(path, dir, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Link(c, x.ino(path), x.ino(dir), name)) }
}

func unlink(dir, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.Unlink(c, x.ino(dir), name) }
}

func rmdir(dir, name string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.Rmdir(c, x.ino(dir), name) }
}

func rename(dir, name, newDir, newName string) func(*tree, *Context) Status {
	return renameWith(dir, name, newDir, newName, 0)
}

func renameWith(dir, name, newDir, newName string, flags RenameFlags) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status {
		return x.Rename(c, x.ino(dir), name, x.ino(newDir), newName, flags)
	}
}

func open(path string, mode OpenMode) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Open(c, x.ino(path), mode)) }
}

func setattr(path string, set SetAttr) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status { return x.only(x.Setattr(c, x.ino(path), set)) }
}

func write(path string, off uint64, data string) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status {
		return x.only(x.Write(c, x.ino(path), off, []byte(data), false))
	}
}

func read(path string, off uint64, size uint32) func(*tree, *Context) Status {
	return func(x *tree, c *Context) Status {
		_, status := x.Read(c, x.ino(path), off, size)
		return status
	}
}

// gone is an inode number of a file that was removed.
func gone(x *tree) Ino {
	ino := x.create(root, "gone", 0o666)
	x.ok(x.Unlink(x.as(root), RootIno, "gone"))
	return ino
}

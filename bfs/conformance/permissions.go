package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

var permissionClaims = []claim{
	{"exactly one class of bits counts", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Lchown(s.at("f"), aliceID, staff))
		other := s.fs.As(fsstate.Caller{UID: 1003, GID: 1003})
		for _, c := range []struct {
			mode              uint32
			owner, group, any bool
		}{
			{0o400, true, false, false}, {0o040, false, true, false}, {0o004, false, false, true},
			{0o440, true, true, false}, {0o077 &^ 0o033, false, true, true}, {0, false, false, false},
		} {
			s.ok(s.root.Chmod(s.at("f"), c.mode))
			equal(s, "the owner reads", s.reads(s.alice, "f"), c.owner)
			equal(s, "the group reads", s.reads(s.bob, "f"), c.group)
			equal(s, "another reads", s.reads(other, "f"), c.any)
			equal(s, "root reads", s.reads(s.root, "f"), true)
		}
	}},
	{"the caller's own group counts beside the supplementary ones", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Lchown(s.at("f"), 0, 3000))
		s.ok(s.root.Chmod(s.at("f"), 0o040))
		equal(s, "primary", s.reads(s.fs.As(fsstate.Caller{UID: 1, GID: 3000}), "f"), true)
		many := fsstate.Caller{UID: 1, GID: 1, Groups: []uint32{5, 9, 2999, 3000, 3001}}
		equal(s, "one of several", s.reads(s.fs.As(many), "f"), true)
		equal(s, "neither", s.reads(s.alice, "f"), false)
	}},
	{"a path needs search permission", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "d/f", "x")
		s.ok(s.root.Chmod(s.at("d"), 0o666))
		equal(s, "reads", s.reads(s.alice, "d/f"), false)
		_, err := s.alice.Lstat(s.at("d/f"))
		s.fails(err, "EACCES")
		_, err = s.alice.Lstat(s.at("d/none"))
		s.fails(err, "EACCES")
		s.ok(s.root.Chmod(s.at("d"), 0o711))
		equal(s, "reads", s.reads(s.alice, "d/f"), true)
		_, err = s.alice.OpenDir(s.at("d"))
		s.fails(err, "EACCES")
	}},
	{"names change with write and search permission", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.alice, "d/f", "x")
		s.put(s.alice, "f", "x")
		for _, mode := range []uint32{0o755, 0o776, 0o774} {
			s.ok(s.root.Chmod(s.at("d"), mode))
			s.cannotChange("d")
		}
		s.ok(s.root.Chmod(s.at("d"), 0o773))
		s.ok(s.bob.Unlink(s.at("d/f")))
		s.mkdir(s.bob, "d/e", 0o777)
	}},
	{"sticky directories protect what others own", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Chmod(s.at("d"), 0o1777))
		s.put(s.alice, "d/f", "x")
		s.mkdir(s.alice, "d/e", 0o777)
		s.put(s.bob, "d/b", "x")
		s.fails(s.bob.Unlink(s.at("d/f")), "EPERM", "EACCES")
		s.fails(s.bob.Rmdir(s.at("d/e")), "EPERM", "EACCES")
		s.fails(s.bob.Rename(s.at("d/f"), s.at("d/g")), "EPERM", "EACCES")
		s.fails(s.bob.Rename(s.at("d/b"), s.at("d/f")), "EPERM", "EACCES")
		s.ok(s.alice.Rename(s.at("d/f"), s.at("d/g")))
		s.ok(s.alice.Unlink(s.at("d/g")))
		s.ok(s.root.Rmdir(s.at("d/e")))
	}},
	{"the owner of a sticky directory may remove", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		s.ok(s.alice.Chmod(s.at("d"), 0o1777))
		s.put(s.bob, "d/f", "x")
		s.ok(s.alice.Unlink(s.at("d/f")))
	}},
	{"what a name is counts before what may be done", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "d/f", "x")
		s.mkdir(s.root, "d/e", 0o777)
		s.ok(s.root.Chmod(s.at("d"), 0o755))
		s.fails(s.alice.Unlink(s.at("d/none")), "ENOENT")
		s.fails(s.alice.Rmdir(s.at("d/none")), "ENOENT")
		s.fails(s.alice.Rename(s.at("d/none"), s.at("d/x")), "ENOENT")
		s.fails(s.alice.Mkdir(s.at("d/f"), 0o777), "EEXIST")
		s.fails(s.alice.Symlink("x", s.at("d/f")), "EEXIST")
		s.fails(s.alice.Link(s.at("d/f"), s.at("d/e")), "EEXIST")
		_, err := s.alice.Open(s.at("d/f"), createExclusive, 0o644)
		s.fails(err, "EEXIST")
		s.fails(s.alice.Unlink(s.at("d/e")), "EACCES", "EISDIR")
	}},
	{"O_TRUNC needs write permission", func(s *suite) {
		s.put(s.alice, "f", "kept")
		_, err := s.bob.Open(s.at("f"), unix.O_RDONLY|unix.O_TRUNC, 0)
		s.fails(err, "EACCES")
		s.fails(s.bob.Truncate(s.at("f"), 0), "EACCES")
		equal(s, "contents", s.get("f"), "kept")
	}},
	{"create does not open what the caller may not", func(s *suite) {
		s.put(s.alice, "f", "kept")
		_, err := s.bob.Open(s.at("f"), unix.O_RDWR|unix.O_CREAT, 0o666)
		s.fails(err, "EACCES")
		s.close(s.open(s.bob, "f", unix.O_RDONLY|unix.O_CREAT, 0o666))
	}},
	{"access tells what is allowed", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o640))
		s.ok(s.alice.Access(s.at("f"), unix.R_OK|unix.W_OK))
		s.fails(s.alice.Access(s.at("f"), unix.X_OK), "EACCES")
		s.fails(s.bob.Access(s.at("f"), unix.R_OK), "EACCES")
		s.ok(s.bob.Access(s.at("f"), 0))
		s.ok(s.root.Access(s.at("f"), unix.R_OK|unix.W_OK))
		s.fails(s.root.Access(s.at("f"), unix.X_OK), "EACCES")
		s.ok(s.root.Chmod(s.at("f"), 0o001))
		s.ok(s.root.Access(s.at("f"), unix.X_OK))
		s.fails(s.root.Access(s.at("none"), 0), "ENOENT")
	}},
	{"moving a directory needs permission to write to it", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.mkdir(s.root, "b", 0o777)
		s.mkdir(s.root, "a/d", 0o755)
		s.fails(s.alice.Rename(s.at("a/d"), s.at("b/d")), "EACCES")
		s.ok(s.alice.Rename(s.at("a/d"), s.at("a/e")))
	}},
}

func (s *suite) reads(p Process, name string) bool {
	s.Helper()
	f, err := p.Open(s.at(name), unix.O_RDONLY, 0)
	if err != nil {
		s.fails(err, "EACCES")
		return false
	}
	s.close(f)
	return true
}

// cannotChange checks that bob can change nothing in a directory that holds
// f.
func (s *suite) cannotChange(dir string) {
	s.Helper()
	s.fails(s.bob.Mkdir(s.at(dir+"/new"), 0o777), "EACCES")
	s.fails(s.bob.Symlink("x", s.at(dir+"/new")), "EACCES")
	s.fails(s.bob.Unlink(s.at(dir+"/f")), "EACCES")
	s.fails(s.bob.Rename(s.at(dir+"/f"), s.at(dir+"/new")), "EACCES")
	s.fails(s.bob.Rename(s.at(dir+"/f"), s.at("moved")), "EACCES")
	_, err := s.bob.Open(s.at(dir+"/new"), createExclusive, 0o644)
	s.fails(err, "EACCES")
}

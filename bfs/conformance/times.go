package conformance

import (
	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// longAgo is a time that no clock shows any more, with nanoseconds.
const longAgo int64 = 1_000_000_000_123_456_789

var timeClaims = []claim{
	{"utimens sets times to the nanosecond", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.alice.Utimens(s.at("f"), longAgo, longAgo+1))
		equal(s, "atime", s.attr("f").Atime, longAgo)
		equal(s, "mtime", s.attr("f").Mtime, longAgo+1)
		equal(s, "ctime is now", s.attr("f").Ctime > longAgo+1, true)
		s.ok(s.alice.Utimens(s.at("f"), TimeOmit, longAgo+2))
		equal(s, "atime left alone", s.attr("f").Atime, longAgo)
		s.ok(s.alice.Utimens(s.at("f"), longAgo+3, TimeOmit))
		equal(s, "mtime left alone", s.attr("f").Mtime, longAgo+2)
		s.ok(s.alice.Utimens(s.at("f"), TimeNow, TimeNow))
		equal(s, "mtime is now", s.attr("f").Mtime > longAgo+2, true)
		s.fails(s.root.Utimens(s.at("none"), TimeNow, TimeNow), "ENOENT")
	}},
	{"utimens is for the owner, and now for writers", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o666))
		s.ok(s.bob.Utimens(s.at("f"), TimeNow, TimeNow))
		s.fails(s.bob.Utimens(s.at("f"), longAgo, longAgo), "EPERM")
		s.fails(s.bob.Utimens(s.at("f"), TimeOmit, longAgo), "EPERM")
		s.ok(s.root.Chmod(s.at("f"), 0o644))
		s.fails(s.bob.Utimens(s.at("f"), TimeNow, TimeNow), "EACCES")
		s.fails(s.bob.Utimens(s.at("f"), longAgo, longAgo), "EPERM")
	}},
	{"changes to contents move mtime and ctime", func(s *suite) {
		s.put(s.alice, "f", "x")
		f := s.open(s.alice, "f", unix.O_RDWR, 0)
		defer s.close(f)
		s.moves("f", both, func() { s.pwrite(f, "y", 0) })
		s.moves("f", both, func() { s.ok(f.Ftruncate(10)) })
		s.moves("f", both, func() { s.ok(s.alice.Truncate(s.at("f"), 0)) })
		s.moves("f", both, func() { s.close(s.open(s.alice, "f", unix.O_WRONLY|unix.O_TRUNC, 0)) })
	}},
	{"changes to attributes move ctime alone", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Chmod(s.at("f"), 0o600)) })
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Lchown(s.at("f"), -1, staff)) })
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Link(s.at("f"), s.at("g"))) })
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Unlink(s.at("g"))) })
	}},
	{"changes to a directory move its mtime and ctime", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		s.mkdir(s.alice, "e", 0o777)
		s.moves("d", both, func() { s.put(s.alice, "d/f", "x") })
		s.moves("d", both, func() { s.ok(s.alice.Link(s.at("d/f"), s.at("d/g"))) })
		s.moves("d", both, func() { s.ok(s.alice.Unlink(s.at("d/g"))) })
		s.moves("d", both, func() { s.mkdir(s.alice, "d/sub", 0o777) })
		s.moves("d", both, func() { s.ok(s.alice.Rmdir(s.at("d/sub"))) })
		s.moves("d", both, func() { s.ok(s.alice.Symlink("x", s.at("d/s"))) })
		s.moves("d", both, func() { s.ok(s.alice.Rename(s.at("d/f"), s.at("d/h"))) })
		s.moves("e", both, func() { s.ok(s.alice.Rename(s.at("d/h"), s.at("e/h"))) })
		s.moves("e", both, func() { s.ok(s.alice.Rename(s.at("e/h"), s.at("d/f"))) })
	}},
	{"what fails or only looks moves nothing", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		s.put(s.alice, "d/f", "x")
		s.moves("d", neither, func() { s.fails(s.alice.Mkdir(s.at("d/f"), 0o777), "EEXIST") })
		s.moves("d", neither, func() { s.fails(s.alice.Unlink(s.at("d/none")), "ENOENT") })
		s.moves("d", neither, func() { s.put(s.alice, "d/f", "y") })
		s.moves("d/f", neither, func() { s.fails(s.bob.Chmod(s.at("d/f"), 0o777), "EPERM") })
		s.moves("d/f", neither, func() { s.get("d/f") })
		s.moves("d/f", neither, func() { s.close(s.open(s.alice, "d/f", unix.O_RDWR|unix.O_CREAT, 0o600)) })
	}},
	{"reading moves an atime that lies before the mtime", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.alice.Utimens(s.at("f"), longAgo, longAgo+1))
		s.get("f")
		equal(s, "atime is now", s.attr("f").Atime > longAgo+1, true)
		equal(s, "mtime", s.attr("f").Mtime, longAgo+1)
	}},
	{"the times of a new file are one", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		s.ok(s.alice.Utimens(s.at("d"), longAgo, longAgo))
		s.close(s.open(s.alice, "d/f", createExclusive, 0o644))
		a := s.attr("d/f")
		equal(s, "mtime and atime", a.Mtime, a.Atime)
		equal(s, "mtime and ctime", a.Mtime, a.Ctime)
		equal(s, "not before its directory's", a.Mtime >= s.attr("d").Btime && a.Mtime > longAgo, true)
	}},
	{"a file written later has no earlier time", func(s *suite) {
		last := int64(0)
		for i := range 20 {
			s.put(s.alice, number(i%3), "x")
			now := s.attr(number(i % 3)).Mtime
			equal(s, "goes on", now >= last, true)
			last = now
		}
	}},
}

// effect is what a change does to a file's mtime and ctime.
type effect struct{ mtime, ctime bool }

var (
	both      = effect{true, true}
	onlyCtime = effect{false, true}
	neither   = effect{false, false}
)

// moves checks which times of the file of that name a change moves.
func (s *suite) moves(name string, want effect, change func()) {
	s.Helper()
	s.ok(s.root.Utimens(s.at(name), longAgo, longAgo))
	before := s.attr(name)
	s.pass(before)
	change()
	after := s.attr(name)
	got := effect{after.Mtime != before.Mtime, after.Ctime != before.Ctime}
	equal(s, "whether mtime and ctime moved", got, want)
}

// pass makes changes elsewhere until the file system's clock, which may be
// coarse, shows another time than the ctime of a.
func (s *suite) pass(a fsstate.Attr) {
	s.Helper()
	for {
		s.ok(s.root.Utimens("/", TimeOmit, TimeNow))
		root, err := s.root.Lstat("/")
		s.ok(err)
		if root.Ctime > a.Ctime {
			return
		}
	}
}

package conformance

import (
	"strings"

	"golang.org/x/sys/unix"
)

var linkClaims = []claim{
	{"link gives a file a second name", func(s *suite) {
		s.put(s.root, "f", "one")
		s.ok(s.root.Link(s.at("f"), s.at("g")))
		equal(s, "inode", s.attr("g").Ino, s.attr("f").Ino)
		equal(s, "links", s.attr("f").Nlink, 2)
		s.put(s.root, "g", "two")
		equal(s, "contents by the first name", s.get("f"), "two")
	}},
	{"a file lives until its last name goes", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Link(s.at("f"), s.at("g")))
		s.ok(s.root.Unlink(s.at("f")))
		s.absent("f")
		equal(s, "links", s.attr("g").Nlink, 1)
		equal(s, "contents", s.get("g"), "x")
	}},
	{"link refuses what it cannot do", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "f", "x")
		s.put(s.root, "g", "x")
		s.fails(s.root.Link(s.at("d"), s.at("e")), "EPERM")
		s.fails(s.root.Link(s.at("f"), s.at("g")), "EEXIST")
		s.fails(s.root.Link(s.at("f"), s.at("f")), "EEXIST")
		s.fails(s.root.Link(s.at("none"), s.at("h")), "ENOENT")
		s.fails(s.root.Link(s.at("f"), s.at("none/h")), "ENOENT")
		equal(s, "links", s.attr("f").Nlink, 1)
	}},
	{"link to a symbolic link is a name of the link", func(s *suite) {
		s.ok(s.root.Symlink("f", s.at("s")))
		s.ok(s.root.Link(s.at("s"), s.at("t")))
		equal(s, "inode", s.attr("t").Ino, s.attr("s").Ino)
		equal(s, "links", s.attr("s").Nlink, 2)
	}},
}

var symlinkClaims = []claim{
	{"a symbolic link holds its target", func(s *suite) {
		s.ok(s.alice.Symlink("some/where", s.at("s")))
		target, err := s.bob.Readlink(s.at("s"))
		s.ok(err)
		equal(s, "target", target, "some/where")
		a := s.attr("s")
		equal(s, "mode", a.Mode, unix.S_IFLNK|0o777)
		equal(s, "size", a.Size, uint64(len("some/where")))
		equal(s, "owner", a.UID, aliceID)
	}},
	{"symbolic links are followed", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "d/f", "x")
		s.ok(s.root.Symlink("d", s.at("to-d")))
		s.ok(s.root.Symlink("to-d/f", s.at("to-f")))
		s.ok(s.root.Symlink("../to-f", s.at("d/up")))
		equal(s, "through three links", s.get("to-d/up"), "x")
		a, err := s.root.Stat(s.at("to-d/up"))
		s.ok(err)
		equal(s, "inode", a.Ino, s.attr("d/f").Ino)
		s.ok(s.root.Chmod(s.at("to-f"), 0o600))
		equal(s, "mode behind the link", s.mode("d/f"), 0o600)
		equal(s, "mode of the link", s.mode("to-f"), 0o777)
	}},
	{"a dangling symbolic link leads nowhere", func(s *suite) {
		s.ok(s.root.Symlink("none", s.at("s")))
		_, err := s.root.Stat(s.at("s"))
		s.fails(err, "ENOENT")
		_, err = s.root.Open(s.at("s"), createExclusive, 0o644)
		s.fails(err, "EEXIST")
		s.fails(s.root.Mkdir(s.at("s"), 0o777), "EEXIST")
		s.put(s.root, "s", "made through the link")
		equal(s, "contents", s.get("none"), "made through the link")
	}},
	{"symbolic links in a circle are refused", func(s *suite) {
		s.ok(s.root.Symlink("b", s.at("a")))
		s.ok(s.root.Symlink("a", s.at("b")))
		_, err := s.root.Stat(s.at("a"))
		s.fails(err, "ELOOP")
		_, err = s.root.Open(s.at("a/x"), unix.O_RDONLY, 0)
		s.fails(err, "ELOOP")
	}},
	{"40 symbolic links are followed and 41 are not", func(s *suite) {
		s.put(s.root, "0", "end")
		for i := range 41 {
			s.ok(s.root.Symlink(number(i), s.at(number(i+1))))
		}
		equal(s, "contents", s.get("40"), "end")
		_, err := s.root.Stat(s.at("41"))
		s.fails(err, "ELOOP")
	}},
	{"O_NOFOLLOW does not follow", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Symlink("f", s.at("s")))
		_, err := s.root.Open(s.at("s"), unix.O_RDONLY|unix.O_NOFOLLOW, 0)
		s.fails(err, "ELOOP")
	}},
	{"symlink and readlink refuse what makes no sense", func(s *suite) {
		s.put(s.root, "f", "x")
		s.mkdir(s.root, "d", 0o777)
		s.fails(s.root.Symlink("x", s.at("f")), "EEXIST")
		s.fails(s.root.Symlink("", s.at("s")), "ENOENT")
		_, err := s.root.Readlink(s.at("f"))
		s.fails(err, "EINVAL")
		_, err = s.root.Readlink(s.at("d"))
		s.fails(err, "EINVAL")
	}},
	{"targets have up to 4095 bytes", func(s *suite) {
		longest := strings.Repeat("t/", 2047) + "t"
		s.ok(s.root.Symlink(longest, s.at("s")))
		target, err := s.root.Readlink(s.at("s"))
		s.ok(err)
		equal(s, "target", target, longest)
		s.fails(s.root.Symlink(longest+"t", s.at("t")), "ENAMETOOLONG")
	}},
	{"unlink removes the link and not its target", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Symlink("f", s.at("s")))
		s.ok(s.root.Unlink(s.at("s")))
		s.absent("s")
		equal(s, "contents", s.get("f"), "x")
	}},
}

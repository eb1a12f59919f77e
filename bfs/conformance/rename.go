package conformance

import (
	"errors"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

func number(i int) string { return strconv.Itoa(i) }

var renameClaims = []claim{
	{"rename moves a file", func(s *suite) {
		s.put(s.root, "f", "x")
		s.mkdir(s.root, "d", 0o777)
		ino := s.attr("f").Ino
		s.ok(s.root.Rename(s.at("f"), s.at("d/g")))
		s.absent("f")
		equal(s, "inode", s.attr("d/g").Ino, ino)
		equal(s, "contents", s.get("d/g"), "x")
	}},
	{"rename replaces a file", func(s *suite) {
		s.put(s.root, "f", "new")
		s.put(s.root, "g", "old")
		s.ok(s.root.Link(s.at("g"), s.at("h")))
		s.ok(s.root.Rename(s.at("f"), s.at("g")))
		s.absent("f")
		equal(s, "contents", s.get("g"), "new")
		equal(s, "contents by the other name", s.get("h"), "old")
		equal(s, "links of the replaced", s.attr("h").Nlink, 1)
	}},
	{"rename moves a directory with what is in it", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.mkdir(s.root, "b", 0o777)
		s.mkdir(s.root, "a/d", 0o777)
		s.put(s.root, "a/d/f", "x")
		s.put(s.root, "b/here", "x")
		s.ok(s.root.Rename(s.at("a/d"), s.at("b/e")))
		equal(s, "contents", s.get("b/e/f"), "x")
		equal(s, "links of the old parent", s.attr("a").Nlink, 2)
		equal(s, "links of the new parent", s.attr("b").Nlink, 3)
		equal(s, "what dot-dot is", s.attr("b/e/..").Ino, s.attr("b").Ino)
		equal(s, "through dot-dot", s.get("b/e/../here"), "x")
	}},
	{"rename replaces an empty directory by a directory", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.put(s.root, "a/f", "x")
		s.mkdir(s.root, "b", 0o777)
		s.ok(s.root.Rename(s.at("a"), s.at("b")))
		equal(s, "contents", s.get("b/f"), "x")
		equal(s, "links of the parent", s.attr("").Nlink, 3)
	}},
	{"rename minds the types", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.mkdir(s.root, "full", 0o777)
		s.put(s.root, "full/f", "x")
		s.put(s.root, "f", "x")
		s.ok(s.root.Symlink("full", s.at("s")))
		s.fails(s.root.Rename(s.at("a"), s.at("full")), "ENOTEMPTY", "EEXIST")
		s.fails(s.root.Rename(s.at("f"), s.at("a")), "EISDIR")
		s.fails(s.root.Rename(s.at("a"), s.at("f")), "ENOTDIR")
		s.fails(s.root.Rename(s.at("a"), s.at("s")), "ENOTDIR")
		s.ok(s.root.Rename(s.at("f"), s.at("s")))
		equal(s, "a link is replaced and not followed", isType(s.attr("s"), unix.S_IFREG), true)
		s.attr("full/f")
	}},
	{"rename refuses to make a circle", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.mkdir(s.root, "a/b", 0o777)
		s.fails(s.root.Rename(s.at("a"), s.at("a/b/c")), "EINVAL")
		s.fails(s.root.Rename(s.at("a"), s.at("a/c")), "EINVAL")
		s.fails(s.root.Rename(s.at("a/b"), s.at("a")), "ENOTEMPTY", "EEXIST")
		s.attr("a/b")
	}},
	{"rename of what is missing fails", func(s *suite) {
		s.put(s.root, "f", "x")
		s.fails(s.root.Rename(s.at("none"), s.at("f")), "ENOENT")
		s.fails(s.root.Rename(s.at("f"), s.at("none/g")), "ENOENT")
		equal(s, "contents", s.get("f"), "x")
	}},
	{"rename to itself changes nothing", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Link(s.at("f"), s.at("g")))
		s.ok(s.root.Rename(s.at("f"), s.at("f")))
		s.ok(s.root.Rename(s.at("f"), s.at("g")))
		equal(s, "links", s.attr("f").Nlink, 2)
		equal(s, "inode", s.attr("g").Ino, s.attr("f").Ino)
	}},
	{"rename can be told not to replace", func(s *suite) {
		s.put(s.root, "f", "f")
		s.put(s.root, "g", "g")
		s.fails(s.root.RenameNoReplace(s.at("f"), s.at("g")), "EEXIST")
		equal(s, "contents", s.get("g"), "g")
		s.ok(s.root.RenameNoReplace(s.at("f"), s.at("h")))
		equal(s, "contents", s.get("h"), "f")
	}},
	{"rename refuses long names", func(s *suite) {
		s.put(s.root, "f", "x")
		s.fails(s.root.Rename(s.at("f"), s.at(longName)), "ENAMETOOLONG")
		s.attr("f")
	}},
	{"rename swaps through a third name", func(s *suite) {
		s.put(s.root, "a", "a")
		s.put(s.root, "b", "b")
		s.ok(s.root.Rename(s.at("a"), s.at("t")))
		s.ok(s.root.Rename(s.at("b"), s.at("a")))
		s.ok(s.root.Rename(s.at("t"), s.at("b")))
		equal(s, "contents of a", s.get("a"), "b")
		equal(s, "contents of b", s.get("b"), "a")
	}},
	{"a file that is replaced is never missing or torn", func(s *suite) {
		s.put(s.alice, "f", "whole")
		var replacing sync.WaitGroup
		replacing.Go(func() { replace(s, 200) })
		defer replacing.Wait()
		for range 300 {
			f := s.open(s.bob, "f", unix.O_RDONLY, 0)
			equal(s, "contents", s.pread(f, 100, 0), "whole")
			s.close(f)
		}
	}},
}

// replace puts a new file in the place of f, and of that another, many times.
func replace(s *suite, times int) {
	for range times {
		f, err := s.alice.Open(s.at("new"), createExclusive, 0o644)
		if err != nil {
			s.Errorf("create: %v", err)
			return
		}
		_, err = f.Pwrite([]byte("whole"), 0)
		if err = errors.Join(err, f.Close(), s.alice.Rename(s.at("new"), s.at("f"))); err != nil {
			s.Errorf("replace: %v", err)
			return
		}
	}
}

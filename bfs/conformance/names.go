package conformance

import (
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

const createExclusive = unix.O_WRONLY | unix.O_CREAT | unix.O_EXCL

var nameClaims = []claim{
	{"mkdir makes an empty directory", func(s *suite) {
		s.mkdir(s.alice, "d", 0o751)
		a := s.attr("d")
		equal(s, "is a directory", isType(a, unix.S_IFDIR), true)
		equal(s, "permissions", a.Mode&0o7777, 0o751)
		equal(s, "owner", a.UID, aliceID)
		equal(s, "group", a.GID, aliceID)
		equal(s, "links", a.Nlink, 2)
		equal(s, "links of the parent", s.attr("").Nlink, 3)
	}},
	{"mkdir refuses a name that exists", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "f", "")
		s.fails(s.root.Mkdir(s.at("d"), 0o777), "EEXIST")
		s.fails(s.root.Mkdir(s.at("f"), 0o777), "EEXIST")
	}},
	{"a path must lead through directories", func(s *suite) {
		s.put(s.root, "f", "")
		s.fails(s.root.Mkdir(s.at("f/d"), 0o777), "ENOTDIR")
		s.fails(s.root.Mkdir(s.at("none/d"), 0o777), "ENOENT")
		_, err := s.root.Lstat(s.at("f/x"))
		s.fails(err, "ENOTDIR")
		_, err = s.root.Open(s.at("none/x"), createExclusive, 0o644)
		s.fails(err, "ENOENT")
		_, err = s.root.Lstat("")
		s.fails(err, "ENOENT")
	}},
	{"dot and dot-dot lead where they say", func(s *suite) {
		s.mkdir(s.root, "a", 0o777)
		s.mkdir(s.root, "a/b", 0o777)
		s.put(s.root, "f", "here")
		equal(s, "through dots", s.get("a/./b/../../f"), "here")
		equal(s, "what dot-dot is", s.attr("a/b/..").Ino, s.attr("a").Ino)
		equal(s, "what dot is", s.attr("a/.").Ino, s.attr("a").Ino)
	}},
	{"create makes an empty file", func(s *suite) {
		s.close(s.open(s.alice, "f", createExclusive, 0o640))
		a := s.attr("f")
		equal(s, "is a regular file", isType(a, unix.S_IFREG), true)
		equal(s, "permissions", a.Mode&0o7777, 0o640)
		equal(s, "owner", a.UID, aliceID)
		equal(s, "links", a.Nlink, 1)
		equal(s, "size", a.Size, 0)
	}},
	{"exclusive create refuses a name that exists", func(s *suite) {
		s.put(s.root, "f", "kept")
		_, err := s.root.Open(s.at("f"), createExclusive|unix.O_TRUNC, 0o644)
		s.fails(err, "EEXIST")
		equal(s, "contents", s.get("f"), "kept")
	}},
	{"create without exclusion opens what exists", func(s *suite) {
		s.put(s.root, "f", "kept")
		before := s.attr("f")
		s.close(s.open(s.root, "f", unix.O_RDWR|unix.O_CREAT, 0o600))
		equal(s, "contents", s.get("f"), "kept")
		equal(s, "mode", s.attr("f").Mode, before.Mode)
		equal(s, "inode", s.attr("f").Ino, before.Ino)
	}},
	{"create refuses a directory", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		_, err := s.root.Open(s.at("d"), unix.O_WRONLY|unix.O_CREAT, 0o644)
		s.fails(err, "EISDIR")
		_, err = s.root.Open(s.at("d"), unix.O_RDONLY|unix.O_CREAT, 0o644)
		s.fails(err, "EISDIR")
		_, err = s.root.Open(s.at("d"), createExclusive, 0o644)
		s.fails(err, "EEXIST")
	}},
	{"of many who create a name one succeeds", func(s *suite) {
		var wins atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			p := []Process{s.alice, s.bob}[i%2]
			all.Go(func() {
				if f, err := p.Open(s.at("f"), createExclusive, 0o644); err == nil {
					wins.Add(1)
					_ = f.Close()
				} else if s.fs.ErrorName(err) != "EEXIST" {
					s.Errorf("failed with %v, want EEXIST", err)
				}
			})
		}
		all.Wait()
		equal(s, "successes", wins.Load(), 1)
	}},
	{"unlink removes a file and no directory", func(s *suite) {
		s.put(s.root, "f", "x")
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Unlink(s.at("f")))
		s.absent("f")
		s.fails(s.root.Unlink(s.at("f")), "ENOENT")
		s.fails(s.root.Unlink(s.at("d")), "EISDIR")
	}},
	{"rmdir removes an empty directory only", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.put(s.root, "d/f", "x")
		s.put(s.root, "f", "x")
		s.fails(s.root.Rmdir(s.at("d")), "ENOTEMPTY", "EEXIST")
		s.fails(s.root.Rmdir(s.at("f")), "ENOTDIR")
		s.fails(s.root.Rmdir(s.at("none")), "ENOENT")
		s.ok(s.root.Unlink(s.at("d/f")))
		s.ok(s.root.Rmdir(s.at("d")))
		s.absent("d")
		equal(s, "links of the parent", s.attr("").Nlink, 2)
	}},
	{"rmdir refuses dot and dot-dot", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.mkdir(s.root, "d/e", 0o777)
		s.fails(s.root.Rmdir(s.at("d/e/.")), "EINVAL")
		s.fails(s.root.Rmdir(s.at("d/e/..")), "ENOTEMPTY")
		s.attr("d/e")
	}},
	{"names have up to 255 bytes", func(s *suite) {
		longest := strings.Repeat("n", 255)
		s.put(s.root, longest, "x")
		equal(s, "contents", s.get(longest), "x")
		_, err := s.root.Open(s.at(longest+"n"), createExclusive, 0o644)
		s.fails(err, "ENAMETOOLONG")
		s.fails(s.root.Mkdir(s.at(longest+"n"), 0o777), "ENAMETOOLONG")
		_, err = s.root.Lstat(s.at(longest + "n"))
		s.fails(err, "ENAMETOOLONG")
		s.ok(s.root.Unlink(s.at(longest)))
	}},
	{"names are any bytes", func(s *suite) {
		for _, name := range []string{" ", "a\nb", "\xff\xfe", "ä", "*", "-rf", "a\tb", "...", "A"} {
			s.put(s.root, name, name)
		}
		s.put(s.root, "a", "small")
		equal(s, "not UTF-8", s.get("\xff\xfe"), "\xff\xfe")
		equal(s, "case", s.get("A"), "A")
		equal(s, "three dots", s.get("..."), "...")
	}},
	{"directories nest deeply", func(s *suite) {
		const depth = 100
		path := strings.TrimSuffix(strings.Repeat("deeper/", depth), "/")
		for i := range depth {
			s.mkdir(s.root, path[:len("deeper")+i*len("deeper/")], 0o777)
		}
		s.put(s.root, path+"/f", "bottom")
		equal(s, "contents", s.get(path+"/f"), "bottom")
		s.ok(s.root.Unlink(s.at(path + "/f")))
		for i := depth - 1; i >= 0; i-- {
			s.ok(s.root.Rmdir(s.at(path[:len("deeper")+i*len("deeper/")])))
		}
	}},
}

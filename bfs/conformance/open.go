package conformance

import (
	"golang.org/x/sys/unix"
)

var openClaims = []claim{
	{"an unlinked file lives while it is open", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		s.pwrite(f, "still", 0)
		s.ok(s.alice.Unlink(s.at("f")))
		s.absent("f")
		s.pwrite(f, " here", 5)
		equal(s, "contents", s.pread(f, 100, 0), "still here")
		a, err := f.Fstat()
		s.ok(err)
		equal(s, "links", a.Nlink, 0)
		equal(s, "size", a.Size, 10)
		s.ok(f.Ftruncate(2))
		equal(s, "contents", s.pread(f, 100, 0), "st")
		s.close(f)
	}},
	{"a name taken again is another file", func(s *suite) {
		old := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(old)
		s.pwrite(old, "old", 0)
		ino := s.attr("f").Ino
		s.ok(s.alice.Unlink(s.at("f")))
		s.put(s.alice, "f", "new")
		equal(s, "another inode", s.attr("f").Ino != ino, true)
		equal(s, "contents of the open one", s.pread(old, 100, 0), "old")
		equal(s, "contents by the name", s.get("f"), "new")
	}},
	{"a replaced file lives while it is open", func(s *suite) {
		s.put(s.alice, "f", "new")
		s.put(s.alice, "g", "old")
		first := s.open(s.alice, "g", unix.O_RDONLY, 0)
		second := s.open(s.bob, "g", unix.O_RDONLY, 0)
		s.ok(s.alice.Rename(s.at("f"), s.at("g")))
		equal(s, "contents", s.pread(first, 100, 0), "old")
		s.close(first)
		equal(s, "contents after one close", s.pread(second, 100, 0), "old")
		s.close(second)
		equal(s, "contents by the name", s.get("g"), "new")
	}},
	{"a file can be moved while it is open", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "one", 0)
		s.ok(s.alice.Rename(s.at("f"), s.at("g")))
		s.pwrite(f, " two", 3)
		equal(s, "contents", s.get("g"), "one two")
	}},
	{"permission is checked at open and not after", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.ok(s.alice.Chmod(s.at("f"), 0))
		s.pwrite(f, "kept open", 0)
		equal(s, "contents", s.pread(f, 100, 0), "kept open")
		s.ok(f.Ftruncate(4))
		_, err := s.alice.Open(s.at("f"), unix.O_RDONLY, 0)
		s.fails(err, "EACCES")
		s.fails(s.alice.Truncate(s.at("f"), 0), "EACCES")
		s.ok(s.root.Lchown(s.at("f"), bobID, bobID))
		s.pwrite(f, "bobs", 0)
		equal(s, "contents", s.pread(f, 100, 0), "bobs")
	}},
	{"a descriptor survives the loss of the way to it", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		f := s.open(s.alice, "d/f", createReadWrite, 0o644)
		defer s.close(f)
		s.ok(s.root.Chmod(s.at("d"), 0))
		s.pwrite(f, "x", 0)
		equal(s, "contents", s.pread(f, 100, 0), "x")
		_, err := s.alice.Open(s.at("d/f"), unix.O_RDONLY, 0)
		s.fails(err, "EACCES")
	}},
	{"a new file's mode does not bind its creator's descriptor", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite|unix.O_EXCL, 0o400)
		defer s.close(f)
		s.pwrite(f, "written", 0)
		equal(s, "contents", s.get("f"), "written")
		_, err := s.alice.Open(s.at("f"), unix.O_WRONLY, 0)
		s.fails(err, "EACCES")
	}},
	{"a file can be open many times", func(s *suite) {
		s.put(s.alice, "f", "x")
		const times = 30
		files := make([]File, times)
		for i := range files {
			files[i] = s.open(s.alice, "f", unix.O_RDONLY+i%2*unix.O_RDWR, 0)
		}
		s.ok(s.alice.Unlink(s.at("f")))
		for _, f := range files {
			equal(s, "contents", s.pread(f, 1, 0), "x")
			s.close(f)
		}
	}},
}

package conformance

import (
	"golang.org/x/sys/unix"
)

const tmpfileReadWrite = unix.O_TMPFILE | unix.O_RDWR

var tmpfileClaims = []claim{
	{"a file without a name is in no directory", func(s *suite) {
		f, err := s.alice.Open(s.dir, tmpfileReadWrite, 0o640)
		s.ok(err)
		defer s.close(f)
		s.pwrite(f, "content", 0)
		equal(s, "contents", s.pread(f, 100, 0), "content")
		a, err := f.Fstat()
		s.ok(err)
		equal(s, "links", a.Nlink, 0)
		equal(s, "mode", a.Mode, unix.S_IFREG|0o640)
		equal(s, "entries", len(s.list("")), 0)
	}},
	{"a file without a name gets one, whole", func(s *suite) {
		f, err := s.root.Open(s.dir, tmpfileReadWrite, 0o640)
		s.ok(err)
		s.pwrite(f, "whole", 0)
		s.put(s.root, "taken", "x")
		s.fails(f.LinkAs(s.at("taken")), "EEXIST")
		s.ok(f.LinkAs(s.at("named")))
		equal(s, "contents", s.get("named"), "whole")
		equal(s, "links", s.attr("named").Nlink, 1)
		s.ok(f.LinkAs(s.at("second")))
		equal(s, "links", s.attr("named").Nlink, 2)
		s.close(f)
		equal(s, "contents after the close", s.get("second"), "whole")
	}},
	{"an exclusive file without a name gets none", func(s *suite) {
		f, err := s.root.Open(s.dir, tmpfileReadWrite|unix.O_EXCL, 0o640)
		s.ok(err)
		defer s.close(f)
		s.fails(f.LinkAs(s.at("named")), "ENOENT")
	}},
	{"a file that has lost its name gets none", func(s *suite) {
		f := s.open(s.root, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.ok(s.root.Unlink(s.at("f")))
		s.fails(f.LinkAs(s.at("g")), "ENOENT")
	}},
	{"a file without a name takes permission to write to the directory", func(s *suite) {
		s.mkdir(s.alice, "d", 0o755)
		_, err := s.bob.Open(s.at("d"), tmpfileReadWrite, 0o640)
		s.fails(err, "EACCES")
		s.put(s.alice, "f", "x")
		_, err = s.alice.Open(s.at("f"), tmpfileReadWrite, 0o640)
		s.fails(err, "ENOTDIR")
		_, err = s.alice.Open(s.at("none"), tmpfileReadWrite, 0o640)
		s.fails(err, "ENOENT")
		_, err = s.alice.Open(s.at("d"), unix.O_TMPFILE|unix.O_RDONLY, 0o640)
		s.fails(err, "EINVAL")
	}},
	{"a file without a name takes the group of a set-gid directory", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Lchown(s.at("d"), 0, staff))
		s.ok(s.root.Chmod(s.at("d"), 0o2777))
		f, err := s.alice.Open(s.at("d"), tmpfileReadWrite, 0o640)
		s.ok(err)
		defer s.close(f)
		a, err := f.Fstat()
		s.ok(err)
		equal(s, "group", a.GID, staff)
		equal(s, "owner", a.UID, aliceID)
	}},
}

package conformance

import (
	"strings"

	"golang.org/x/sys/unix"
)

// The modes of fallocate.
const (
	keepSize  = unix.FALLOC_FL_KEEP_SIZE
	punchHole = unix.FALLOC_FL_PUNCH_HOLE | unix.FALLOC_FL_KEEP_SIZE
	zeroRange = unix.FALLOC_FL_ZERO_RANGE
	seekData  = unix.SEEK_DATA
	seekHole  = unix.SEEK_HOLE
)

// A page is a multiple of the block of every file system the suite meets.
const page = 64 << 10

var spaceClaims = []claim{
	{"fallocate takes room and makes a file longer", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "kept", 0)
		s.ok(f.Fallocate(0, 0, 4*page))
		equal(s, "size", s.attr("f").Size, 4*page)
		equal(s, "blocks", s.attr("f").Blocks*512 >= 4*page, true)
		equal(s, "contents", s.pread(f, 10, 0), "kept\x00\x00\x00\x00\x00\x00")
		s.ok(f.Fallocate(0, 0, page))
		equal(s, "never shorter", s.attr("f").Size, 4*page)
	}},
	{"fallocate can keep the size", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "x", 0)
		s.ok(f.Fallocate(keepSize, page, 2*page))
		equal(s, "size", s.attr("f").Size, 1)
		equal(s, "blocks", s.attr("f").Blocks*512 >= 2*page, true)
		s.ok(f.Ftruncate(1))
		s.ok(f.Ftruncate(0))
		equal(s, "none after truncation", s.attr("f").Blocks, 0)
	}},
	{"punching a hole frees blocks and leaves zeros", func(s *suite) {
		content := strings.Repeat("x", 4*page)
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, content, 0)
		before := s.attr("f").Blocks
		s.ok(f.Fallocate(punchHole, page-10, page+20))
		want := content[:page-10] + strings.Repeat("\x00", page+20) + content[2*page+10:]
		equal(s, "contents", s.pread(f, len(content)+1, 0) == want, true)
		equal(s, "fewer blocks", s.attr("f").Blocks < before, true)
		equal(s, "size", s.attr("f").Size, 4*page)
		s.ok(f.Fallocate(punchHole, page, 1<<40))
		equal(s, "size after a hole beyond the end", s.attr("f").Size, 4*page)
		equal(s, "contents", s.pread(f, 3*page, page) == strings.Repeat("\x00", 3*page), true)
	}},
	{"a range can be made zero, where the file system can", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, strings.Repeat("x", 2*page), 0)
		if err := f.Fallocate(zeroRange, 5, page); err != nil {
			s.fails(err, "ENOTSUP")
			return
		}
		want := "xxxxx" + strings.Repeat("\x00", page) + strings.Repeat("x", page-5)
		equal(s, "contents", s.pread(f, 3*page, 0) == want, true)
		s.ok(f.Fallocate(zeroRange, 0, 3*page))
		equal(s, "size", s.attr("f").Size, 3*page)
		s.ok(f.Fallocate(zeroRange|keepSize, 0, 5*page))
		equal(s, "size", s.attr("f").Size, 3*page)
		equal(s, "contents", s.pread(f, 4*page, 0) == strings.Repeat("\x00", 3*page), true)
	}},
	{"fallocate refuses what makes no sense", func(s *suite) {
		s.put(s.alice, "f", "x")
		f := s.open(s.alice, "f", unix.O_RDWR, 0)
		defer s.close(f)
		s.fails(f.Fallocate(0, 0, 0), "EINVAL")
		s.fails(f.Fallocate(0, -1, 5), "EINVAL")
		s.fails(f.Fallocate(0, 5, -1), "EINVAL")
		s.fails(f.Fallocate(unix.FALLOC_FL_PUNCH_HOLE, 0, page), "ENOTSUP")
		s.fails(f.Fallocate(unix.FALLOC_FL_COLLAPSE_RANGE, 0, page), "ENOTSUP", "EINVAL")
		s.fails(f.Fallocate(unix.FALLOC_FL_INSERT_RANGE, 0, page), "ENOTSUP", "EINVAL")
		reader := s.open(s.alice, "f", unix.O_RDONLY, 0)
		defer s.close(reader)
		s.fails(reader.Fallocate(0, 0, page), "EBADF")
		equal(s, "contents", s.get("f"), "x")
	}},
	{"data and holes are found", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, strings.Repeat("x", page), 2*page)
		s.ok(f.Ftruncate(5 * page))
		for _, look := range []struct {
			from   int64
			whence int
			want   int64
		}{
			{0, seekData, 2 * page}, {2*page + 9, seekData, 2*page + 9}, {0, seekHole, 0},
			{2*page + 9, seekHole, 3 * page}, {4 * page, seekHole, 4 * page},
		} {
			at, err := f.Seek(look.from, look.whence)
			s.ok(err)
			equal(s, "offset", at, look.want)
		}
		_, err := f.Seek(3*page, seekData)
		s.fails(err, "ENXIO")
		_, err = f.Seek(5*page, seekHole)
		s.fails(err, "ENXIO")
		s.pwrite(f, "x", 5*page-1)
		at, err := f.Seek(5*page-1, seekHole)
		s.ok(err)
		equal(s, "the end is a hole", at, 5*page)
	}},
}

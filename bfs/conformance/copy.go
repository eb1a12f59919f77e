package conformance

import (
	"math/rand/v2"

	"golang.org/x/sys/unix"
)

var copyClaims = []claim{
	{"a range is copied between files", func(s *suite) {
		s.put(s.alice, "from", "0123456789")
		s.put(s.alice, "to", "abcdefghij")
		from, to := s.open(s.alice, "from", unix.O_RDONLY, 0), s.open(s.alice, "to", unix.O_RDWR, 0)
		defer s.close(from)
		defer s.close(to)
		s.copy(from, 2, to, 5, 3, 3)
		equal(s, "contents", s.get("to"), "abcde234ij")
		s.copy(from, 8, to, 9, 100, 2)
		equal(s, "contents", s.get("to"), "abcde234i89")
		s.copy(from, 10, to, 0, 100, 0)
		s.copy(from, 1000, to, 0, 100, 0)
		equal(s, "contents", s.get("to"), "abcde234i89")
	}},
	{"a copy of a file is independent of it", func(s *suite) {
		content := string(randomBytes(4, 3<<20+77))
		from := s.open(s.alice, "from", createReadWrite, 0o644)
		defer s.close(from)
		s.pwrite(from, content, 0)
		to := s.open(s.alice, "to", createReadWrite, 0o644)
		defer s.close(to)
		s.copy(from, 0, to, 0, 1<<40, int64(len(content)))
		equal(s, "the copy", s.get("to") == content, true)
		s.pwrite(to, "changed", 1<<20)
		equal(s, "the source", s.get("from") == content, true)
		s.pwrite(from, "CHANGED", 2<<20)
		equal(s, "the copy", s.pread(to, 7, 2<<20), content[2<<20:2<<20+7])
	}},
	{"a file is copied to another place in it", func(s *suite) {
		s.put(s.alice, "f", "0123456789")
		f := s.open(s.alice, "f", unix.O_RDWR, 0)
		defer s.close(f)
		s.copy(f, 0, f, 6, 4, 4)
		equal(s, "contents", s.get("f"), "0123450123")
		_, err := f.CopyRange(0, f, 3, 4)
		s.fails(err, "EINVAL")
		equal(s, "contents", s.get("f"), "0123450123")
	}},
	{"copying needs descriptors that read and write", func(s *suite) {
		s.put(s.alice, "f", "0123456789")
		s.put(s.alice, "g", "")
		reader, writer := s.open(s.alice, "f", unix.O_RDONLY, 0), s.open(s.alice, "g", unix.O_WRONLY, 0)
		defer s.close(reader)
		defer s.close(writer)
		_, err := reader.CopyRange(0, reader, 20, 5)
		s.fails(err, "EBADF")
		_, err = writer.CopyRange(0, writer, 20, 5)
		s.fails(err, "EBADF")
		s.copy(reader, 0, writer, 0, 5, 5)
	}},
	{"copying by others takes set-id bits", func(s *suite) {
		s.put(s.alice, "from", "program")
		s.put(s.alice, "to", "")
		s.ok(s.alice.Chmod(s.at("to"), 0o6777))
		from, to := s.open(s.bob, "from", unix.O_RDONLY, 0), s.open(s.bob, "to", unix.O_WRONLY, 0)
		defer s.close(from)
		defer s.close(to)
		s.copy(from, 0, to, 0, 7, 7)
		equal(s, "mode", s.mode("to"), 0o777)
	}},
	{"random copies, holes and writes give what they should", checkRandomSpace},
}

// copy copies a range, of which want bytes are there.
func (s *suite) copy(from File, offset int64, to File, toOffset, length, want int64) {
	s.Helper()
	n, err := from.CopyRange(offset, to, toOffset, length)
	s.ok(err)
	equal(s, "bytes copied", n, want)
}

// checkRandomSpace does the same to two files and to two byte slices.
func checkRandomSpace(s *suite) {
	const steps, space = 300, 1 << 17
	random := rand.New(rand.NewPCG(6, 6))
	noise := randomBytes(7, space)
	var files [2]File
	var want [2][]byte
	for i, name := range []string{"a", "b"} {
		files[i] = s.open(s.alice, name, createReadWrite, 0o644)
		defer s.close(files[i])
	}
	place := func() int { // often at the edge of a block
		at := random.IntN(space / 2)
		if random.IntN(2) == 0 {
			at &^= 4095
		}
		return at
	}
	for range steps {
		i, j := random.IntN(2), random.IntN(2)
		at, to, size := place(), place(), 1+place()
		switch random.IntN(4) {
		case 0:
			s.pwrite(files[i], string(noise[at:at+size]), int64(at))
			want[i] = resize(want[i], max(len(want[i]), at+size))
			copy(want[i][at:], noise[:at+size][at:])
		case 1:
			s.ok(files[i].Fallocate(punchHole, int64(at), int64(size)))
			clear(want[i][min(at, len(want[i])):min(at+size, len(want[i]))])
		case 2:
			s.ok(files[i].Fallocate(0, int64(at), int64(size)))
			want[i] = resize(want[i], max(len(want[i]), at+size))
		case 3:
			piece := want[i][min(at, len(want[i])):min(at+size, len(want[i]))]
			if i == j && at < to+size && to < at+size {
				continue
			}
			s.copy(files[i], int64(at), files[j], int64(to), int64(size), int64(len(piece)))
			if len(piece) > 0 {
				longer := resize(want[j], max(len(want[j]), to+len(piece)))
				copy(longer[to:], piece)
				want[j] = longer
			}
		}
		got := s.pread(files[j], len(want[j])+1, 0)
		equal(s, "contents", got == string(want[j]), true)
	}
}

package conformance

import (
	"bytes"
	"math/rand/v2"
	"strings"

	"golang.org/x/sys/unix"
)

// longName is one byte longer than a name may be.
var longName = strings.Repeat("n", 256)

const createReadWrite = unix.O_RDWR | unix.O_CREAT

var dataClaims = []claim{
	{"what is written is read", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "hello world", 0)
		s.pwrite(f, "W", 6)
		equal(s, "all", s.pread(f, 100, 0), "hello World")
		equal(s, "a part", s.pread(f, 3, 4), "o W")
		equal(s, "at the end", s.pread(f, 10, 11), "")
		equal(s, "behind the end", s.pread(f, 10, 1000), "")
		equal(s, "size", s.attr("f").Size, 11)
	}},
	{"holes read as zeros and take no room", func(s *suite) {
		const far = 1 << 33
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "end", far)
		equal(s, "size", s.attr("f").Size, far+3)
		equal(s, "few blocks", s.attr("f").Blocks < 1<<11, true)
		equal(s, "in the hole", s.pread(f, 5, far/2), "\x00\x00\x00\x00\x00")
		equal(s, "at its edge", s.pread(f, 100, far-2), "\x00\x00end")
	}},
	{"blocks count what is written", func(s *suite) {
		s.put(s.alice, "f", strings.Repeat("x", 100_000))
		blocks := s.attr("f").Blocks
		equal(s, "at least the contents", blocks*512 >= 100_000, true)
		equal(s, "not much more", blocks*512 <= 1<<18, true)
		s.ok(s.alice.Truncate(s.at("f"), 0))
		equal(s, "fewer after truncation", s.attr("f").Blocks < blocks, true)
	}},
	{"a write of nothing leaves the size", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "", 100)
		equal(s, "size", s.attr("f").Size, 0)
	}},
	{"truncate makes shorter and longer", func(s *suite) {
		s.put(s.alice, "f", "0123456789")
		s.ok(s.alice.Truncate(s.at("f"), 4))
		equal(s, "shorter", s.get("f"), "0123")
		s.ok(s.alice.Truncate(s.at("f"), 8))
		equal(s, "longer, and what was cut off is gone", s.get("f"), "0123\x00\x00\x00\x00")
		s.ok(s.alice.Truncate(s.at("f"), 0))
		equal(s, "empty", s.get("f"), "")
	}},
	{"truncate cuts inside of blocks", func(s *suite) {
		s.put(s.alice, "f", strings.Repeat("x", 3*4096))
		s.ok(s.alice.Truncate(s.at("f"), 4096+10))
		s.ok(s.alice.Truncate(s.at("f"), 3*4096))
		want := strings.Repeat("x", 4096+10) + strings.Repeat("\x00", 2*4096-10)
		equal(s, "zeros behind the cut", s.get("f") == want, true)
	}},
	{"truncate refuses what makes no sense", func(s *suite) {
		s.put(s.root, "f", "x")
		s.mkdir(s.root, "d", 0o777)
		s.fails(s.root.Truncate(s.at("f"), -1), "EINVAL")
		s.fails(s.root.Truncate(s.at("d"), 0), "EISDIR")
		s.fails(s.root.Truncate(s.at("none"), 0), "ENOENT")
		f := s.open(s.root, "f", unix.O_RDONLY, 0)
		defer s.close(f)
		s.fails(f.Ftruncate(0), "EINVAL", "EBADF")
		equal(s, "contents", s.get("f"), "x")
	}},
	{"O_TRUNC empties a file", func(s *suite) {
		s.put(s.alice, "f", "full")
		f := s.open(s.alice, "f", unix.O_RDWR|unix.O_TRUNC, 0)
		defer s.close(f)
		equal(s, "contents", s.get("f"), "")
		s.pwrite(f, "new", 0)
		equal(s, "contents", s.get("f"), "new")
	}},
	{"a descriptor does what it was opened for", func(s *suite) {
		s.put(s.root, "f", "kept")
		reader := s.open(s.root, "f", unix.O_RDONLY, 0)
		defer s.close(reader)
		writer := s.open(s.root, "f", unix.O_WRONLY, 0)
		defer s.close(writer)
		_, err := reader.Pwrite([]byte("x"), 0)
		s.fails(err, "EBADF")
		_, err = writer.Pread(make([]byte, 1), 0)
		s.fails(err, "EBADF")
		equal(s, "contents", s.get("f"), "kept")
	}},
	{"directories are not read or written as files", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		_, err := s.root.Open(s.at("d"), unix.O_WRONLY, 0)
		s.fails(err, "EISDIR")
		_, err = s.root.Open(s.at("d"), unix.O_RDWR, 0)
		s.fails(err, "EISDIR")
		f := s.open(s.root, "d", unix.O_RDONLY, 0)
		defer s.close(f)
		_, err = f.Pread(make([]byte, 1), 0)
		s.fails(err, "EISDIR")
		_, err = s.root.Open(s.at("d"), unix.O_RDONLY|unix.O_DIRECTORY, 0)
		s.ok(err)
	}},
	{"two descriptors see each other's writes", func(s *suite) {
		a := s.open(s.alice, "f", createReadWrite, 0o666)
		defer s.close(a)
		b := s.open(s.bob, "f", unix.O_RDWR, 0)
		defer s.close(b)
		s.pwrite(a, "from alice", 0)
		equal(s, "bob reads", s.pread(b, 100, 0), "from alice")
		s.pwrite(b, "bob  ", 5)
		equal(s, "alice reads", s.pread(a, 100, 0), "from bob  ")
		s.ok(b.Ftruncate(4))
		equal(s, "alice reads", s.pread(a, 100, 0), "from")
	}},
	{"fsync succeeds", func(s *suite) {
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, "x", 0)
		s.ok(f.Fsync())
	}},
	{"statfs makes sense", func(s *suite) {
		st, err := s.alice.Statfs()
		s.ok(err)
		equal(s, "has room", st.Bytes > 0 && st.Inodes > 0, true)
		equal(s, "free bytes", st.BytesFree <= st.Bytes, true)
		equal(s, "free inodes", st.InodesFree <= st.Inodes, true)
	}},
	{"a large file keeps every byte", func(s *suite) {
		content := randomBytes(1, 5<<20+123)
		f := s.open(s.alice, "f", createReadWrite, 0o644)
		defer s.close(f)
		s.pwrite(f, string(content), 0)
		equal(s, "contents", s.pread(f, len(content)+1, 0) == string(content), true)
	}},
	{"random writes and truncations give what they should", checkRandomAccess},
}

func randomBytes(seed uint64, size int) []byte {
	random := rand.New(rand.NewPCG(seed, seed))
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// checkRandomAccess does the same to a file and to a byte slice.
func checkRandomAccess(s *suite) {
	const steps, space, longest = 300, 1 << 17, 20_000
	random := rand.New(rand.NewPCG(2, 2))
	noise := randomBytes(3, space)
	f := s.open(s.alice, "f", createReadWrite, 0o644)
	defer s.close(f)
	var want []byte
	for range steps {
		at, size := random.IntN(space-longest), random.IntN(longest)
		switch random.IntN(4) {
		case 0, 1:
			s.pwrite(f, string(noise[at:at+size]), int64(at))
			if size > 0 {
				want = resize(want, max(len(want), at+size))
				copy(want[at:], noise[at:at+size])
			}
		case 2:
			s.ok(f.Ftruncate(int64(at)))
			want = resize(want, at)
		case 3:
			from, to := min(at, len(want)), min(at+size, len(want))
			got := s.pread(f, size, int64(at))
			equal(s, "a part", got == string(want[from:to]), true)
		}
	}
	equal(s, "all", s.get("f") == string(want), true)
}

// resize cuts b, or lengthens it with zeros, always into a new slice.
func resize(b []byte, size int) []byte {
	longer := append(bytes.Clone(b), make([]byte, max(0, size-len(b)))...)
	return longer[:size]
}

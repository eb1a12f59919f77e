package fsstate

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
)

// benchState is a state with that many empty files in directories of 1,000.
func benchState(b testing.TB, files int) (*State, []Ino) {
	b.Helper()
	s := New(Config{Limits: Limits{Bytes: 1 << 40, Inodes: 1 << 40, Lease: 60e9}, RootMode: 0o777})
	c := &Context{Now: 1e18}
	var inos []Ino
	var dir Ino
	for i := range files {
		if i%1000 == 0 {
			a, status := s.Mkdir(c, RootIno, strconv.Itoa(i), 0o777)
			if dir = a.Ino; status != OK {
				b.Fatal(status)
			}
		}
		a, _, status := s.Create(c, dir, "file"+strconv.Itoa(i), 0o644, OpenWrite)
		if status != OK || s.Release(c, a.Ino, OpenWrite) != OK {
			b.Fatal(status)
		}
		inos = append(inos, a.Ino)
	}
	return s, inos
}

func check(b testing.TB, status Status) {
	if status != OK {
		b.Fatal(status)
	}
}

func BenchmarkGetattr(b *testing.B) {
	s, inos := benchState(b, 100_000)
	c := &Context{Now: 1e18}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, status := s.Getattr(c, inos[i*7919%len(inos)])
		check(b, status)
	}
}

func BenchmarkLookup(b *testing.B) {
	s, _ := benchState(b, 1000)
	c := &Context{Now: 1e18}
	names := make([]string, 1000)
	for i := range names {
		names[i] = "file" + strconv.Itoa(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, status := s.Lookup(c, RootIno+1, names[i%1000])
		check(b, status)
	}
}

// BenchmarkCreateUnlink is create, release and unlink: three operations.
func BenchmarkCreateUnlink(b *testing.B) {
	s, _ := benchState(b, 100_000)
	c := &Context{Caller: alice, Now: 1e18}
	b.ReportAllocs()
	for b.Loop() {
		a, _, status := s.Create(c, RootIno+1, "another file", 0o644, OpenWrite)
		check(b, status)
		check(b, s.Release(c, a.Ino, OpenWrite))
		check(b, s.Unlink(c, RootIno+1, "another file"))
	}
}

func BenchmarkRename(b *testing.B) {
	s, _ := benchState(b, 100_000)
	c := &Context{Now: 1e18}
	from, to := "file0", "file0 by another name"
	b.ReportAllocs()
	for b.Loop() {
		check(b, s.Rename(c, RootIno+1, from, RootIno+1, to, 0))
		from, to = to, from
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{100, BlockSize, 128 << 10} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			s, inos := benchState(b, 10)
			c := &Context{Now: 1e18}
			data := make([]byte, size)
			for i := range data {
				data[i] = byte(i) | 1
			}
			const file = 64 << 20
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, status := s.Write(c, inos[0], uint64(i*size%file), data, false)
				check(b, status)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, size := range []uint32{BlockSize, 128 << 10} {
		b.Run(fmt.Sprintf("bytes=%d", size), func(b *testing.B) {
			s, ino := bigFile(b, 64<<20)
			c := &Context{Now: 1e18}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, status := s.Read(c, ino, uint64(i)*uint64(size)%(64<<20), size)
				check(b, status)
			}
		})
	}
}

// bigFile is a state with one file of that many bytes in full blocks.
func bigFile(b *testing.B, size uint64) (*State, Ino) {
	b.Helper()
	s, inos := benchState(b, 1)
	data := make([]byte, MaxIO)
	for i := range data {
		data[i] = byte(i) | 1
	}
	for off := uint64(0); off < size; off += MaxIO {
		_, status := s.Write(&Context{Now: 1e18}, inos[0], off, data, false)
		check(b, status)
	}
	return s, inos[0]
}

// BenchmarkSnapshot takes a snapshot and then touches one of 100,000 files, as
// a replica does with every batch.
func BenchmarkSnapshot(b *testing.B) {
	s, inos := benchState(b, 100_000)
	c := &Context{Now: 1e18}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Snapshot()
		_, status := s.Setattr(c, inos[i*7919%len(inos)], SetAttr{Mask: SetMtime, Mtime: int64(i)})
		check(b, status)
	}
}

// BenchmarkMemory reports what a small file costs beyond its 1,000 bytes.
func BenchmarkMemory(b *testing.B) {
	const files, content = 100_000, 1000
	for range b.N {
		before := heap()
		s, inos := benchState(b, files)
		data := make([]byte, content)
		for i := range data {
			data[i] = 'x'
		}
		for _, ino := range inos {
			_, status := s.Write(&Context{Now: 1e18}, ino, 0, data, false)
			check(b, status)
		}
		s.Digest()
		b.ReportMetric(float64(heap()-before)/files-content, "bytes/file")
		runtime.KeepAlive(s)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkGetattrInSession is Getattr by one of 1,000 sessions that hold
// files open: the leases are looked after.
func BenchmarkGetattrInSession(b *testing.B) {
	s, inos := benchState(b, 1000)
	contexts := make([]*Context, len(inos))
	for i, ino := range inos {
		contexts[i] = &Context{Now: 1e18, Session: Session{Principal: uint32(i), Number: 1}}
		_, status := s.Open(contexts[i], ino, OpenRead)
		check(b, status)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		_, status := s.Getattr(contexts[i%len(contexts)], inos[i%len(inos)])
		check(b, status)
	}
}

// BenchmarkScrub goes round a state with a file of 100 MB and 25,000 small
// ones, in parts of 128 KiB.
func BenchmarkScrub(b *testing.B) {
	s, _ := bigState(b, 25_000)
	s.Digest()
	b.SetBytes(128 << 10)
	for b.Loop() {
		if s.Scrub(128<<10) != 0 {
			b.Fatal("something is wrong")
		}
	}
}

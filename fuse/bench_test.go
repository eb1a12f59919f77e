package fuse

import (
	"os"
	"syscall"
	"testing"
)

// The benchmarks show what the kernel, go-fuse and this package cost: the
// service is in this process and takes some microseconds.

func BenchmarkStat(b *testing.B) {
	path := mounted(b, newService()).Path() + "/file"
	write(b, path, "content")
	for b.Loop() {
		must(b, syscall.Stat(path, &syscall.Stat_t{}))
	}
}

func BenchmarkOpenClose(b *testing.B) {
	path := mounted(b, newService()).Path() + "/file"
	write(b, path, "content")
	for b.Loop() {
		fd, err := syscall.Open(path, syscall.O_RDONLY, 0)
		must(b, err)
		must(b, syscall.Close(fd))
	}
}

func BenchmarkWrite4K(b *testing.B) { transfers(b, 4<<10, syscall.Pwrite) }
func BenchmarkRead4K(b *testing.B)  { transfers(b, 4<<10, syscall.Pread) }
func BenchmarkWrite1M(b *testing.B) { transfers(b, 1<<20, syscall.Pwrite) }
func BenchmarkRead1M(b *testing.B)  { transfers(b, 1<<20, syscall.Pread) }

func transfers(b *testing.B, size int, transfer func(int, []byte, int64) (int, error)) {
	f, err := os.Create(mounted(b, newService()).Path() + "/file")
	must(b, err)
	defer f.Close()
	data := make([]byte, size)
	_, err = f.Write(data)
	must(b, err)
	b.SetBytes(int64(size))
	for b.Loop() {
		if n, err := transfer(int(f.Fd()), data, 0); n != size || err != nil {
			b.Fatalf("%d of %d bytes: %v", n, size, err)
		}
	}
}

package fsstate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkProve proves one file of 100,000, pages given out included, and says
// how long the proof is.
func BenchmarkProve(b *testing.B) {
	s, _ := benchState(b, 100_000)
	from, root := s.Snapshot(), s.Digest()
	size, pages := 0, 0
	for i := 0; b.Loop(); i++ {
		size, pages = 0, 0
		path := []string{fmt.Sprint(i % 100 * 1000), fmt.Sprint("file", i%100*1000+7)}
		p, err := Prove(root, path, func(id PageID) ([]byte, error) {
			page := from.Page(id)
			size, pages = size+len(page), pages+1
			return page, nil
		})
		if err != nil || p.Found != 2 {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(size), "bytes")
	b.ReportMetric(float64(pages), "pages")
}

// BenchmarkCheck computes the digest of a file of 16 MiB from the file.
func BenchmarkCheck(b *testing.B) {
	s, inos := benchState(b, 1)
	const blocks = 4096
	fill(b, s, inos[0], 0, blocks, rand.New(rand.NewPCG(1, 1)))
	from := s.Snapshot()
	p, err := Prove(s.Digest(), []string{"0", "file0"}, func(id PageID) ([]byte, error) { return from.Page(id), nil })
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, blocks*BlockSize)
	n := s.named(inos[0])
	n.load(0, data)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := p.Check(bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCreateSnapshot makes and deletes one of 100,000 files, and changes a
// file in between.
func BenchmarkCreateSnapshot(b *testing.B) {
	s, inos := benchState(b, 100_000)
	c := &Context{Now: 1e18}
	for b.Loop() {
		_, status := s.CreateSnapshot(c, "s")
		check(b, status)
		_, status = s.Setattr(c, inos[5], SetAttr{Mask: SetMode, Mode: 0o600})
		check(b, status)
		check(b, s.DeleteSnapshot(c, "s"))
	}
}

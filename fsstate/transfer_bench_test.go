package fsstate

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkTransfer moves a whole state to an empty one, and reports what one
// page costs on either side.
func BenchmarkTransfer(b *testing.B) {
	b.Run("file=100MB", func(b *testing.B) {
		s, inos := benchState(b, 1)
		fill(b, s, inos[0], 0, 100<<20/BlockSize, rand.New(rand.NewPCG(1, 1)))
		benchTransfer(b, s)
	})
	b.Run("files=100k", func(b *testing.B) {
		s, inos := benchState(b, 100_000)
		data := make([]byte, 1000)
		for i := range data {
			data[i] = byte(i) | 1
		}
		for _, ino := range inos {
			_, status := s.Write(&Context{Now: 1e18}, ino, 0, data, false)
			check(b, status)
		}
		benchTransfer(b, s)
	})
}

func benchTransfer(b *testing.B, s *State) {
	to := s.Snapshot()
	goal := to.Digest()
	var pages, bytes uint64
	b.ResetTimer()
	for b.Loop() {
		a := New(Config{}).Assemble(goal)
		for ids := a.Missing(nil, 256); len(ids) > 0; ids = a.Missing(ids[:0], 256) {
			for _, id := range ids {
				a.Supply(id, to.Page(id))
			}
		}
		a.Version()
		pages, bytes = a.Progress()
	}
	b.SetBytes(int64(bytes))
	b.ReportMetric(float64(pages), "pages")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(pages), "µs/page")
}

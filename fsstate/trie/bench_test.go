package trie

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

const million = 1 << 20

// row is a value of the size that entries of tables have.
type row struct{ a, b, c uint64 }

func (r row) AppendLeaf(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, r.a)
	dst = binary.BigEndian.AppendUint64(dst, r.b)
	return binary.BigEndian.AppendUint64(dst, r.c)
}

// spread spreads i over 64 bits if the test wants sparse keys.
func spread(i uint64, sparse bool) uint64 {
	if sparse {
		return i * 0x9E3779B97F4A7C15
	}
	return i
}

func filled[V Value](size int, sparse bool, v V) *Map[V] {
	m := new(Map[V])
	for i := range uint64(size) {
		m.Set(1, spread(i, sparse), v)
	}
	return m
}

func eachShape(b *testing.B, run func(b *testing.B, sparse bool)) {
	b.Run("dense", func(b *testing.B) { run(b, false) })
	b.Run("sparse", func(b *testing.B) { run(b, true) })
}

func BenchmarkGet(b *testing.B) {
	eachShape(b, func(b *testing.B, sparse bool) {
		m := filled(million, sparse, row{})
		m.Digest()
		r := rand.New(rand.NewPCG(1, 2))
		for b.Loop() {
			if _, ok := m.Get(spread(r.Uint64N(million), sparse)); !ok {
				b.Fatal("lost")
			}
		}
	})
}

// BenchmarkGetHot asks for keys that lie near each other, 4096 of a million.
func BenchmarkGetHot(b *testing.B) {
	m := filled(million, false, row{})
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		if _, ok := m.Get(million/2 + r.Uint64N(4096)); !ok {
			b.Fatal("lost")
		}
	}
}

// BenchmarkSetInPlace sets keys that the epoch has touched before.
func BenchmarkSetInPlace(b *testing.B) {
	eachShape(b, func(b *testing.B, sparse bool) {
		m := filled(million, sparse, row{})
		r := rand.New(rand.NewPCG(1, 2))
		for b.Loop() {
			m.Set(1, spread(r.Uint64N(million), sparse), row{a: 1})
		}
	})
}

// BenchmarkSetInPlaceHot is to BenchmarkSetInPlace as GetHot is to Get.
func BenchmarkSetInPlaceHot(b *testing.B) {
	m := filled(million, false, row{})
	r := rand.New(rand.NewPCG(1, 2))
	for b.Loop() {
		m.Set(1, million/2+r.Uint64N(4096), row{a: 1})
	}
}

// BenchmarkSetCopying takes a snapshot before each Set.
func BenchmarkSetCopying(b *testing.B) {
	m := filled(million, false, row{})
	r := rand.New(rand.NewPCG(1, 2))
	e := Epoch(1)
	for b.Loop() {
		e++
		m.Set(e, r.Uint64N(million), row{a: 1})
	}
}

func BenchmarkInsert(b *testing.B) {
	eachShape(b, func(b *testing.B, sparse bool) {
		m, i := new(Map[row]), uint64(0)
		for b.Loop() {
			if i%million == 0 {
				m = new(Map[row])
			}
			m.Set(1, spread(i, sparse), row{})
			i++
		}
	})
}

// BenchmarkDigest touches k of n values and asks for the digest.
func BenchmarkDigest(b *testing.B) {
	for _, n := range []int{1 << 10, 1 << 15, 1 << 20} {
		m := filled(n, false, row{})
		m.Digest()
		e := Epoch(1)
		for _, k := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("n=%d/k=%d", n, k), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 2))
				for b.Loop() {
					e++
					for range k {
						m.Edit(e, r.Uint64N(uint64(n))).a++
					}
					m.Digest()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*k), "ns/edit")
			})
		}
	}
}

// BenchmarkMemory reports the bytes per leaf beyond the value and its digest.
func BenchmarkMemory(b *testing.B) {
	b.Run("pointer/dense", func(b *testing.B) { measureMemory(b, new(num), false, 8) })
	b.Run("pointer/sparse", func(b *testing.B) { measureMemory(b, new(num), true, 8) })
	b.Run("slice/dense", func(b *testing.B) { measureMemory(b, blob(nil), false, 24) })
	b.Run("row/dense", func(b *testing.B) { measureMemory(b, row{}, false, 24) })
	b.Run("row/sparse", func(b *testing.B) { measureMemory(b, row{}, true, 24) })
}

type blob []byte

func (v blob) AppendLeaf(dst []byte) []byte { return append(dst, v...) }

func measureMemory[V Value](b *testing.B, v V, sparse bool, size float64) {
	for b.Loop() {
		before := heapInUse()
		m := filled(million, sparse, v)
		perLeaf := float64(heapInUse()-before) / million
		b.ReportMetric(perLeaf-size-float64(len(Digest{})), "overhead-B/leaf")
		runtime.KeepAlive(m)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

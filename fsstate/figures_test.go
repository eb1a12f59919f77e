package fsstate

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The figures of doc.go that are about a large state: a million files in
// directories of a thousand.
const million = 1_000_000

// mix is a mixture of operations on names: for each file that comes one goes,
// and of ten operations two look up, three ask for attributes, and one each
// creates, gives back, renames, changes and unlinks.
type mix struct {
	s    *State
	c    *Context
	inos []Ino
	rng  *rand.Rand
	open Ino
	n    int
	dir  Ino // where the file is that was made last
}

func newMix(b *testing.B, files int) *mix {
	s, inos := benchState(b, files)
	s.Digest()
	return &mix{s: s, c: &Context{Now: 1e18}, inos: inos, rng: rand.New(rand.NewPCG(1, 1))}
}

// next carries out one operation.
func (m *mix) next() Status {
	var status Status
	name := "new" + strconv.Itoa(m.n/10)
	i := m.rng.IntN(len(m.inos))
	dir := m.inos[i-i%1000] - 1
	switch m.n % 10 {
	case 0:
		var a Attr
		m.dir = dir
		a, _, status = m.s.Create(m.c, dir, name, 0o644, OpenWrite)
		m.open = a.Ino
	case 1:
		status = m.s.Release(m.c, m.open, OpenWrite)
	case 2, 5:
		_, status = m.s.Lookup(m.c, dir, "file"+strconv.Itoa(i))
	case 3, 6, 8:
		_, status = m.s.Getattr(m.c, m.inos[i])
	case 4:
		status = m.s.Rename(m.c, m.dir, name, m.dir, name+" renamed", 0)
	case 7:
		_, status = m.s.Setattr(m.c, m.inos[i], SetAttr{Mask: SetMtime, Mtime: int64(i)})
	case 9:
		status = m.s.Unlink(m.c, m.dir, name+" renamed")
	}
	m.n++
	return status
}

// BenchmarkMix is one operation of the mixture, all over a million files.
func BenchmarkMix(b *testing.B) {
	m := newMix(b, million)
	perSecond(b, func(int) { check(b, m.next()) })
}

// perSecond reports how many operations a second of one core's time is enough
// for, the collection of garbage included, whatever else the machine does.
func perSecond(b *testing.B, operation func(i int)) {
	b.ReportAllocs()
	runtime.GC()
	before := cpuTime()
	for i := 0; b.Loop(); i++ {
		operation(i)
	}
	b.ReportMetric(float64(b.N)/(cpuTime()-before).Seconds(), "ops/cpu-s")
}

func cpuTime() time.Duration {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkWriteBlocks writes blocks all over a file of a GiB, with a snapshot
// after every thousand of them.
func BenchmarkWriteBlocks(b *testing.B) {
	const size = 1 << 30
	s, ino := bigFile(b, size)
	s.Digest()
	data := make([]byte, BlockSize)
	for i := range data {
		data[i] = byte(i) | 1
	}
	c := &Context{Now: 1e18}
	perSecond(b, func(i int) {
		if i%1000 == 0 {
			s.Snapshot()
		}
		check(b, second(s.Write(c, ino, uint64(i)*7919%(size/BlockSize)*BlockSize, data, false)))
	})
}

// BenchmarkAfterSnapshot takes a snapshot before every thousand operations of
// the mixture, or none for comparison, and reports the longest that one of them
// has taken, the snapshot included, as the median and the worst of all rounds:
// by the clock, and by the time that the thread had a processor, which on a busy
// machine says more. Garbage is collected as it comes.
func BenchmarkAfterSnapshot(b *testing.B) {
	m := newMix(b, million)
	var versions [2]*Snapshot
	for _, taken := range []bool{true, false} {
		b.Run(fmt.Sprintf("taken=%v", taken), func(b *testing.B) {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var wall, thread []time.Duration
			for i := 0; b.Loop(); i++ {
				w, t := m.longest(b, func() {
					if taken {
						versions[i%2] = m.s.Snapshot()
					}
				})
				wall, thread = append(wall, w), append(thread, t)
			}
			reportWorst(b, "clock", wall)
			reportWorst(b, "thread", thread)
		})
	}
}

// longest does first, then a thousand operations, and returns the longest.
func (m *mix) longest(b *testing.B, first func()) (wall, thread time.Duration) {
	lastWall, lastThread := time.Now(), threadTime()
	first()
	for range 1000 {
		check(b, m.next())
		now, used := time.Now(), threadTime()
		wall, thread = max(wall, now.Sub(lastWall)), max(thread, used-lastThread)
		lastWall, lastThread = now, used
	}
	return wall, thread
}

func threadTime() time.Duration {
	var used unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &used); err != nil {
		return 0
	}
	return time.Duration(used.Nano())
}

func reportWorst(b *testing.B, clock string, worst []time.Duration) {
	slices.Sort(worst)
	b.ReportMetric(float64(worst[len(worst)/2].Nanoseconds())/1e3, clock+"-median-us")
	b.ReportMetric(float64(worst[len(worst)*99/100].Nanoseconds())/1e3, clock+"-99%-us")
	b.ReportMetric(float64(worst[len(worst)-1].Nanoseconds())/1e3, clock+"-worst-us")
}

// BenchmarkDigest is the digest after writes to 1,000 blocks, all over files
// of various sizes, and what else a checkpoint costs: a snapshot. The writes are
// not counted. The largest takes 5 GB of memory and is left out with -short.
func BenchmarkDigest(b *testing.B) {
	for _, size := range []uint64{10 << 20, 100 << 20, 1000 << 20, 4000 << 20} {
		b.Run(fmt.Sprintf("MiB=%d", size>>20), func(b *testing.B) {
			if testing.Short() && size > 1000<<20 {
				b.Skip("takes 5 GB of memory")
			}
			s, ino := bigFile(b, size)
			s.Digest()
			runtime.GC()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			var used time.Duration
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				touch1000(b, s, ino, size/BlockSize, i)
				before := threadTime()
				b.StartTimer()
				s.Snapshot()
				s.Digest()
				used += threadTime() - before
			}
			b.ReportMetric(used.Seconds()*1e3/float64(b.N), "cpu-ms")
			b.ReportMetric((float64(heap())/float64(size)-1)*100, "%memory-beyond")
			runtime.KeepAlive(s)
		})
	}
}

func touch1000(b *testing.B, s *State, ino Ino, blocks uint64, round int) {
	data := make([]byte, BlockSize)
	for i := range data {
		data[i] = byte(i) | 1
	}
	data[0] = byte(round) | 1
	for j := range uint64(1000) {
		check(b, second(s.Write(&Context{Now: 1e18}, ino, j*7919%blocks*BlockSize, data, false)))
	}
}

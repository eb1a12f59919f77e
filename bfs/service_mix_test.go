package bfs

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// BenchmarkExecuteMix is fsstate's BenchmarkMix through the service: from the
// bytes of each operation to those of its result. Encoding the operation, which
// is the client's work, is in it, too. It reports how many a second of one
// core's time is enough for.
func BenchmarkExecuteMix(b *testing.B) {
	h := newHostOf(fsstate.New(fsstate.Config{
		Limits:   fsstate.Limits{Bytes: 1 << 40, Inodes: 1 << 30, Lease: day},
		RootMode: 0o777,
	}))
	m := filled(b, h)
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if code := m.run(); code[len(code)-1] != 0 && code[0] == 0x91 {
			b.Fatalf("operation %d is refused: %x", m.n, code)
		}
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

// A mix has a million files in directories of a thousand: a directory's number
// is followed by those of its files.
type mix struct {
	host *host
	rng  *rand.Rand
	n    int
	dir  fsstate.Ino
	made fsstate.Ino
	next fsstate.Ino
}

const mixDirs, mixFiles = 1000, 1000

func filled(b *testing.B, h *host) *mix {
	b.Helper()
	m := &mix{host: h, rng: rand.New(rand.NewPCG(1, 1)), next: 2}
	for d := range mixDirs {
		h.execute(operationOf(&mkdir{dir: 1, name: strconv.Itoa(d), mode: 0o777}))
		dir := m.next
		for f := range mixFiles {
			h.execute(operationOf(&create{dir, "file" + strconv.Itoa(f), 0o644, fsstate.OpenWrite}))
			h.execute(operationOf(&release{dir + 1 + fsstate.Ino(f), fsstate.OpenWrite}))
		}
		m.next += 1 + mixFiles
	}
	h.Digest()
	return m
}

// run carries out one operation of the mixture.
func (m *mix) run() []byte {
	file := fsstate.Ino(m.rng.IntN(mixFiles))
	dir := fsstate.Ino(2 + m.rng.IntN(mixDirs)*(mixFiles+1))
	name := "new" + strconv.Itoa(m.n/10)
	step := m.n % 10
	m.n++
	switch step {
	case 0:
		m.dir, m.made = dir, m.next
		m.next++
		return m.host.execute(operationOf(&create{dir, name, 0o644, fsstate.OpenWrite}))
	case 1:
		return m.host.execute(operationOf(&release{m.made, fsstate.OpenWrite}))
	case 2, 5:
		return m.host.execute(operationOf(&lookup{dir, "file" + strconv.Itoa(int(file))}))
	case 4:
		return m.host.execute(operationOf(&rename{dir: m.dir, name: name, newDir: m.dir, newName: name + " renamed"}))
	case 7:
		return m.host.execute(operationOf(&setattr{dir + 1 + file, fsstate.SetAttr{Mask: fsstate.SetMtime, Mtime: int64(m.n)}}))
	case 9:
		return m.host.execute(operationOf(&unlink{m.dir, name + " renamed"}))
	}
	return m.host.execute(operationOf(&getattr{dir + 1 + file}))
}

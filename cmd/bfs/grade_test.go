package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"bfs/bfs/cluster"
)

// grades is the file of the story: one client writes A, and when that is
// done the other writes B. Grade number n of the file is the n-th of them.
type grades struct {
	begun, done atomic.Int64
	// seen is the latest grade that a read, which is over, has shown to
	// anybody.
	seen atomic.Int64
}

const gradeFile = "grade"

// gradeText is A or B with its number: all of one length, so that one write
// replaces another.
func gradeText(n int64) string { return fmt.Sprintf("%c%06d", 'B'-byte(n%2), n) }

// write gives the next grade, with a single write.
func (g *grades) write(mount string) error {
	n := g.begun.Add(1)
	file, err := os.OpenFile(filepath.Join(mount, gradeFile), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(gradeText(n)), 0)
	g.done.Store(n)
	return errors.Join(err, file.Close())
}

// read checks that what a client sees is a grade that was given: not one from
// before a grade that was complete, or that anybody has seen, when the read
// began; and not one that nobody had begun to give when it ended.
func (g *grades) read(mount string) error {
	floor := max(g.done.Load(), g.seen.Load())
	text, err := os.ReadFile(filepath.Join(mount, gradeFile))
	if err != nil {
		return err
	}
	ceiling := g.begun.Load()
	for n := floor; n <= ceiling; n++ {
		if string(text) == gradeText(n) {
			for old := g.seen.Load(); old < n && !g.seen.CompareAndSwap(old, n); old = g.seen.Load() {
			}
			return nil
		}
	}
	return fmt.Errorf("a client sees %q; it may see %s to %s", text, gradeText(floor), gradeText(ceiling))
}

// One of four servers makes up contents, shows each client something else, or
// ignores what is written. Two clients write A and B in turn, and both read
// all the time: neither ever sees anything but what the order allows.
func TestGradesWithAFaultyServer(t *testing.T) {
	for _, m := range []member{{0, "lie-reads"}, {3, "two-tongued"}, {0, "ignore-writes"}, {3, "ignore-writes"}} {
		t.Run(fmt.Sprintf("%s-%d", m.behaviour, m.id), func(t *testing.T) {
			t.Parallel()
			// The faulty one goes unnoticed until its first checkpoint, which
			// does not come during the test.
			f := newFleetWith(t, 1, func(c *cluster.Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 1<<14, 1<<15 }, m)
			playGrades(t, f.mountAs(t, mountClient), f.mountAs(t, secondClient))
		})
	}
}

func playGrades(t *testing.T, mounts ...string) {
	t.Helper()
	const rounds = 50
	g := &grades{}
	if err := os.WriteFile(filepath.Join(mounts[0], gradeFile), []byte(gradeText(0)), 0o644); err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	var reads atomic.Int64
	over := make(chan struct{})
	for _, mount := range mounts {
		readers.Go(func() { g.readUntil(t, mount, over, &reads) })
	}
	for i := range rounds {
		for _, mount := range mounts {
			if err := errors.Join(g.write(mount), g.read(mounts[0]), g.read(mounts[1])); err != nil {
				t.Errorf("in round %d: %v", i, err)
			}
		}
	}
	close(over)
	readers.Wait()
	t.Logf("%d grades, %d reads beside them", g.done.Load(), reads.Load())
}

func (g *grades) readUntil(t *testing.T, mount string, over chan struct{}, reads *atomic.Int64) {
	for {
		select {
		case <-over:
			return
		default:
		}
		if err := g.read(mount); err != nil {
			t.Error(err)
			return
		}
		reads.Add(1)
	}
}

package sim

import (
	"bytes"
	"flag"
	"sync"
	"testing"
)

var (
	firstSeed = flag.Uint64("seed", 0, "the first seed that TestSeeds runs")
	seeds     = flag.Uint64("seeds", defaultSeeds, "how many seeds TestSeeds runs with f=1; an eighth as many with f=2")
)

// shards is how many parts TestSeeds has, so that it uses all processors.
const shards = 8

// TestSeeds plays seeds, and checks that all of them together have taken every
// path of the protocol. cmd/bfs-sim plays more.
func TestSeeds(t *testing.T) {
	t.Parallel()
	all := NewCoverage()
	var lock sync.Mutex
	t.Run("shards", func(t *testing.T) {
		for shard := range uint64(shards) {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				c := playShard(t, shard)
				lock.Lock()
				defer lock.Unlock()
				all.Add(c)
			})
		}
	})
	if missing := all.Missing(); len(missing) > 0 && *seeds >= 280 {
		t.Errorf("never exercised: %q", missing)
	}
}

func playShard(t *testing.T, shard uint64) Coverage {
	all := NewCoverage()
	for i := shard; i < *seeds; i += shards {
		play(t, all, *firstSeed+i, 1)
		if i/shards%8 == 0 {
			play(t, all, *firstSeed+i, 2)
		}
	}
	return all
}

func play(t *testing.T, all Coverage, seed uint64, f int) {
	r, err := Run(New(Draw(seed, f), nil))
	if err != nil {
		t.Fatalf("%v\n  again: go run ./cmd/bfs-sim --f %d --replay %d", err, f, seed)
	}
	all.Add(r.Coverage)
}

// TestReplay: a seed gives the same run, event for event.
func TestReplay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		var first, second bytes.Buffer
		for _, trace := range []*bytes.Buffer{&first, &second} {
			if _, err := Run(New(Draw(seed, 1), trace)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatalf("seed %d played twice gave two different traces", seed)
		}
	}
}

// TestCheckerSeesForgedResults: the checker can fail. Beyond f faults a client
// accepts a forged answer, and the checker says so.
func TestCheckerSeesForgedResults(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	liar := []Attack{AttackNamed("forges-replies")}
	s.Faults = []Planned{{Node: 1, Attacks: liar}, {Node: 2, Attacks: liar}, {Node: 3, Attacks: liar}}
	if _, err := Run(New(s, nil)); err == nil {
		t.Fatal("three of four replicas lied in one voice, and the checker saw nothing")
	}
}

// TestSeedsThatOnceFailed plays runs that have shown faults of the core. The
// settings that belong to a seed change with the simulator, so they may not be
// what they were; each fault has a test of its own in package pbft as well,
// where it could be had in a few messages.
func TestSeedsThatOnceFailed(t *testing.T) {
	t.Parallel()
	for _, run := range []struct {
		seed uint64
		f    int
	}{{9, 1}, {56, 2}, {86, 2}, {208, 1}, {269, 1}, {642, 1}, {665, 1}, {1800, 1}, {2643, 1}, {5131, 1}, {7624, 1}, {14044, 1},
		// Quiet wedges: the last batch is at a few only, and nobody sends anything more.
		{6733, 1}, {17270, 1}, {25526, 1}, {100209, 1}, {100928, 1}, {100975, 1}, {1682, 2}, {11000959, 1}} {
		if _, err := Run(New(Draw(run.seed, run.f), nil)); err != nil {
			t.Errorf("f=%d seed=%d: %v", run.f, run.seed, err)
		}
	}
}

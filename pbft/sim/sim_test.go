package sim

import (
	"bytes"
	"flag"
	"testing"

	"bfs/pbft"
)

var (
	firstSeed = flag.Uint64("seed", 0, "the first seed that TestSeeds runs")
	seeds     = flag.Uint64("seeds", 100, "how many seeds TestSeeds runs for each f")
)

func TestSeeds(t *testing.T) {
	t.Parallel()
	var all Coverage
	all.Rejected = make(map[pbft.Reason]int)
	for f := 1; f <= 2; f++ {
		for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
			r, err := Run(New(Draw(seed, f), nil))
			if err != nil {
				t.Fatalf("f=%d: %v\n  again: go test ./pbft/sim -run TestSeeds -seed %d -seeds 1", f, err, seed)
			}
			all.add(r.Coverage)
		}
	}
	if *seeds < 100 {
		return
	}
	for name, n := range map[string]int{
		"checkpoints": all.Checkpoints, "stable checkpoints": all.Stable, "restarts": all.Restarts,
		"conflicting messages":      all.Rejected[pbft.Conflict],
		"wrong authenticators":      all.Rejected[pbft.Unauthentic],
		"full queues":               all.Rejected[pbft.QueueFull],
		"messages out of window":    all.Rejected[pbft.OutsideWindow],
		"batches that were relayed": all.Rejected[pbft.NotPrimary],
	} {
		if n == 0 {
			t.Errorf("no run had any %s: the simulator does not exercise them", name)
		}
	}
	t.Logf("%+v", all)
}

// TestReplay: a seed gives the same run, event for event.
func TestReplay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
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

// TestEquivocatingPrimary: a primary that proposes different batches to
// different backups cannot make two correct replicas execute different ones.
// Without a view change nothing else is promised.
func TestEquivocatingPrimary(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		s := Draw(seed, 1)
		s.Faults = []Planned{{Node: 0, Fault: Equivocation{}}}
		w := New(s, nil)
		if err := w.runUntil(epochStart+5*pbft.Second, w.finished); err != nil {
			t.Fatalf("%v\n  %v", err, s)
		}
	}
}

// TestCheckerSeesForgedResults: the checker can fail. Beyond f faults a client
// accepts a forged answer, and the checker says so.
func TestCheckerSeesForgedResults(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	s.Faults = []Planned{{Node: 1, Fault: LyingReplies{}}, {Node: 2, Fault: LyingReplies{}}, {Node: 3, Fault: LyingReplies{}}}
	if _, err := Run(New(s, nil)); err == nil {
		t.Fatal("three of four replicas lied in one voice, and the checker saw nothing")
	}
}

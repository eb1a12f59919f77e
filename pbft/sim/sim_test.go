package sim

import (
	"bytes"
	"flag"
	"testing"
)

var (
	firstSeed = flag.Uint64("seed", 0, "the first seed that TestSeeds runs")
	seeds     = flag.Uint64("seeds", 100, "how many seeds TestSeeds runs for each f")
)

func TestSeeds(t *testing.T) {
	t.Parallel()
	all := NewCoverage()
	for f := 1; f <= 2; f++ {
		for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
			r, err := Run(New(Draw(seed, f), nil))
			if err != nil {
				t.Fatalf("f=%d: %v\n  again: go test ./pbft/sim -run TestSeeds -seed %d -seeds 1", f, err, seed)
			}
			all.Add(r.Coverage)
		}
	}
	if *seeds < 100 {
		return
	}
	if missing := all.Missing(); len(missing) > 0 {
		t.Errorf("never exercised: %q", missing)
	}
	for _, name := range all.Names() {
		t.Logf("%8d %s", all.Counts[name], name)
	}
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
// They replace it.
func TestEquivocatingPrimary(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		s := Draw(seed, 1)
		s.Faults = []Planned{{Node: 0, Attacks: []Attack{AttackNamed("equivocates-time")}}}
		if _, err := Run(New(s, nil)); err != nil {
			t.Fatal(err)
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

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bfs/pbft/sim"
)

// run calls the command and returns what it prints.
func run(t *testing.T, args ...string) (out, told string, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	app := newApp()
	app.Writer, app.ErrWriter = &stdout, &stderr
	err = app.RunContext(context.Background(), append([]string{"bfs-sim"}, args...))
	return stdout.String(), stderr.String(), err
}

func TestExplore(t *testing.T) {
	out, _, err := run(t, "--seeds", "3", "--first", "5", "--workload", "all", "--workers", "2")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"batch executed", "6 runs with f=1 from seed 5", "0 violations"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

func TestExploreAsJSON(t *testing.T) {
	out, _, err := run(t, "--seeds", "2", "--f", "2", "--json")
	if err != nil {
		t.Fatal(err)
	}
	var s summary
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		t.Fatalf("%v in:\n%s", err, out)
	}
	if s.Runs != 2 || s.Faults != 2 || !s.OK || s.Coverage[string(sim.PathExecuted)] == 0 {
		t.Errorf("a summary of two runs is %+v", s)
	}
}

// TestDrawnFaults: with f of 0 seeds differ in f, and a replay has the same.
func TestDrawnFaults(t *testing.T) {
	known := make(map[int]bool)
	for seed := range uint64(40) {
		s := allWorkloads[0].settings(seed, 0)
		known[s.Params.Faults] = true
		if again := allWorkloads[0].settings(seed, 0); again.String() != s.String() {
			t.Errorf("seed %d has two settings", seed)
		}
	}
	if len(known) != maxFaults {
		t.Errorf("f is drawn from %v", known)
	}
	out, _, err := run(t, "--f", "0", "--seeds", "2", "--first", "1")
	if err != nil || !strings.Contains(out, "f drawn") {
		t.Errorf("error %v, and: %s", err, out)
	}
}

// TestReplayIsExact: a replay writes the same trace each time, with the legend
// first and the settings after it.
func TestReplayIsExact(t *testing.T) {
	for _, w := range allWorkloads {
		file := filepath.Join(t.TempDir(), "trace")
		first, _, err := run(t, "--replay", "7", "--workload", w.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := run(t, "--replay", "7", "--workload", w.name, "--trace", file); err != nil {
			t.Fatal(err)
		}
		second, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if first != string(second) {
			t.Errorf("%s: seed 7 has two traces", w.name)
		}
		if !strings.HasPrefix(first, "# ") || !strings.Contains(first, "seed=7 f=1") {
			t.Errorf("%s: a trace begins with %.200q", w.name, first)
		}
	}
}

// broken is a workload with more liars than the cluster bears.
var broken = workload{"broken", func(seed uint64, f int) sim.Settings {
	s := sim.Draw(seed, f)
	s.Faults = nil
	for i := range s.Params.Replicas() - 1 {
		s.Faults = append(s.Faults, sim.Planned{Node: i, Attacks: []sim.Attack{sim.AttackNamed("forges-replies")}})
	}
	return s
}}

// TestViolationIsTold: a run that breaks the protocol is told with its seed and
// how to replay it, and ends the exploration when there are enough of them.
func TestViolationIsTold(t *testing.T) {
	x := exploration{first: 3, seeds: 1000, faults: 1, workloads: []workload{broken}, workers: 2}
	s := x.explore(context.Background(), func(*summary) {})
	if s.OK || len(s.Violations) < enoughViolations || s.Runs > enoughViolations+10*x.workers {
		t.Fatalf("%d violations in %d runs", len(s.Violations), s.Runs)
	}
	var out bytes.Buffer
	if err := s.print(&out, false); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "--f 1 --workload broken --replay ") {
		t.Errorf("no way to replay is told in:\n%s", out.String())
	}
}

func TestMissingPathsFail(t *testing.T) {
	s := newSummary(exploration{seeds: runsForCoverage, workloads: allWorkloads[:1], faults: 1})
	s.Runs = runsForCoverage
	s.judge()
	if s.OK || len(s.Missing) != len(sim.Expected()) {
		t.Errorf("runs in which nothing happened: ok=%t, missing %d of %d", s.OK, len(s.Missing), len(sim.Expected()))
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--f", "-1"}, {"--f", "4"}, {"--workload", "none"}, {"--seeds", "-1"}, {"extra"},
		{"--replay", "1", "--trace", filepath.Join(t.TempDir(), "no", "such", "directory")},
	} {
		if _, _, err := run(t, args...); err == nil || errors.Is(err, errFound) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// TestMutationsApply: every mutation fits the core as it is, changes it, and
// leaves it Go; so the table does not rot unseen.
func TestMutationsApply(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, m := range mutations {
		if names[m.name] || m.breaks == "" || len(m.edits) == 0 {
			t.Errorf("%s: its name is taken, or it does not say what it breaks, or breaks nothing", m.name)
		}
		names[m.name] = true
		files, err := mutated("../..", m)
		if err != nil {
			t.Error(err)
		}
		for path, text := range files {
			if _, err := parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		}
		for _, e := range m.edits {
			if e.old == e.new {
				t.Errorf("%s changes nothing in %s", m.name, e.file)
			}
		}
	}
}

func TestMutationsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]mutation{
		"absent": {name: "m", edits: []edit{{"params.go", "no such text", "x"}}},
		"twice":  {name: "m", edits: []edit{{"params.go", "return", "x"}}},
		"nofile": {name: "m", edits: []edit{{"nofile.go", "return", "x"}}},
	} {
		if _, err := mutated("../..", m); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestSelected(t *testing.T) {
	t.Parallel()
	if n := len(selected("")); n != len(mutations) {
		t.Errorf("%d of %d mutations selected without a name", n, len(mutations))
	}
	if got := selected("no-A2,no-A1"); len(got) != 2 || got[0].name != "no-A1" {
		t.Errorf("selected %v", got)
	}
}

func TestFailureIsParsed(t *testing.T) {
	t.Parallel()
	out := "--- FAIL: TestSeeds (0.1s)\n    sim_test.go:9: f=2: batches differ at n=3\n          settings: x\n          again: go test ./pbft/sim -run TestSeeds -seed 17 -seeds 1\n"
	m := failed.FindStringSubmatch(out)
	if m == nil || m[1] != "batches differ at n=3" || m[2] != "17" {
		t.Errorf("parsed %q", m)
	}
	if got := crash(t.Context(), "x\npanic: own invariant\n\ngoroutine 1"); got != "panic: own invariant" {
		t.Errorf("a panic is told as %q", got)
	}
	if l := line(mutations[0], outcome{seeds: 9}); !strings.Contains(l, "NO") || !strings.Contains(l, mutations[0].breaks) {
		t.Errorf("a mutation that was not caught reads %q", l)
	}
}

package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
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
		if _, err := regexp.Compile(string(m.kind)); err != nil || m.kind == "" {
			t.Errorf("%s: it does not say what catches it: %v", m.name, err)
		}
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

// simulator is a program that runs a script in the simulator's place.
func simulator(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "simulator")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestJudge: violations of the kind are told from others, and those that the
// core as it is has as well do not count.
func TestJudge(t *testing.T) {
	t.Parallel()
	fine := simulator(t, `printf %s '{"violations":[]}'`)
	broken := simulator(t, `printf %s '{"violations":[{"seed":8,"error":"x"}]}'`)
	play := play{simulator(t, `printf %s '{"violations":[{"seed":8,"error":"no convergence\nsettings"},{"seed":9,"error":"batches differ at n=3"}]}'; exit 1`), 1, 5, 20}
	violations := play.all()
	if len(violations) != 2 || violations[1].runs != 5 || violations[0].line() != "no convergence" {
		t.Fatalf("parsed %+v", violations)
	}
	kind := regexp.MustCompile(string(forks))
	o := outcome{runs: 100}
	(&lab{original: fine}).judge(&o, kind, violations)
	if o.by == nil || o.by.Seed != 9 || o.by.runs != 105 || o.other == nil || o.other.Seed != 8 {
		t.Errorf("judged as %+v", o)
	}
	o = outcome{}
	if (&lab{original: broken}).judge(&o, kind, violations); o.by != nil || o.other != nil {
		t.Errorf("what the core as it is does counts: %+v", o)
	}
}

// TestRowsTellReasons: a row says whether a mutation was caught for its own
// reason.
func TestRowsTellReasons(t *testing.T) {
	t.Parallel()
	m, v := mutations[0], &found{Seed: 17, Error: "batches differ at n=3\nsettings", faults: 2, runs: 4}
	for want, o := range map[string]outcome{
		"4  f=2 17    batches differ at n=3\n": {runs: 40, by: v},
		"NO  f=2 17    only: batches differ":   {runs: 40, other: v},
		m.breaks:                               {runs: 40},
	} {
		if l := line(m, o); !strings.Contains(l, want) {
			t.Errorf("%q has no %q", l, want)
		}
	}
}

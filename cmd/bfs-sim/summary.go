package main

import (
	"encoding/json"
	"fmt"
	"io"

	"bfs/pbft/sim"
)

// runsForCoverage is from how many runs on everything must have happened.
const runsForCoverage = 500

// summary is what came of an exploration.
type summary struct {
	First   uint64  `json:"first"`
	Faults  int     `json:"f"`
	Runs    int     `json:"runs"`
	Seconds float64 `json:"seconds"`
	// Unknown counts the runs whose history was too hard to check.
	Unknown int `json:"unknown"`
	// Held is the most memory that a correct replica's core took, in bytes.
	Held       int            `json:"held"`
	Violations []violation    `json:"violations"`
	Coverage   map[string]int `json:"coverage"`
	// Missing is what had to happen and never did, when there were enough
	// runs to expect it.
	Missing []string `json:"missing"`
	OK      bool     `json:"ok"`

	planned  uint64
	coverage sim.Coverage
}

// violation is a run that broke the protocol.
type violation struct {
	Seed     uint64 `json:"seed"`
	Workload string `json:"workload"`
	Error    string `json:"error"`
	Replay   string `json:"replay"`
}

func newSummary(x exploration) *summary {
	c := sim.NewCoverage()
	return &summary{
		First: x.first, Faults: x.faults, Violations: []violation{}, Coverage: c.Counts, Missing: []string{},
		planned: x.seeds * uint64(len(x.workloads)), coverage: c,
	}
}

func (s *summary) add(o outcome) {
	s.Runs++
	s.coverage.Add(o.result.Coverage)
	s.Held = max(s.Held, o.result.Held)
	if o.result.Verdict.Unknown {
		s.Unknown++
	}
	if o.err != nil {
		s.Violations = append(s.Violations, violation{
			Seed: o.job.seed, Workload: o.job.workload.name, Error: o.err.Error(),
			Replay: fmt.Sprintf("go run ./cmd/bfs-sim --f %d --workload %s --replay %d --trace trace.txt", s.Faults, o.job.workload.name, o.job.seed),
		})
	}
}

// judge says whether all is well.
func (s *summary) judge() {
	if s.Runs >= runsForCoverage {
		s.Missing = append(s.Missing, s.coverage.Missing()...)
	}
	s.OK = len(s.Violations) == 0 && len(s.Missing) == 0
}

func (s *summary) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(s)
	}
	for _, v := range s.Violations {
		fmt.Fprintf(w, "VIOLATION, seed %d, workload %s: %s\n  replay: %s\n\n", v.Seed, v.Workload, v.Error, v.Replay)
	}
	fmt.Fprintln(w, "   times  what happened")
	for _, name := range s.coverage.Names() {
		fmt.Fprintf(w, "%8d  %s\n", s.coverage.Counts[name], name)
	}
	for _, name := range s.Missing {
		fmt.Fprintf(w, "never exercised: %s\n", name)
	}
	faults := fmt.Sprintf("f=%d", s.Faults)
	if s.Faults == 0 {
		faults = "f drawn"
	}
	_, err := fmt.Fprintf(w, "\n%d runs with %s from seed %d in %.0f s: %d violations, %d histories too hard to check, at most %d KB in a correct replica\n",
		s.Runs, faults, s.First, s.Seconds, len(s.Violations), s.Unknown, s.Held>>10)
	return err
}

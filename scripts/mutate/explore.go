package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// chunk is how many seeds one process plays with f=1, and an eighth as
	// many with f=2.
	chunk   = 40
	chunkF2 = chunk / 8
	// patience is how long a seed may take on average, and patienceAlone one
	// that is played alone: a core that loops for ever is caught, too.
	patience      = 2 * time.Second
	patienceAlone = 20 * time.Second
	// hangs is the violation of a run that did not end in that time.
	hangs = "hangs"
)

// found is a violation, and in which run.
type found struct {
	Seed   uint64 `json:"seed"`
	Error  string `json:"error"`
	faults int
	runs   int // played until then, this one included
}

// line is the violation in a line.
func (v found) line() string {
	first, _, _ := strings.Cut(v.Error, "\n")
	return first
}

// outcome is what became of one mutation.
type outcome struct {
	runs int
	// by is the first violation that is of the mutation's kind, other the
	// first of another kind; nil if there was none.
	by, other *found
}

// explore plays seeds until the simulator catches a mutation by a violation of
// its kind.
func (l *lab) explore(m mutation) (outcome, error) {
	binary, err := l.build(m)
	if err != nil {
		return outcome{}, err
	}
	defer os.Remove(binary) // some 10 MB each
	kind := regexp.MustCompile(string(m.kind))
	var o outcome
	for first := 0; o.by == nil && o.runs < l.runs; first += chunk {
		for _, part := range []play{{binary, 1, first, chunk}, {binary, 2, first / 8, chunkF2}} {
			l.judge(&o, kind, part.all())
			o.runs += part.count
		}
	}
	return o, nil
}

// judge sorts violations into those that are of a mutation's kind and others.
// A seed at which the core as it is fails as well counts for nothing.
func (l *lab) judge(o *outcome, kind *regexp.Regexp, violations []found) {
	for _, v := range violations {
		own := kind.MatchString(v.line())
		if own && o.by != nil || !own && o.other != nil {
			continue
		}
		alone := play{l.original, v.faults, int(v.Seed), 1}
		if len(alone.all()) > 0 {
			continue
		}
		v.runs += o.runs
		if own {
			o.by = &v
		} else {
			o.other = &v
		}
	}
}

// play is some seeds to be played by a simulator.
type play struct {
	binary               string
	faults, first, count int
}

// all plays the seeds and returns all violations in their order. If some hang,
// each is played alone.
func (p play) all() []found {
	limit := patienceAlone
	if p.count > 1 {
		limit = time.Duration(p.count) * patience
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, _ := exec.CommandContext(ctx, p.binary, "--json", "--workers", "1", "--f", strconv.Itoa(p.faults),
		"--first", strconv.Itoa(p.first), "--seeds", strconv.Itoa(p.count)).Output() // the output tells more than the status
	var summary struct{ Violations []found }
	if json.Unmarshal(out, &summary) != nil {
		return p.oneByOne()
	}
	for i := range summary.Violations {
		v := &summary.Violations[i]
		v.faults, v.runs = p.faults, int(v.Seed)-p.first+1
	}
	return summary.Violations
}

// oneByOne looks for the seed whose run does not end.
func (p play) oneByOne() []found {
	if p.count == 1 {
		return []found{{Seed: uint64(p.first), Error: hangs, faults: p.faults, runs: 1}}
	}
	var all []found
	for i := range p.count {
		one := play{p.binary, p.faults, p.first + i, 1}
		for _, v := range one.all() {
			v.runs += i
			all = append(all, v)
			if v.Error == hangs {
				return all // the next would as well, most likely
			}
		}
	}
	return all
}

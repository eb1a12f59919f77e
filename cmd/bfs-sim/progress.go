package main

import (
	"fmt"
	"os"
	"time"
)

// How often progress is shown: to people, and in a log.
const (
	progressSeen   = 200 * time.Millisecond
	progressLogged = 15 * time.Second
)

// progress shows how far an exploration has got.
type progress struct {
	out      *os.File
	x        exploration
	terminal bool
	last     time.Time
}

func newProgress(out *os.File, x exploration) *progress {
	info, err := out.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	return &progress{out: out, x: x, terminal: terminal, last: time.Now()}
}

// update shows a line when it is time.
func (p *progress) update(s *summary) {
	gap := progressLogged
	if p.terminal {
		gap = progressSeen
	}
	if time.Since(p.last) < gap {
		return
	}
	p.last = time.Now()
	if p.terminal {
		fmt.Fprintf(p.out, "\r\x1b[K%s", p.line(s))
	} else {
		fmt.Fprintln(p.out, p.line(s))
	}
}

// line says how far s has got, how fast, and when it will be over.
func (p *progress) line(s *summary) string {
	rate := float64(s.Runs) / s.Seconds
	left := time.Duration(float64(s.planned-uint64(s.Runs)) / rate * float64(time.Second))
	if rest := p.x.limit - time.Duration(s.Seconds*float64(time.Second)); p.x.limit > 0 {
		left = min(left, rest)
	}
	of := ""
	if p.x.seeds != endless {
		of = fmt.Sprintf(" of %d", s.planned)
	}
	return fmt.Sprintf("%d%s runs, %.0f/s, %v left, %d violations", s.Runs, of, rate, left.Round(time.Second), len(s.Violations))
}

// end leaves the line to others.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}

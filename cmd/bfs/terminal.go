package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// isTerminal tells whether people look at the file.
func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// inForeground tells whether this process has the terminal of f, so that what
// is typed there, Ctrl-C too, goes to it and its children.
func inForeground(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// Progress is shown for copies that are larger than this, and so often.
const (
	progressFrom  = 4 << 20
	progressEvery = 200 * time.Millisecond
)

// progress shows on a terminal how far a copy has come. It is a Writer that
// counts.
type progress struct {
	name    string
	total   uint64 // 0 if it is not known
	done    uint64
	started time.Time
	shown   time.Time
}

// newProgress returns a Writer to which what is copied goes, too, and a
// function to call at the end. Without a terminal, or for little, it shows
// nothing.
func newProgress(name string, total uint64) (w io.Writer, finish func()) {
	if total < progressFrom || !isTerminal(os.Stderr) {
		return io.Discard, func() {}
	}
	p := &progress{name: name, total: total, started: time.Now()}
	return p, func() { fmt.Fprint(os.Stderr, "\r\x1b[K") }
}

// Write counts.
func (p *progress) Write(b []byte) (int, error) {
	p.done += uint64(len(b))
	if time.Since(p.shown) >= progressEvery {
		p.shown = time.Now()
		rate := float64(p.done) / time.Since(p.started).Seconds()
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s: %s of %s (%d %%), %s/s", printable(p.name), size(p.done), size(p.total),
			p.done*100/p.total, size(uint64(rate)))
	}
	return len(b), nil
}

package conformance

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

var appendClaims = []claim{
	{"O_APPEND writes at the end whatever the offset", func(s *suite) {
		s.put(s.alice, "f", "one ")
		f := s.open(s.alice, "f", unix.O_WRONLY|unix.O_APPEND, 0)
		defer s.close(f)
		s.pwrite(f, "two ", 0)
		s.put(s.root, "f", "reset ")
		s.pwrite(f, "three", 2)
		equal(s, "contents", s.get("f"), "reset three")
	}},
	{"appends of two descriptors lose nothing", func(s *suite) {
		s.put(s.root, "f", "")
		s.ok(s.root.Chmod(s.at("f"), 0o666))
		const lines = 50
		var done sync.WaitGroup
		for i, p := range []Process{s.alice, s.bob} {
			done.Go(func() { appendLines(s, p, i, lines) })
		}
		done.Wait()
		checkLines(s, lines)
	}},
}

func appendLines(s *suite, p Process, writer, lines int) {
	f, err := p.Open(s.at("f"), unix.O_WRONLY|unix.O_APPEND, 0)
	if err != nil {
		s.Errorf("open: %v", err)
		return
	}
	for i := range lines {
		if _, err := f.Pwrite(fmt.Appendf(nil, "%d:%d\n", writer, i), 0); err != nil {
			s.Errorf("append: %v", err)
		}
	}
	if err := f.Close(); err != nil {
		s.Errorf("close: %v", err)
	}
}

// checkLines checks that each writer's lines are there in its order.
func checkLines(s *suite, lines int) {
	var next [2]int
	for line := range strings.Lines(s.get("f")) {
		var writer, i int
		if _, err := fmt.Sscanf(line, "%d:%d\n", &writer, &i); err != nil {
			s.Fatalf("torn line %q", line)
		}
		equal(s, "next line of a writer", i, next[writer])
		next[writer]++
	}
	equal(s, "lines", next, [2]int{lines, lines})
}

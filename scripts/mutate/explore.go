package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	core      = "pbft"
	simulator = "./pbft/sim"
	// chunk is how many seeds one process runs; below 100 TestSeeds does not
	// ask for full coverage.
	chunk = 25
	// patience is how long one seed may take: a core that loops for ever is
	// caught, too.
	patience = 5 * time.Second
)

// outcome is what became of one mutation.
type outcome struct {
	caught    bool
	seeds     int
	violation string
}

// lab builds and runs simulators with mutated cores.
type lab struct {
	root     string // of the module
	dir      string // for what is built
	seeds    int
	original string // the simulator with the core as it is
}

// mutated returns the contents of the files that a mutation changes, by path.
func mutated(root string, m mutation) (map[string]string, error) {
	files := make(map[string]string)
	for _, e := range m.edits {
		path := filepath.Join(root, core, e.file)
		text, ok := files[path]
		if !ok {
			b, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			text = string(b)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return nil, fmt.Errorf("%s: %q occurs %d times in %s, and must once; the core has changed, so change the table", m.name, e.old, n, e.file)
		}
		files[path] = strings.Replace(text, e.old, e.new, 1)
	}
	return files, nil
}

// build makes a simulator with a mutation; without edits, of the core as it is.
func (l *lab) build(m mutation) (string, error) {
	files, err := mutated(l.root, m)
	if err != nil {
		return "", err
	}
	replace := make(map[string]string)
	for path, text := range files {
		file := filepath.Join(l.dir, m.name+"-"+filepath.Base(path))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[path] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list, binary := filepath.Join(l.dir, m.name+".json"), filepath.Join(l.dir, m.name+".test")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-overlay", list, "-o", binary, simulator)
	cmd.Dir = l.root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s does not build: %s", m.name, out)
	}
	return binary, nil
}

// explore runs seeds until the simulator catches a mutation.
func (l *lab) explore(m mutation) (outcome, error) {
	binary, err := l.build(m)
	if err != nil {
		return outcome{}, err
	}
	defer os.Remove(binary) // some 10 MB each
	for first := 0; first < l.seeds; {
		seed, violation := run(binary, first, min(chunk, l.seeds-first))
		if violation == "" {
			first += chunk
			continue
		}
		if _, same := run(l.original, seed, 1); same == "" {
			return outcome{caught: true, seeds: seed + 1, violation: violation}, nil
		}
		first = seed + 1
	}
	return outcome{seeds: l.seeds}, nil
}

var failed = regexp.MustCompile(`(?s)f=\d: (.*?)\n.*-seed (\d+) -seeds 1`)

// run runs seeds and returns the first that fails, and by what; if the process
// came to an end without telling the seed, it looks for it one by one.
func run(binary string, first, count int) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(2*count)*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.run", "^TestSeeds$",
		"-seed", strconv.Itoa(first), "-seeds", strconv.Itoa(count))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return 0, ""
	}
	if m := failed.FindSubmatch(out); m != nil {
		if seed, err := strconv.Atoi(string(m[2])); err == nil {
			return seed, string(m[1])
		}
	}
	if count > 1 {
		for seed := first; seed < first+count; seed++ {
			if at, violation := run(binary, seed, 1); violation != "" {
				return at, violation
			}
		}
	}
	return first, crash(ctx, string(out))
}

// crash says in a line how a process ended that did not report a violation.
func crash(ctx context.Context, out string) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return "hangs"
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			return strings.TrimSpace(line)
		}
	}
	return "fails: " + strings.TrimSpace(out)
}

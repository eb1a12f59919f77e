package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	runs := flag.Int("runs", 4000, "how many runs may pass before a mutation counts as not caught")
	jobs := flag.Int("jobs", runtime.NumCPU(), "how many mutations to try at one time")
	only := flag.String("only", "", "names of mutations, separated by commas; empty: all")
	flag.Parse()
	ok, err := hunt(*runs, *jobs, selected(*only))
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// selected returns the mutations with the names given, or all.
func selected(names string) []mutation {
	if names == "" {
		return mutations
	}
	var out []mutation
	for _, m := range mutations {
		if slices.Contains(strings.Split(names, ","), m.name) {
			out = append(out, m)
		}
	}
	return out
}

// hunt tries mutations and prints a line for each as soon as it is done; it is
// false if one was not caught.
func hunt(runs, jobs int, list []mutation) (bool, error) {
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	l := &lab{root: root, dir: dir, runs: runs}
	if l.original, err = l.build(mutation{name: "original"}); err != nil {
		return false, err
	}
	fmt.Printf(row, "mutation", "runs", "seed", "caught by")
	return l.huntAll(list, jobs)
}

func (l *lab) huntAll(list []mutation, jobs int) (bool, error) {
	var (
		mu       sync.Mutex
		wait     sync.WaitGroup
		first    error
		all      = true
		started  = time.Now()
		caught   int
		tickets  = make(chan struct{}, max(jobs, 1))
		announce = func(m mutation, o outcome, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err != nil && first == nil {
				first = err
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "mutate:", err)
				return
			}
			all = all && o.by != nil
			if o.by != nil {
				caught++
			}
			fmt.Print(line(m, o))
		}
	)
	for _, m := range list {
		wait.Add(1)
		tickets <- struct{}{}
		go func() {
			defer wait.Done()
			o, err := l.explore(m)
			announce(m, o, err)
			<-tickets
		}()
	}
	wait.Wait()
	fmt.Printf("%d of %d caught in %v\n", caught, len(list), time.Since(started).Round(time.Second))
	return all, first
}

// row is the format of a row of the table.
const row = "%-26s %6v  %-9s %s\n"

// line is one row of the table.
func line(m mutation, o outcome) string {
	switch {
	case o.by != nil:
		return fmt.Sprintf(row, m.name, o.by.runs, o.by.replay(), o.by.line())
	case o.other != nil:
		return fmt.Sprintf(row, m.name, "NO", o.other.replay(), "only: "+o.other.line())
	}
	return fmt.Sprintf(row, m.name, "NO", "", "nothing: "+m.breaks)
}

// replay names the run.
func (v found) replay() string { return fmt.Sprintf("f=%d %d", v.faults, v.Seed) }

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

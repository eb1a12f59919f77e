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
	seeds := flag.Int("seeds", 1000, "how many seeds may pass before a mutation counts as not caught")
	jobs := flag.Int("jobs", runtime.NumCPU(), "how many mutations to try at one time")
	only := flag.String("only", "", "names of mutations, separated by commas; empty: all")
	flag.Parse()
	ok, err := hunt(*seeds, *jobs, selected(*only))
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
func hunt(seeds, jobs int, list []mutation) (bool, error) {
	root, err := moduleRoot()
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	l := &lab{root: root, dir: dir, seeds: seeds}
	if l.original, err = l.build(mutation{name: "original"}); err != nil {
		return false, err
	}
	fmt.Printf("%-26s %-8s %6s  %s\n", "mutation", "caught", "seeds", "by")
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
			all = all && o.caught
			if o.caught {
				caught++
			}
			fmt.Println(line(m, o))
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

// line is one row of the table.
func line(m mutation, o outcome) string {
	if !o.caught {
		return fmt.Sprintf("%-26s %-8s %6d  nothing: %s", m.name, "NO", o.seeds, m.breaks)
	}
	return fmt.Sprintf("%-26s %-8s %6d  %s", m.name, "yes", o.seeds, o.violation)
}

func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

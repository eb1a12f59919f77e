package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"bfs/bfs/cluster"
)

// run is what `bfs up` does while everything is up: it runs the command, or
// waits for the end. restore gives signals their usual effect again.
func (s *supervisor) run(ctx context.Context, restore func()) error {
	if !s.c.Bool("quiet") {
		s.explain(os.Stderr)
	}
	stopReporting := s.reportDeaths()
	defer stopReporting()
	if len(s.command) > 0 {
		return s.runCommand(ctx, restore)
	}
	select {
	case <-ctx.Done():
		s.tell("stopping the cluster (once more to stop it at once)")
		return signalled(ctx)
	case <-s.unmounted():
		s.tell("%s was unmounted: stopping the cluster", s.mounted.Path())
		return nil
	}
}

// runCommand runs the command, unless a signal came before it could start.
func (s *supervisor) runCommand(ctx context.Context, restore func()) error {
	signals, stop := catchSignals()
	defer stop()
	if by := interrupted(ctx); by != nil {
		return by
	}
	restore()
	return runCommand(s.command, s.mounted.Path(), signals)
}

// signalled is the way to end after a signal: Ctrl-C and SIGTERM are how
// `bfs up` is meant to be stopped, and no error.
func signalled(ctx context.Context) error {
	if interrupted(ctx) != nil {
		return nil
	}
	return context.Cause(ctx)
}

// explain says what was started, how to look at it and how to stop it.
func (s *supervisor) explain(w io.Writer) {
	n := len(s.config.Replicas)
	fmt.Fprintf(w, "%s of %d replicas on this machine, and survives the failure of %d:\n", s.subject(), n, s.config.Faults)
	for _, p := range s.processes.List() {
		fmt.Fprintf(w, "  replica %d  process %-7d  %s  log %s\n", p.ID, p.PID, p.Address, p.Log)
	}
	fmt.Fprintln(w, "They keep the files in memory in this version: when all of them stop, the files are gone.")
	fmt.Fprintf(w, "Look at them with   bfs status%s\n", s.configArgument())
	if len(s.command) == 0 {
		fmt.Fprintln(w, "Stop everything with Ctrl-C.")
	}
}

// subject is what was started, and where.
func (s *supervisor) subject() string {
	if s.mounted == nil {
		return "A file system, not mounted, consists"
	}
	return s.mounted.Path() + " is a file system"
}

// unmounted is closed when the file system is; never if it was not mounted.
func (s *supervisor) unmounted() <-chan struct{} {
	if s.mounted == nil {
		return nil
	}
	return s.mounted.Done()
}

// configArgument is what other commands need to find this cluster.
func (s *supervisor) configArgument() string {
	if dir, err := defaultData(); err == nil && cluster.ConfigPath(dir) == s.config.Path() {
		return ""
	}
	return " --config " + shellWord(s.config.Path())
}

// reportDeaths tells of every replica that ends, until it is stopped.
func (s *supervisor) reportDeaths() (stop func()) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		dead := 0
		for {
			select {
			case exit := <-s.processes.Exits():
				dead++
				s.reportDeath(exit, dead)
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func (s *supervisor) reportDeath(exit cluster.Exit, dead int) {
	s.tell("replica %d (process %d) ended: %s; %s", exit.ID, exit.PID, exit.Status, s.consequence(dead))
	s.tell("its log is %s; start it again with: %s", s.config.LogPath(exit.ID), s.restartHint(exit.ID))
}

// consequence is what it means that so many of the replicas that were started
// here have ended.
func (s *supervisor) consequence(dead int) string {
	n, f := len(s.config.Replicas), s.config.Faults
	if dead > f {
		return fmt.Sprintf("that makes %d of %d, and unless some run again operations wait until %d do", dead, n, n-f)
	}
	return fmt.Sprintf("the other %d go on (%s)", n-dead, tolerance(f-dead))
}

func (s *supervisor) tell(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bfs: "+format+"\n", args...)
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// stoppedBy is the cause of a context that a signal ended.
type stoppedBy struct{ signal syscall.Signal }

func (s stoppedBy) Error() string { return "stopped by " + s.signal.String() }

// untilSignal returns a context that ends with the first SIGINT, SIGTERM or
// SIGHUP, and a function that gives signals their usual effect again.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		select {
		case s := <-signals:
			cancel(stoppedBy{s.(syscall.Signal)})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(context.Canceled)
	}
}

// force runs emergency and ends the program when the user, after a first
// signal, sends a second one because stopping takes too long.
func force(emergency func()) (stop func()) {
	signals := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			fmt.Fprintln(os.Stderr, "bfs: stopping at once")
			emergency()
			os.Exit(exitSignal + int(s.(syscall.Signal)))
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// catchSignals returns a channel of all signals that are to be passed on to a
// command, and a function that ends that.
func catchSignals() (signals <-chan os.Signal, stop func()) {
	all := make(chan os.Signal, 16)
	signal.Notify(all, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	return all, func() { signal.Stop(all) }
}

package main

import (
	"context"
	"math"
	"sync"
	"time"

	"bfs/pbft/sim"
)

const (
	// endless is a number of seeds that nobody waits for.
	endless = math.MaxUint32
	// enoughViolations end an exploration.
	enoughViolations = 10
)

// exploration is what is to be played.
type exploration struct {
	first, seeds uint64
	faults       int
	workloads    []workload
	workers      int
	limit        time.Duration // 0: none
}

// job is one run.
type job struct {
	seed     uint64
	workload workload
}

// outcome is what came of a run.
type outcome struct {
	job    job
	result sim.Result
	err    error
}

// explore plays the runs, and calls update after each. It ends early when ctx
// does.
func (x exploration) explore(ctx context.Context, update func(*summary)) *summary {
	begin := time.Now()
	if x.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, x.limit)
		defer cancel()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := newSummary(x)
	for o := range x.play(ctx, x.jobs(ctx)) {
		s.add(o)
		s.Seconds = time.Since(begin).Seconds()
		update(s)
		if len(s.Violations) >= enoughViolations {
			stop()
		}
	}
	s.judge()
	return s
}

// jobs are the runs, in order, until ctx ends.
func (x exploration) jobs(ctx context.Context) <-chan job {
	out := make(chan job)
	go func() {
		defer close(out)
		for i := range x.seeds {
			for _, w := range x.workloads {
				select {
				case out <- job{seed: x.first + i, workload: w}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

// play plays all jobs; runs that have begun are played to their end.
func (x exploration) play(ctx context.Context, jobs <-chan job) <-chan outcome {
	out := make(chan outcome)
	var workers sync.WaitGroup
	for range x.workers {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for j := range jobs {
				if ctx.Err() != nil {
					return
				}
				result, err := sim.Run(sim.New(j.workload.settings(j.seed, x.faults), nil))
				out <- outcome{job: j, result: result, err: err}
			}
		}()
	}
	go func() {
		workers.Wait()
		close(out)
	}()
	return out
}

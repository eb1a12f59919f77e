package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is what applications do all the time, on two mounts of one cluster,
// while a test makes replicas fail. Every operation must succeed, and whatever
// is read must be what has been written.
type load struct {
	mounts   [2]string
	stop     chan struct{}
	stopping sync.Once
	workers  []*worker
	all      sync.WaitGroup
	began    time.Time
	feeds    [2]*feed
	swaps    [2]*swap
}

// worker is one application.
type worker struct {
	name  string
	step  func() error
	count atomic.Int64
	// last is when its last step was done, gap the longest time between two
	// of them; nanoseconds since the load began.
	last, gap, gapAt atomic.Int64
	err              atomic.Value
}

// startLoad begins. The mounts may be of one directory, by two clients.
func startLoad(t *testing.T, one, other string) *load {
	t.Helper()
	l := &load{mounts: [2]string{one, other}, stop: make(chan struct{}), began: time.Now()}
	for i, mount := range l.mounts {
		l.feeds[i] = newFeed(t, mount, i)
		l.swaps[i] = newSwap(t, mount, i)
	}
	for i, mount := range l.mounts {
		there := l.mounts[1-i]
		l.add(fmt.Sprintf("append@%d", i), l.feeds[i].append)
		l.add(fmt.Sprintf("follow@%d", 1-i), (&follower{feed: l.feeds[i], path: filepath.Join(there, sharedName)}).step)
		l.add(fmt.Sprintf("replace@%d", i), l.swaps[i].replace)
		l.add(fmt.Sprintf("look@%d", 1-i), func() error { return l.swaps[i].look(there) })
		l.add(fmt.Sprintf("churn@%d", i), (&churn{here: filepath.Join(mount, fmt.Sprint("churn-", i)), there: filepath.Join(there, fmt.Sprint("churn-", i))}).step)
	}
	t.Cleanup(l.end)
	for _, w := range l.workers {
		l.all.Go(func() { l.work(w) })
	}
	return l
}

func (l *load) add(name string, step func() error) {
	l.workers = append(l.workers, &worker{name: name, step: step})
}

func (l *load) work(w *worker) {
	for {
		select {
		case <-l.stop:
			return
		default:
		}
		if err := w.step(); err != nil {
			w.err.Store(fmt.Errorf("%s after %d steps and %v: %w", w.name, w.count.Load(), time.Since(l.began), err))
			return
		}
		w.done(time.Since(l.began))
	}
}

func (w *worker) done(now time.Duration) {
	w.count.Add(1)
	if gap := int64(now) - w.last.Swap(int64(now)); gap > w.gap.Load() {
		w.gap.Store(gap)
		w.gapAt.Store(int64(now))
	}
}

// end stops the workers, when they have done what they are at. It does not
// wait for ever for those that stand still: they end with their mount.
func (l *load) end() {
	l.stopping.Do(func() { close(l.stop) })
	ended := make(chan struct{})
	go func() {
		l.all.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(patience):
	}
}

// healthy reports the first errors, and workers that stand still.
func (l *load) healthy(t *testing.T) bool {
	t.Helper()
	good := true
	for _, w := range l.workers {
		if err, failed := w.err.Load().(error); failed {
			t.Error(err)
			good = false
		} else if still := time.Since(l.began) - time.Duration(w.last.Load()); still > standstill {
			t.Errorf("%s stands still for %v, after %d steps", w.name, still, w.count.Load())
			good = false
		}
	}
	return good
}

// standstill is more than any fault may cost an application.
const standstill = 60 * time.Second

// finish ends the load, checks every file once more from both mounts, and says
// how it went.
func (l *load) finish(t *testing.T) {
	t.Helper()
	l.end()
	l.healthy(t)
	for i, f := range l.feeds {
		for _, mount := range l.mounts {
			if err := f.verify(filepath.Join(mount, sharedName)); err != nil {
				t.Errorf("at the end, what %d appended: %v", i, err)
			}
			if err := l.swaps[i].look(mount); err != nil {
				t.Errorf("at the end: %v", err)
			}
		}
	}
	l.report(t)
}

func (l *load) report(t *testing.T) {
	t.Helper()
	var steps, longest int64
	var who *worker
	for _, w := range l.workers {
		steps += w.count.Load()
		if g := w.gap.Load(); g >= longest {
			longest, who = g, w
		}
		if w.count.Load() == 0 {
			t.Errorf("%s has done nothing", w.name)
		}
	}
	t.Logf("%d steps in %v; the longest that one took: %v (%s, until %v)", steps, time.Since(l.began).Round(time.Millisecond),
		time.Duration(longest).Round(time.Millisecond), who.name, time.Duration(who.gapAt.Load()).Round(time.Millisecond))
}

// steps is how much has been done.
func (l *load) steps() (n int64) {
	for _, w := range l.workers {
		n += w.count.Load()
	}
	return n
}

// moves waits until every worker has done something more.
func (l *load) moves(t *testing.T) {
	t.Helper()
	before := make([]int64, len(l.workers))
	for i, w := range l.workers {
		before[i] = w.count.Load()
	}
	await(t, "progress of all workers", func() bool {
		for i, w := range l.workers {
			if w.count.Load() == before[i] && w.err.Load() == nil {
				return false
			}
		}
		return true
	})
}

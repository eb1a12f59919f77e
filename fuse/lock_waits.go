package fuse

import (
	"context"
	"slices"
	"sync"
	"time"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// lockWaits is the processes of this mount that wait for locks. The replicas
// grant them by themselves. This mount asks what has been granted: one query
// for all who wait, soon after something has happened and ever more rarely
// while nothing does, so that its load is bounded however many wait.
type lockWaits struct {
	client *bfs.Client
	life   context.Context
	// patience is how long one query may take; 0: for ever.
	patience time.Duration

	mu      sync.Mutex
	pending map[uint64]chan bool // by ticket; gets whether it was granted
	polling bool
	woken   chan struct{} // has one if the next query should come soon
}

func newLockWaits(life context.Context, o *Options) *lockWaits {
	return &lockWaits{
		client:   o.Client,
		life:     life,
		patience: o.Timeout,
		pending:  make(map[uint64]chan bool),
		woken:    make(chan struct{}, 1),
	}
}

// await returns when the request with that ticket has been granted, or is
// withdrawn because its process was interrupted.
func (w *lockWaits) await(cancel <-chan struct{}, ticket uint64) gofuse.Status {
	granted := w.add(ticket)
	select {
	case ok := <-granted:
		return lockStatus(ok)
	case <-cancel:
		return w.withdraw(ticket)
	case <-w.life.Done():
		return gofuse.EIO
	}
}

// lockStatus is the answer to a request that is over: it was granted, or lost
// because the session's lease has run out.
func lockStatus(granted bool) gofuse.Status {
	if granted {
		return gofuse.OK
	}
	return gofuse.Status(Errno(fsstate.NoLocks))
}

// add waits with a ticket.
func (w *lockWaits) add(ticket uint64) <-chan bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	granted := make(chan bool, 1)
	w.pending[ticket] = granted
	if !w.polling {
		w.polling = true
		go w.poll()
	}
	return granted
}

func (w *lockWaits) remove(ticket uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.pending, ticket)
}

// withdraw ends a wait. If the lock was granted before, the process has it.
func (w *lockWaits) withdraw(ticket uint64) gofuse.Status {
	defer w.remove(ticket)
	ctx, done := w.query()
	defer done()
	withdrawn, err := w.client.CancelLock(ctx, fsstate.Caller{}, ticket)
	if err != nil {
		return gofuse.Status(Errno(err))
	}
	if withdrawn {
		return gofuse.EINTR
	}
	left, err := w.client.LockWaits(ctx, fsstate.Caller{})
	if err != nil {
		return gofuse.Status(Errno(err))
	}
	return lockStatus(ticket >= left.Since)
}

// nudge makes the next query come soon: a lock has been given back here.
func (w *lockWaits) nudge() {
	select {
	case w.woken <- struct{}{}:
	default:
	}
}

func (w *lockWaits) query() (context.Context, context.CancelFunc) {
	if w.patience > 0 {
		return context.WithTimeout(w.life, w.patience)
	}
	return w.life, func() {}
}

// poll asks until nobody waits any more.
func (w *lockWaits) poll() {
	delay := shortestPoll
	timer := time.NewTimer(delay)
	defer timer.Stop()
	for {
		select {
		case <-w.life.Done():
			return
		case <-timer.C:
			delay = min(2*delay, longestPoll)
		case <-w.woken:
			delay = shortestPoll
		}
		tickets, more := w.asked()
		if !more {
			return
		}
		if w.ask(tickets) {
			delay = shortestPoll
		}
		timer.Reset(delay)
	}
}

// asked is the tickets that wait now. Where there are none the polling ends.
func (w *lockWaits) asked() (tickets []uint64, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ticket := range w.pending {
		tickets = append(tickets, ticket)
	}
	w.polling = len(tickets) > 0
	return tickets, w.polling
}

// ask tells those of tickets that are over so, and whether there were any. A
// ticket that came after the question is not for its answer. A question
// without an answer is asked again.
func (w *lockWaits) ask(tickets []uint64) (over bool) {
	ctx, done := w.query()
	defer done()
	left, err := w.client.LockWaits(ctx, fsstate.Caller{})
	if err != nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ticket := range tickets {
		granted, waits := w.pending[ticket]
		if !waits || slices.Contains(left.Tickets, ticket) {
			continue
		}
		granted <- ticket >= left.Since
		delete(w.pending, ticket)
		over = true
	}
	return over
}

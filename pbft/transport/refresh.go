package transport

import (
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// wear says when a connection's keys have authenticated enough frames.
type wear struct {
	limit uint64
	// sent belongs to whoever has the right to write, received to the reader.
	sent, received uint64
	once           sync.Once
	worn           chan struct{} // closed when either has reached the limit
}

func newWear(limit int) wear { return wear{limit: uint64(limit), worn: make(chan struct{})} }

// count adds frames to sent or received. It is false when the connection must
// not be used any more: half as many frames after it should have been replaced.
func (w *wear) count(total *uint64, frames int) bool {
	*total += uint64(frames)
	if *total >= w.limit {
		w.once.Do(func() { close(w.worn) })
	}
	return *total < w.limit+w.limit/2
}

// tend replaces a connection that we have dialled by a successor whenever its
// keys are old, until a connection ends without one.
func (e *Endpoint) tend(c *connection, address string) {
	failures, wait, worn := 0, e.refreshAfter(), c.wear.worn
	for c.lasts(wait, worn) {
		next := e.dial(c.peer, address, opensSuccessor)
		if next == nil {
			failures++
			wait, worn = e.config.Backoff(failures), nil
			continue
		}
		c.handOver()
		c, failures, wait, worn = next, 0, e.refreshAfter(), next.wear.worn
	}
}

// refreshAfter is how long to use a connection's keys; it is random, lest all
// connections be replaced at once.
func (e *Endpoint) refreshAfter() time.Duration {
	life := e.config.Limits.KeyLifetime
	return life - rand.N(life/4+1)
}

// lasts waits, or until worn is closed. It is false when the connection has
// ended.
func (c *connection) lasts(wait time.Duration, worn <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-worn:
	case <-c.done:
		return false
	}
	return true
}

// retire lets a connection send what it has, and refuses more.
func (c *connection) retire() {
	c.retired.Store(true)
	c.outbox.finish()
}

// handOver ends a connection that we have dialled and that is retired. The
// other side has its successor, since it has welcomed that. So when we say that
// nothing follows it knows that this is no loss; it delivers what has arrived,
// sends what it still has, and closes the connection.
func (c *connection) handOver() {
	<-c.outbox.drained
	if tcp, ok := c.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // fails if it is closed already
	}
	<-c.done
}

// succeeded says whether a connection whose reader has ended has a successor
// that goes on where it ended. If so, that has its turn now.
func (p *peer) succeeded(c *connection, reason error) bool {
	return c.retired.Load() && errors.Is(reason, io.EOF) && p.pass(c)
}

// finish waits until a connection whose reader has handed over has also sent
// everything, and closes it.
func (e *Endpoint) finish(c *connection) {
	select {
	case <-c.outbox.drained:
	case <-c.closed:
	case <-e.closing.Done():
	}
	c.close(ErrReplaced)
	e.log.log(slog.LevelDebug, "refreshed", "replaced the keys that were shared with "+c.peer.node.String())
}

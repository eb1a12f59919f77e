package transport

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one authenticated connection. Its reader is the goroutine
// that calls read, its writer the one that calls write.
type connection struct {
	conn         net.Conn
	peer         *peer
	link         Link
	counters     *counters
	frames       *frameReader
	writeTimeout time.Duration
	// direct writes without waiting; nil if the connection cannot.
	direct *directWriter

	outbox *outbox
	batch  batch
	wear   wear

	turn    chan struct{} // closed when it may call the Handler
	retired atomic.Bool   // a successor takes what is sent from now on
	done    chan struct{} // closed when all of it has ended

	closeOnce sync.Once
	closed    chan struct{}
	reason    error // set before closed is closed
}

// send queues a payload, and writes it at once if nobody else is writing,
// and the kernel has room. It never waits for the peer. It is false if the
// connection takes no more.
func (c *connection) send(payload []byte) bool {
	switch c.outbox.push(payload, c.direct != nil && len(payload) <= copyBytes) {
	case pushedAndMine:
		c.writeOnce()
	case refusedFull:
		c.counters.full.Add(1)
	case refusedClosed:
		return false
	}
	return true
}

// welcome is the accepting side's first frame, sent when it has made the
// connection the current one. The caller has the right to write.
func (c *connection) welcome() {
	err := c.conn.SetWriteDeadline(time.Now().Add(c.writeTimeout))
	if err == nil {
		err = writeFrame(c.conn, c.link, nil)
	}
	if err == nil {
		err = c.conn.SetWriteDeadline(time.Time{})
	}
	if err != nil {
		c.close(fmt.Errorf("writing: %w", err))
	}
	if !c.outbox.release() {
		c.outbox.handOver()
	}
}

// writeOnce sends one batch as far as the kernel takes it, and leaves the
// rest to the writer. The caller has the right to write.
func (c *connection) writeOnce() {
	c.nextBatch()
	if len(c.batch.rest) > 0 {
		n, err := c.direct.write(c.batch.rest)
		if err != nil {
			c.close(fmt.Errorf("writing: %w", err))
		}
		c.batch.consume(n)
	}
	if len(c.batch.rest) > 0 {
		c.outbox.handOver()
		return
	}
	c.settle()
	if !c.outbox.release() {
		c.outbox.handOver()
	}
}

// write is the writer: it sends whatever is queued, until the connection is
// closed. It ends with the right to write, so that nobody uses the link
// any more.
func (c *connection) write() {
	for range c.outbox.wake {
		if !c.outbox.claim() {
			continue
		}
		if !c.writeAll() {
			c.abandonBatch()
			return
		}
	}
}

// writeAll writes until nothing is queued; it returns false once the
// connection is closed, and then keeps the right to write.
func (c *connection) writeAll() bool {
	for {
		if err := c.writeBatch(); err != nil {
			c.close(fmt.Errorf("writing: %w", err))
		}
		if c.outbox.isClosed() {
			return false
		}
		c.settle()
		if c.outbox.release() {
			return true
		}
		c.nextBatch()
	}
}

// writeBatch writes the batch's rest, waiting for the peer as long as
// it takes something within each writeTimeout.
func (c *connection) writeBatch() error {
	for len(c.batch.rest) > 0 {
		if err := c.conn.SetWriteDeadline(time.Now().Add(c.writeTimeout)); err != nil {
			return err
		}
		n, err := c.batch.rest.WriteTo(c.conn)
		if err != nil && (n == 0 || !errors.Is(err, os.ErrDeadlineExceeded)) {
			return err
		}
	}
	return c.conn.SetWriteDeadline(time.Time{}) // or direct writes fail later
}

func (c *connection) nextBatch() {
	c.batch.payloads = c.outbox.take(c.batch.payloads)
	if len(c.batch.payloads) > 0 {
		c.batch.fill(c.link)
		if !c.wear.count(&c.wear.sent, len(c.batch.payloads)) {
			c.close(ErrKeysOld)
		}
	}
}

// settle counts a batch that is wholly written.
func (c *connection) settle() {
	if c.batch.messages == 0 {
		return
	}
	c.counters.sent.add(c.batch.messages, c.batch.bytes)
	c.outbox.settle(c.batch.messages, c.batch.bytes)
	c.batch.reset()
}

func (c *connection) abandonBatch() {
	c.counters.lost.Add(uint64(c.batch.messages))
	c.batch.reset()
}

// read delivers what arrives until the connection ends, and returns why.
func (c *connection) read(deliver func(payload []byte)) error {
	for {
		payload, tag, err := c.frames.next()
		if err != nil {
			return fmt.Errorf("reading: %w", err)
		}
		if err := c.link.Verify(payload, tag); err != nil {
			return fmt.Errorf("%w: %w", ErrNotAuthentic, err)
		}
		if !c.wear.count(&c.wear.received, 1) {
			return ErrKeysOld
		}
		c.counters.received.add(1, frameSize(payload))
		deliver(payload)
	}
}

// close ends the connection; the first reason counts. It waits for nothing.
func (c *connection) close(reason error) {
	c.closeOnce.Do(func() {
		c.reason = reason
		c.counters.lost.Add(uint64(c.outbox.close()))
		c.conn.Close()
		close(c.closed)
	})
}

// farewell sends what is queued, and then waits for the peer to close its
// side, so that the kernel does not throw away what is still under way.
func (c *connection) farewell(deadline time.Time) {
	over := time.NewTimer(time.Until(deadline))
	defer over.Stop()
	c.outbox.finish()
	select {
	case <-c.outbox.drained:
	case <-over.C:
		c.close(ErrClosed)
		return
	}
	if tcp, ok := c.conn.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		select {
		case <-c.closed:
		case <-over.C:
		}
	}
	c.close(ErrClosed)
}

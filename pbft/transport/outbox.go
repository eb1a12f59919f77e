package transport

import (
	"sync"
	"time"
)

// outbox is the bounded queue of one connection's payloads, and the right to
// write to the connection.
//
// INVARIANT: at most one goroutine has the right to write, and only it uses
// the connection's link and batch for sending. While payloads are pending,
// somebody has it or has been woken to claim it.
type outbox struct {
	limits PeerLimits
	// wake tells the writer goroutine to call claim.
	wake chan struct{}
	// drained is closed when the outbox is finishing and has become empty,
	// or is closed.
	drained chan struct{}

	mu       sync.Mutex
	pending  fifo
	bytes    int // of pending and of what the writer has taken
	messages int // likewise
	// writing says that somebody has the right to write; handed, that it is
	// on its way to the writer goroutine.
	writing   bool
	idleSince time.Time // when writing ended
	handed    bool
	finishing bool // accepts no more, sends what it has
	closed    bool // accepts no more, sends no more
}

func newOutbox(limits PeerLimits) *outbox {
	return &outbox{limits: limits, wake: make(chan struct{}, 1), drained: make(chan struct{})}
}

type pushResult uint8

const (
	pushed        pushResult = iota // somebody else will write it
	pushedAndMine                   // and the caller has got the right to write
	refusedFull
	refusedClosed
)

// push queues a payload. If direct, and nobody has written for directAfter,
// the caller gets the right to write and must writeOnce; otherwise the
// writer goroutine is woken if need be, so that what is sent in a burst is
// collected while the beginning is being written.
func (o *outbox) push(payload []byte, direct bool) pushResult {
	size := frameSize(payload)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.closed || o.finishing:
		return refusedClosed
	case o.messages >= o.limits.QueueMessages || o.bytes+size > o.limits.QueueBytes:
		return refusedFull
	}
	o.pending.push(payload)
	o.bytes += size
	o.messages++
	if o.writing {
		return pushed
	}
	if direct && time.Since(o.idleSince) > directAfter {
		o.writing = true
		return pushedAndMine
	}
	o.wakeWriter()
	return pushed
}

// claim gives the writer goroutine the right to write, if it is free or was
// handed to it, and there is something to do with it.
func (o *outbox) claim() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.handed {
		o.handed = false
		return true
	}
	if o.writing || (o.pending.len() == 0 && !o.finishing && !o.closed) {
		return false
	}
	o.writing = true
	return true
}

// take moves payloads that fit into one batch to dst. The caller has the
// right to write, and must report them to settle.
func (o *outbox) take(dst [][]byte) [][]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return dst
	}
	room := scratchBytes
	for o.pending.len() > 0 && len(dst) < batchFrames {
		if room -= copiedSize(o.pending.first()); room < 0 {
			break
		}
		dst = append(dst, o.pending.pop())
	}
	return dst
}

// settle takes a finished batch off the books.
func (o *outbox) settle(messages, bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.messages -= messages
	o.bytes -= bytes
}

// release gives the right to write back, and says whether it could: not if
// there is more to write, or an end to be dealt with.
func (o *outbox) release() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.pending.len() > 0 {
		return false
	}
	if o.finishing {
		o.setDrained()
	}
	o.writing = false
	o.idleSince = time.Now()
	return true
}

// handOver passes the right to write to the writer goroutine.
func (o *outbox) handOver() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.handed = true
	o.wakeWriter()
}

// finish refuses further payloads; drained is closed when the last one is
// written.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finishing = true
	o.wakeWriter()
}

// close refuses further payloads, forgets those that nobody is writing, and
// returns how many messages will now not have been sent.
func (o *outbox) close() (lost int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return 0
	}
	o.closed = true
	o.setDrained()
	lost = o.pending.len()
	o.pending = fifo{}
	o.wakeWriter()
	return lost
}

func (o *outbox) queued() (messages, bytes int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.messages, o.bytes
}

func (o *outbox) isClosed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed
}

// setDrained closes drained once; the caller holds mu.
func (o *outbox) setDrained() {
	select {
	case <-o.drained:
	default:
		close(o.drained)
	}
}

func (o *outbox) wakeWriter() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// fifo is a queue of payloads; pushing and popping cost O(1) on average.
type fifo struct {
	slots [][]byte
	head  int
}

func (f *fifo) len() int      { return len(f.slots) - f.head }
func (f *fifo) first() []byte { return f.slots[f.head] }
func (f *fifo) push(p []byte) { f.slots = append(f.slots, p) }

func (f *fifo) pop() []byte {
	p := f.slots[f.head]
	f.slots[f.head] = nil
	f.head++
	switch {
	case f.len() == 0 && cap(f.slots) > fifoKeep:
		*f = fifo{}
	case 2*f.head >= len(f.slots):
		rest := copy(f.slots, f.slots[f.head:])
		clear(f.slots[rest:])
		f.slots, f.head = f.slots[:rest], 0
	}
	return p
}

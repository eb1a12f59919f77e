package runtime

import (
	"sync"

	"bfs/pbft"
	"bfs/pbft/message"
)

// inbox holds the inputs that wait for the core: a queue for those of
// replicas and one for those of clients. Every connected peer has a lane, its
// share of the queue; a replica's input that finds its lane full is dropped,
// a client's waits and so holds up that client's reader. So a peer that sends
// much delays others by one lane's worth at most.
//
// INVARIANT: lane.inputs and lane.bytes are those of the lane's items in the
// queues.
type inbox struct {
	// wake takes a token from whoever leaves something to the loop.
	wake chan struct{}
	stop chan struct{}

	mu       sync.Mutex
	lanes    map[message.Node]*lane
	replicas fifo[item]
	clients  fifo[item]
	row      int // inputs of replicas since the last one of a client
	dropped  uint64
}

// item is an input that has been checked, but for its time.
type item struct {
	lane  *lane
	input pbft.Input
	size  int
}

// lane is one connected peer's share. One goroutine at a time, its reader,
// adds to it.
type lane struct {
	maxInputs, maxBytes int
	mayWait             bool
	inputs, bytes       int
	waiting             bool
	room                chan struct{}
}

func newInbox() *inbox {
	return &inbox{
		wake:  make(chan struct{}, 1),
		stop:  make(chan struct{}),
		lanes: make(map[message.Node]*lane),
	}
}

// open gives a peer a lane.
func (b *inbox) open(peer message.Node) {
	l := &lane{maxInputs: replicaLaneInputs, maxBytes: replicaLaneBytes, room: make(chan struct{}, 1)}
	if peer.Kind == message.KindClient {
		l.maxInputs, l.maxBytes, l.mayWait = clientLaneInputs, clientLaneBytes, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lanes[peer] = l
}

// shut takes a peer's lane away; what is queued stays.
func (b *inbox) shut(peer message.Node) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.lanes, peer)
}

// put queues an input of size bytes; it is false if that was dropped. Whoever
// has put something sees to it that it is taken.
func (b *inbox) put(in pbft.Input, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.lanes[in.From]
	if l == nil || !b.makeRoom(l, size) {
		b.dropped++
		return false
	}
	l.inputs++
	l.bytes += size
	queue := &b.clients
	if in.From.Kind == message.KindReplica {
		queue = &b.replicas
	}
	queue.push(item{lane: l, input: in, size: size})
	return true
}

// makeRoom says whether there is room in the lane, if need be after a while.
// The caller holds mu, which is released meanwhile.
func (b *inbox) makeRoom(l *lane, size int) bool {
	for l.full(size) {
		if !l.mayWait {
			return false
		}
		l.waiting = true
		b.mu.Unlock()
		select {
		case <-l.room:
			b.mu.Lock()
		case <-b.stop:
			b.mu.Lock()
			return false
		}
	}
	return true
}

func (l *lane) full(size int) bool {
	return l.inputs >= l.maxInputs || l.inputs > 0 && l.bytes+size > l.maxBytes
}

// take returns the next input: those of replicas come first, but for one of a
// client after every streak of them.
func (b *inbox) take() (pbft.Input, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	queue := &b.replicas
	b.row++
	if queue.len() == 0 || b.row > streak && b.clients.len() > 0 {
		queue, b.row = &b.clients, 0
	}
	if queue.len() == 0 {
		return pbft.Input{}, false
	}
	it := queue.pop()
	it.lane.inputs--
	it.lane.bytes -= it.size
	if it.lane.waiting {
		it.lane.waiting = false
		signal(it.lane.room)
	}
	return it.input, true
}

// empty says whether nothing waits.
func (b *inbox) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.replicas.len() == 0 && b.clients.len() == 0
}

// refused is how many inputs were dropped for want of room.
func (b *inbox) refused() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}

// close lets those go who wait for room.
func (b *inbox) close() { close(b.stop) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// fifo is a queue; pushing and popping cost O(1) on average.
type fifo[T any] struct {
	slots []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.slots) - f.head }

func (f *fifo[T]) push(v T) { f.slots = append(f.slots, v) }

func (f *fifo[T]) pop() T {
	var none T
	v := f.slots[f.head]
	f.slots[f.head] = none
	f.head++
	switch {
	case f.len() == 0 && cap(f.slots) > fifoKeep:
		*f = fifo[T]{}
	case 2*f.head >= len(f.slots):
		rest := copy(f.slots, f.slots[f.head:])
		clear(f.slots[rest:])
		f.slots, f.head = f.slots[:rest], 0
	}
	return v
}

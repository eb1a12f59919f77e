package sim

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"bfs/pbft"
	"bfs/pbft/message"
)

// reference is one service without replicas, faults or tentative execution. It
// carries out what the correct replicas have committed, as soon as the first of
// them has, with a last-reply table that is written as plainly as can be. What
// correct clients accept must be what came of it here.
type reference struct {
	params   pbft.Params
	workload Workload
	service  Service
	// forged says whether a correct client, or nobody, is said to have made a
	// request and has not.
	forged func(q *message.Request) bool

	// requests and batches are those that have travelled, by digest, and
	// proposed is when a request was first in a batch.
	requests map[message.Digest]*message.Request
	batches  map[message.Digest]*message.PrePrepare
	proposed map[message.Digest]message.Time

	executed message.Sequence
	clock    message.Time
	tables   map[uint32]*refTable
	carried  []carried
	largest  int                // of the results, in bytes
	results  map[requestKey]int // the index in carried
	accepted map[requestKey][]byte
	// opaque: an operation had an effect that the workload cannot explain.
	opaque bool
	// history are the states and times after each sequence number, from 0 on.
	history []moment
}

// requestKey is what a client calls a request.
type requestKey struct {
	client    message.ClientID
	timestamp message.Timestamp
}

// carried is an operation that was carried out.
type carried struct {
	key           requestKey
	position      message.Sequence
	result        []byte
	input, output any          // as Explain has it
	first         message.Time // when it was first proposed
}

// moment is the state after a sequence number.
type moment struct {
	state pbft.Version
	clock message.Time
}

func newReference(w *World) *reference {
	f := &reference{
		params:   w.settings.Params,
		workload: w.workload,
		service:  w.workload.Service(),
		forged:   func(*message.Request) bool { return false },
		requests: make(map[message.Digest]*message.Request),
		batches:  make(map[message.Digest]*message.PrePrepare),
		proposed: make(map[message.Digest]message.Time),
		tables:   make(map[uint32]*refTable),
		results:  make(map[requestKey]int),
		accepted: make(map[requestKey][]byte),
	}
	f.remember()
	return f
}

func (f *reference) remember() {
	f.history = append(f.history, moment{f.service.Checkpoint(), f.clock})
}

// saw notes the requests and batches in a message that arrives.
func (f *reference) saw(m message.Message, now message.Time) {
	switch m := m.(type) {
	case *message.Request:
		f.requests[m.Digest()] = m
	case *message.PrePrepare:
		f.batches[m.Digest()] = m
		for _, q := range m.Requests {
			if !q.IsBare() {
				f.requests[q.Digest()] = q
			}
			if f.proposed[q.Digest()] == 0 {
				f.proposed[q.Digest()] = now
			}
		}
	}
}

// commit carries out the batch with a digest, which is at n.
func (f *reference) commit(n message.Sequence, d message.Digest, requests int) error {
	if n <= f.executed {
		return nil
	}
	if n != f.executed+1 {
		return fmt.Errorf("n=%d is executed, and nobody has executed n=%d", n, f.executed+1)
	}
	f.executed = n
	defer f.remember()
	b := f.batches[d]
	if b == nil && requests == 0 {
		return nil // a null request
	}
	if b == nil {
		return fmt.Errorf("n=%d: a batch that nobody has proposed is executed, d=%x", n, d[:4])
	}
	for _, q := range b.Requests {
		full := f.requests[q.Digest()]
		if full == nil {
			return fmt.Errorf("n=%d: a request that nobody has sent is executed, d=%x", n, d[:4])
		}
		if f.forged(full) {
			return fmt.Errorf("n=%d: a request that no client has made is executed: %v", n, full)
		}
		f.clock = max(b.Time, f.clock+1)
		f.carryOut(full)
	}
	return nil
}

// carryOut applies a request, unless its session forbids it.
func (f *reference) carryOut(q *message.Request) {
	t := f.tables[q.Client.Principal]
	if t == nil {
		t = &refTable{}
		f.tables[q.Client.Principal] = t
	}
	if !t.admit(q, f.clock, f.params) {
		return
	}
	c := carried{key: requestKey{q.Client, q.Timestamp}, first: f.proposed[q.Digest()], position: f.executed}
	before := f.service.Checkpoint()
	op := pbft.Operation{Client: q.Client, Time: f.clock, Body: q.Operation}
	c.result = f.service.Execute(op)
	var ok bool
	if c.input, c.output, ok = f.workload.Explain(q.Client, q.Operation, c.result); !ok && f.hasEffect(before, op) {
		f.opaque = true
	}
	f.results[c.key] = len(f.carried)
	f.largest = max(f.largest, len(c.result))
	f.carried = append(f.carried, c)
}

// hasEffect says whether an operation, just carried out, has changed anything.
func (f *reference) hasEffect(before pbft.Version, op pbft.Operation) bool {
	after := f.service.Digest()
	f.service.Rollback(before)
	same := f.service.Digest() == after
	f.service.Execute(op)
	return !same
}

// query is what a read gives after a sequence number; nil if it is none.
func (f *reference) query(n message.Sequence, op pbft.Operation) []byte {
	present := f.service.Checkpoint()
	f.service.Rollback(f.history[n].state)
	op.Time = f.history[n].clock
	result, _ := f.service.Query(op)
	f.service.Rollback(present)
	return result
}

// accept notes that a correct client has taken a result for a request that was
// to be ordered.
func (f *reference) accept(k requestKey, result []byte) error {
	f.accepted[k] = result
	if i, ok := f.results[k]; ok && !bytes.Equal(result, f.carried[i].result) {
		return fmt.Errorf("client %v accepted %.40q for t=%d; what was committed has %.40q", k.client, result, k.timestamp, f.carried[i].result)
	}
	return nil
}

// final says whether what clients have accepted was committed: nothing that was
// acknowledged is lost.
func (f *reference) final() error {
	for _, k := range f.acceptedKeys() {
		if _, ok := f.results[k]; !ok {
			return fmt.Errorf("client %v accepted %.40q for t=%d, which was never committed", k.client, f.accepted[k], k.timestamp)
		}
		if err := f.accept(k, f.accepted[k]); err != nil {
			return err
		}
	}
	return nil
}

// acceptedKeys are in order, so that a violation reads the same each time.
func (f *reference) acceptedKeys() []requestKey {
	keys := make([]requestKey, 0, len(f.accepted))
	for k := range f.accepted {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b requestKey) int {
		return cmp.Or(cmp.Compare(a.client.Principal, b.client.Principal),
			cmp.Compare(a.client.Session, b.client.Session), cmp.Compare(a.timestamp, b.timestamp))
	})
	return keys
}

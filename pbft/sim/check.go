package sim

import (
	"encoding/binary"
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// checker holds what the replicas do against each other, and what clients
// accept against that.
type checker struct {
	violation error
	// batches is the digest that the first correct replica executed at each
	// sequence number, checkpoints likewise the state's.
	batches     map[message.Sequence]message.Digest
	checkpoints map[message.Sequence]message.Digest
	last        map[*replica]message.Sequence
	sums        map[uint64]bool // results that some client has accepted
	counts      Coverage
}

// Coverage counts what a run has exercised.
type Coverage struct {
	Executed, Checkpoints, Stable, Behind, CaughtUp, Restarts, Completed int
	// Views entered, batches proposed again in them, and tentative
	// executions undone.
	Views, Proposed, RolledBack, Fetched, Diverged int
	Rejected                                       map[pbft.Reason]int
}

func (c *Coverage) add(o Coverage) {
	c.Executed += o.Executed
	c.Checkpoints += o.Checkpoints
	c.Stable += o.Stable
	c.Behind += o.Behind
	c.CaughtUp += o.CaughtUp
	c.Restarts += o.Restarts
	c.Completed += o.Completed
	c.Views += o.Views
	c.Fetched += o.Fetched
	c.Diverged += o.Diverged
	c.Proposed += o.Proposed
	c.RolledBack += o.RolledBack
	for reason, n := range o.Rejected {
		c.Rejected[reason] += n
	}
}

func newChecker() checker {
	return checker{
		batches:     make(map[message.Sequence]message.Digest),
		checkpoints: make(map[message.Sequence]message.Digest),
		last:        make(map[*replica]message.Sequence),
		sums:        make(map[uint64]bool),
		counts:      Coverage{Rejected: make(map[pbft.Reason]int)},
	}
}

func (c *checker) fail(err error) {
	if c.violation == nil {
		c.violation = err
	}
}

func (c *checker) restarted(r *replica) {
	if r.life > 1 {
		c.counts.Restarts++
	}
	c.last[r] = 0
}

// event checks agreement: correct replicas execute the same batches in the
// same order without gaps, and have the same states.
func (c *checker) event(r *replica, e pbft.Event) {
	switch e := e.(type) {
	case pbft.Executed:
		c.counts.Executed++
		if e.Sequence != c.last[r]+1 {
			c.fail(fmt.Errorf("%v executed n=%d after n=%d", r.node, e.Sequence, c.last[r]))
		}
		c.last[r] = e.Sequence
		c.agree("batches", c.batches, r, e.Sequence, e.Digest)
	case pbft.Checkpointed:
		c.counts.Checkpoints++
		if r.corrupted {
			return
		}
		c.agree("states", c.checkpoints, r, e.Sequence, e.Digest)
	case pbft.Stable:
		c.counts.Stable++
		c.agree("stable states", c.checkpoints, r, e.Sequence, e.Digest)
	case pbft.Diverged:
		c.counts.Diverged++
		if !r.corrupted {
			c.fail(fmt.Errorf("%v: %v", r.node, e))
		}
	case pbft.Behind:
		c.counts.Behind++
	case pbft.CaughtUp:
		c.counts.CaughtUp++
	case pbft.Fetched:
		c.counts.Fetched++
		c.last[r] = e.Sequence
		r.corrupted = false
	case pbft.EnteredView:
		c.counts.Views++
		c.counts.Proposed += e.Proposed
	case pbft.RolledBack:
		c.counts.RolledBack++
	case pbft.Rejected:
		c.counts.Rejected[e.Reason]++
	}
}

func (c *checker) agree(what string, known map[message.Sequence]message.Digest, r *replica, n message.Sequence, d message.Digest) {
	if first, ok := known[n]; ok && first != d {
		c.fail(fmt.Errorf("%s differ at n=%d: %v has %x, another replica %x", what, n, r.node, d[:4], first[:4]))
	}
	known[n] = d
}

// completed checks an accepted answer: a sum that covers what was added, and
// that nobody else was given, since every operation adds something.
func (c *checker) completed(cl *client, d pbft.Completion) {
	c.counts.Completed++
	if d.Status != message.ReplyExecuted || len(d.Result) != 8 {
		c.fail(fmt.Errorf("%v accepted status %d, result %q for t=%d", cl.node, d.Status, d.Result, d.Timestamp))
		return
	}
	sum := binary.BigEndian.Uint64(d.Result)
	if sum < cl.values[d.Timestamp-1] || c.sums[sum] {
		c.fail(fmt.Errorf("%v accepted the sum %d for t=%d: too small, or given before", cl.node, sum, d.Timestamp))
	}
	c.sums[sum] = true
}

// final checks that at every correct replica that could keep up the operations
// of correct clients ran exactly once, and those of faulty ones at most once.
func (c *checker) final(w *World) error {
	for _, r := range w.replicas {
		if w.faulty(r) != nil {
			continue
		}
		applied := make(map[uint64]int)
		for _, v := range r.service.applied {
			applied[v]++
		}
		for _, cl := range w.clients {
			for i, v := range cl.values {
				n := applied[v]
				if n > 1 || n == 0 && cl.fault == nil {
					return fmt.Errorf("%v has applied operation %d of %v %d times", r.node, i+1, cl.node, n)
				}
			}
		}
	}
	return nil
}

package sim

import (
	"bytes"
	"fmt"
	"slices"

	"bfs/pbft"
	"bfs/pbft/message"
)

// What a correct client accepts must be certain at that moment, not only turn
// out well: a liar and a bad moment of the network would have to come together
// until a mistake shows in what clients see.
//
// A result of an ordered request is certain when a correct replica has committed
// it, or f+1 correct ones have it prepared in one view: then no view change
// loses it. A read is certain if it is of a state that f+1 correct replicas have
// committed, so that later reads cannot miss it, and that has in it all that was
// accepted when the read began.

// certainty is what the checker keeps to judge acceptances.
type certainty struct {
	made map[message.Digest]bool // the requests of correct clients
	name map[requestKey]message.Digest
	// prepared is which correct replicas have said that they have a batch
	// prepared in a view, as bits.
	prepared map[preparation]uint64
	// holding is which batches a request was seen in.
	holding map[message.Digest][]message.Digest
	// results are those accepted, in order.
	results []acceptance
}

type preparation struct {
	view  message.View
	batch message.Digest
}

// acceptance is the position of an accepted read, or the request whose position
// is to be looked up.
type acceptance struct {
	read message.Sequence
	key  requestKey
}

func newCertainty() certainty {
	return certainty{
		made:     make(map[message.Digest]bool),
		name:     make(map[requestKey]message.Digest),
		prepared: make(map[preparation]uint64),
		holding:  make(map[message.Digest][]message.Digest),
	}
}

// asks notes a request that a correct client makes.
func (c *certainty) asks(q *message.Request) {
	c.made[q.Digest()] = true
	if !q.ReadOnly {
		c.name[requestKey{q.Client, q.Timestamp}] = q.Digest()
	}
}

// travels notes a batch that is seen for the first time.
func (c *certainty) travels(b *message.PrePrepare) {
	for _, q := range b.Requests {
		c.holding[q.Digest()] = append(c.holding[q.Digest()], b.Digest())
	}
}

// says notes what a correct replica sends.
func (c *certainty) says(m message.Message) {
	if v, ok := m.(*message.Commit); ok {
		c.prepared[preparation{v.View, v.Digest}] |= 1 << v.Replica
	}
}

// certainWrite judges a result that a correct client has accepted for a request that
// was ordered.
func (c *checker) certainWrite(w *World, key requestKey) error {
	c.certain.results = append(c.certain.results, acceptance{key: key})
	if _, committed := c.reference.results[key]; committed {
		return nil
	}
	most := 0
	for p, by := range c.certain.prepared {
		if slices.Contains(c.certain.holding[c.certain.name[key]], p.batch) {
			most = max(most, w.countTrusted(func(r *replica) bool { return by>>r.node.Replica&1 == 1 }))
		}
	}
	if most < w.settings.Params.Weak() {
		return fmt.Errorf("accepted the result of t=%d, which may be undone: %d correct replicas have it prepared in one view", key.timestamp, most)
	}
	return nil
}

// certainRead judges the result of a read that was not ordered. before is how
// many results had been accepted when it began.
func (c *checker) certainRead(w *World, op pbft.Operation, result []byte, before int) error {
	floor := message.Sequence(0)
	for _, a := range c.certain.results[:before] {
		if at, ok := c.reference.results[a.key]; ok {
			floor = max(floor, c.reference.carried[at].position)
		}
		floor = max(floor, a.read)
	}
	for n := floor; n <= c.reference.executed; n++ {
		if w.countTrusted(func(r *replica) bool { return r.core.Report().Executed >= n }) < w.settings.Params.Weak() {
			break
		}
		if bytes.Equal(c.reference.query(n, op), result) {
			c.certain.results = append(c.certain.results, acceptance{read: n})
			return nil
		}
	}
	return fmt.Errorf("accepted a read of %.40q, which is the result at no position from n=%d on that f+1 correct replicas have committed", result, floor)
}

// countTrusted counts the correct replicas, but for damaged ones, of which
// something is true.
func (w *World) countTrusted(is func(*replica) bool) int {
	n := 0
	for i, r := range w.replicas {
		if w.faulty(r) == nil && w.impaired[i] == nil && is(r) {
			n++
		}
	}
	return n
}

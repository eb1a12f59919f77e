package sim

import (
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
	// took is which correct replicas have taken or fetched the checkpoint at
	// a sequence number.
	took      map[message.Sequence]map[*replica]bool
	reference *reference
	history   history
	answers   map[requestKey]bool // requests whose result a correct client has
	certain   certainty
	// deposed counts how often each correct replica has left a view whose
	// primary is correct and there, since the network works.
	deposed map[*replica]int
	// stable is the highest checkpoint that was stable at a correct replica.
	stable message.Sequence
	// mostHeld is the most bytes that a correct core has kept.
	mostHeld int
	verdict  Verdict
}

func newChecker(w *World) checker {
	c := checker{
		batches:     make(map[message.Sequence]message.Digest),
		checkpoints: make(map[message.Sequence]message.Digest),
		last:        make(map[*replica]message.Sequence),
		took:        make(map[message.Sequence]map[*replica]bool),
		reference:   newReference(w),
		history:     history{at: make(map[requestKey]int)},
		answers:     make(map[requestKey]bool),
		certain:     newCertainty(),
		deposed:     make(map[*replica]int),
	}
	c.reference.forged = func(q *message.Request) bool {
		return !c.certain.made[q.Digest()] && clientAttacksOf(w.settings, int(q.Client.Principal)) == nil
	}
	return c
}

func (c *checker) fail(err error) {
	if c.violation == nil {
		c.violation = err
	}
}

func (c *checker) restarted(r *replica) {
	c.last[r] = 0
}

// event checks agreement: correct replicas execute the same batches in the
// same order without gaps, and have the same states.
func (c *checker) event(r *replica, e pbft.Event) {
	switch e := e.(type) {
	case pbft.Executed:
		if e.Sequence != c.last[r]+1 {
			c.fail(fmt.Errorf("%v executed n=%d after n=%d", r.node, e.Sequence, c.last[r]))
		}
		c.last[r] = e.Sequence
		c.agree("batches", c.batches, r, e.Sequence, e.Digest)
		if err := c.reference.commit(e.Sequence, e.Digest, e.Requests); err != nil {
			c.fail(err)
		}
		c.bounded(r)
	case pbft.Checkpointed:
		if !r.corrupted {
			c.agree("states", c.checkpoints, r, e.Sequence, e.Digest)
			c.take(r, e.Sequence)
		}
	case pbft.Stable:
		c.stable = max(c.stable, e.Sequence)
		c.agree("stable states", c.checkpoints, r, e.Sequence, e.Digest)
		if n := len(c.took[e.Sequence]); n < r.world.settings.Params.Weak() {
			c.fail(fmt.Errorf("%v: the checkpoint at n=%d is stable, and %d correct replicas have it", r.node, e.Sequence, n))
		}
	case pbft.Diverged:
		if !r.corrupted {
			c.fail(fmt.Errorf("%v: %v", r.node, e))
		}
	case pbft.Behind:
		if keep := message.Sequence(r.world.settings.Params.CheckpointInterval); c.stable < e.Executed+1+keep {
			c.fail(fmt.Errorf("%v believes that it is behind, and no correct replica's log lacks n=%d", r.node, e.Executed+1))
		}
	case pbft.LeftView:
		c.leaves(r, e.View-1)
	case pbft.Fetched:
		c.stable = max(c.stable, e.Sequence)
		c.last[r] = e.Sequence
		r.corrupted = false
		c.take(r, e.Sequence)
	}
}

// Where the timeout of views is far above what the network takes, correct
// primaries are left a few times at most once it works: to end what was begun
// before, and to bring together replicas that are in different views.
const (
	patientTimeout = pbft.Second
	patientRounds  = 100
	mostDeposed    = 12
)

func (c *checker) leaves(r *replica, v message.View) {
	w := r.world
	p := w.replicas[w.settings.Params.Primary(v)]
	if w.phase != phaseFaulty && w.faulty(p) == nil && !w.links.cut[p.node.Replica] {
		c.deposed[r]++
	}
	if p := w.settings.Params; p.ViewTimeout < patientTimeout || p.ViewTimeout < patientRounds*w.settings.Network.MaxDelay {
		return // replicas may be right to lose patience
	}
	if c.deposed[r] > mostDeposed {
		c.fail(fmt.Errorf("%v: %d views with a correct primary were replaced though the network works", r.node, c.deposed[r]))
	}
}

func (c *checker) agree(what string, known map[message.Sequence]message.Digest, r *replica, n message.Sequence, d message.Digest) {
	if first, ok := known[n]; ok && first != d {
		c.fail(fmt.Errorf("%s differ at n=%d: %v has %x, another replica %x", what, n, r.node, d[:4], first[:4]))
	}
	known[n] = d
}

func (c *checker) take(r *replica, n message.Sequence) {
	if c.took[n] == nil {
		c.took[n] = make(map[*replica]bool)
	}
	c.took[n][r] = true
}

// bounded checks that a replica holds no more than its parameters allow.
func (c *checker) bounded(r *replica) {
	p, report := r.world.settings.Params, r.core.Report()
	slots := uint64(p.LogSize + p.CheckpointInterval)
	for _, x := range []struct {
		what         string
		holds, bound uint64
	}{
		{"slots of the log", report.LogSlots, slots},
		{"bytes in its log", report.LogBytes, slots * uint64(p.BatchBytes+p.MaxOperation)},
		{"waiting requests", report.Queued, uint64(p.MaxQueued)},
		{"sessions", report.Clients, uint64(p.Sessions * len(r.world.clients))},
	} {
		if x.holds > x.bound {
			c.fail(fmt.Errorf("%v holds %d %s; it may hold %d", r.node, x.holds, x.what, x.bound))
		}
	}
}

// answered takes the result that a correct client has accepted; over says that
// the call has ended.
func (c *checker) answered(cl *client, k *calling, d pbft.Completion) (over bool, err error) {
	cl.world.coverage.happened(PathCompleted)
	if d.Status != message.ReplyExecuted {
		return true, fmt.Errorf("%v accepted status %v for t=%d", cl.node, d.Status, d.Timestamp)
	}
	key := requestKey{cl.node.Client, d.Timestamp}
	if k.ordered {
		err = firstOf(c.reference.accept(key, d.Result), c.certainWrite(cl.world, key))
	} else {
		body, _ := k.call.Operation()
		err = c.certainRead(cl.world, pbft.Operation{Client: cl.node.Client, Body: body}, d.Result, k.before)
	}
	countRead(cl.world.coverage, k)
	if err == nil {
		over, err = k.call.Answer(d.Result)
	}
	if err != nil {
		return true, fmt.Errorf("%v: %w", cl.node, err)
	}
	c.answers[key] = true
	if over {
		c.history.ended(cl.index, k.call, k.from, cl.world.now)
	}
	if over && k.ordered {
		c.history.wasOrdered(key)
	}
	return over, nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func countRead(c Coverage, k *calling) {
	switch _, readOnly := k.call.Operation(); {
	case readOnly && k.ordered:
		c.happened(PathFallback)
	case readOnly:
		c.happened(PathReadAccepted)
	}
}

// settled checks a run that has come to its end: what was acknowledged has
// happened, and all correct replicas have the state that comes of it. Until a
// batch that was executed tentatively is committed or undone they have not.
func (c *checker) settled(w *World) error {
	if err := c.reference.final(); err != nil {
		return err
	}
	want := c.reference.service.Digest()
	for _, r := range w.present() {
		if r.corrupted {
			continue // it finds out at its next checkpoint
		}
		if err := r.service.CheckInvariants(); err != nil {
			return fmt.Errorf("%v: %w", r.node, err)
		}
		if got := r.service.Digest(); got != want {
			return fmt.Errorf("%v ends with the state %x; what was committed makes %x", r.node, got[:4], want[:4])
		}
	}
	return nil
}

// linearizable looks, after the end of a run, for an order of all calls that
// explains what their clients saw. An operation whose end no correct client has
// seen belongs to it if it was carried out.
func (c *checker) linearizable(w *World) (err error) {
	order := c.reference.carried
	for i := range order {
		if o := &order[i]; !c.answers[o.key] && o.input != nil {
			c.history.neverEnded(o)
		}
	}
	if c.reference.opaque {
		c.verdict = Verdict{Calls: len(c.history.calls), Open: c.history.open, Unknown: true}
		return nil
	}
	if err := c.history.narrow(order); err != nil {
		return err
	}
	c.verdict, err = c.history.check(w.workload.Model(), order)
	return err
}

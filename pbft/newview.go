package pbft

import "bfs/pbft/message"

// want prepares the slots of a decision: those whose batch this replica lacks
// say which one they want. It is true if none does.
func (r *Replica) want(d decision) bool {
	complete := true
	for i, digest := range d.chosen {
		n := d.start.Sequence + 1 + message.Sequence(i)
		if !r.log.accepts(n) {
			// Above the window it can only be had when the window has moved
			// up, by a checkpoint or a state that is being fetched.
			complete = complete && n <= r.log.low
			continue
		}
		s := r.log.open(n)
		if digest == nullDigest || s.body(digest) != nil {
			continue
		}
		complete = false
		if s.wanted != digest {
			s.wanted = digest
			r.multicast(&message.Fetch{Sequence: n, Digest: digest, Replica: r.id})
		}
	}
	return complete
}

// supply puts a batch that was wanted into its slot.
func (r *Replica) supply(s *slot, b *message.PrePrepare) {
	if !r.active { // a new primary that still gathers what it has chosen
		s.wanted, s.fetched = message.Digest{}, b
		r.tryNewView()
		return
	}
	c := *b
	c.View = r.view
	r.accept(s, &c)
	r.expect(&c)
	r.advance(s)
}

// tryNewView begins the view as its primary once it has every batch that its
// decision has chosen.
func (r *Replica) tryNewView() {
	if d := r.changes.pending; d != nil && r.want(*d) {
		r.multicast(r.changes.announced)
		r.enterView(*d)
	}
}

// onNewView checks the primary's NEW-VIEW and repeats its decision. It must
// come from the primary itself: what it may leave open, the choice of messages,
// must be one replica's choice.
func (r *Replica) onNewView(from message.ReplicaID, m *message.NewView) Reason {
	if from != m.Replica || from != r.params.Primary(m.View) {
		return NotPrimary
	}
	if m.View < r.view || m.View == r.view && r.active {
		return BadView
	}
	d, ok := decide(r.params, m.Changes)
	if !ok || len(m.Changes) < r.params.Quorum() {
		return BadNewView
	}
	if r.view != m.View {
		r.rollback()
		r.view, r.changes.announced, r.changes.pending = m.View, nil, nil
	}
	r.want(d)
	r.enterView(d)
	return 0
}

// enterView begins the current view with a decision: its batches count as
// pre-prepared in this view by the primary.
func (r *Replica) enterView(d decision) {
	r.active = true
	r.changes.pending, r.changes.waiting = nil, 0
	r.changes.slow, r.changes.proven = 0, false
	r.event(EnteredView{View: r.view, Primary: r.primary(), Start: d.start.Sequence, Proposed: len(d.chosen)})
	r.record(Record{Kind: RecordNewView, View: r.view})
	r.queue.again(r.now)
	r.holdAgain()
	r.progressed = r.now
	for i := range r.log.slots {
		if s := &r.log.slots[i]; s.sequence != 0 {
			r.beginSlot(s, d)
		}
	}
	r.proposed = max(d.last(), r.executed)
	for n := r.log.low + 1; n <= r.log.low+r.log.window; n++ {
		if s := r.log.find(n); s != nil {
			r.advance(s)
		}
	}
	r.executeReady()
}

// beginSlot takes a slot into the current view.
func (r *Replica) beginSlot(s *slot, d decision) {
	s.sentPrepare, s.prepared, s.unchecked, s.offClock = false, false, false, false
	s.partial = nil
	if s.sequence <= d.start.Sequence || s.sequence > d.last() || !r.log.accepts(s.sequence) {
		if !s.committed {
			s.wanted = message.Digest{}
			r.log.drop(s)
		}
		return
	}
	digest := d.chosen[s.sequence-d.start.Sequence-1]
	if s.committed && s.digest != digest {
		// A faulty primary has begun this view twice, and the others have
		// committed what the first beginning led to. That is certain.
		return
	}
	b := s.body(digest)
	s.fetched = nil
	switch {
	case digest == nullDigest:
		b = nullBatch(r.view, s.sequence)
	case b == nil:
		r.log.drop(s)
		s.wanted = digest
		return
	default:
		c := *b
		c.View = r.view
		b = &c
	}
	r.accept(s, b)
	r.proposedTime = max(r.proposedTime, b.Time)
	r.expect(b)
}

// onFetch sends a batch that somebody needs.
func (r *Replica) onFetch(from message.ReplicaID, m *message.Fetch) Reason {
	if from != m.Replica {
		return BadSender
	}
	if s := r.log.find(m.Sequence); s != nil {
		if b := s.body(m.Digest); b != nil {
			r.send(from, b)
		}
	}
	return 0
}

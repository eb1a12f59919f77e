package pbft

import "bfs/pbft/message"

// The normal case (TOCS'02, section 2.3.3): the primary proposes a batch for a
// sequence number, backups agree to it, and it commits when 2f+1 replicas have
// it prepared.

// propose sends pre-prepares as long as requests wait, fewer than InFlight
// batches are on their way and the window has room. A lone request is proposed
// at once; under load, those that arrive while batches are in flight share
// the next one, so that batches grow with the load by themselves.
func (r *Replica) propose() {
	if !r.active || !r.isPrimary() || r.forgetful() {
		return
	}
	for r.queue.waiting > 0 && r.log.accepts(r.proposed+1) &&
		r.proposed < r.executed+message.Sequence(r.params.InFlight) {
		r.proposed++
		s := r.log.open(r.proposed)
		if s.batch != nil {
			continue // from before this replica lost its memory
		}
		r.proposedTime = max(r.proposedTime+1, r.now, r.clock+1)
		b := &message.PrePrepare{
			View:     r.view,
			Sequence: r.proposed,
			Time:     r.proposedTime,
			Requests: r.queue.batch(),
		}
		b.Seal()
		r.accept(s, b)
		r.multicast(r.slim(b))
		r.advance(s)
	}
}

// onPrePrepare handles a batch. From the primary, in the current view, it is a
// proposal. It is accepted even if some of its requests are not authentic for
// this replica or its time is off this replica's clock: then the replica does
// not vouch for it itself. From anyone else it is a batch that this replica
// may have asked for.
func (r *Replica) onPrePrepare(from message.ReplicaID, b *message.PrePrepare, vouched []bool) Reason {
	if !r.log.accepts(b.Sequence) {
		return OutsideWindow
	}
	b = r.fill(b)
	if from != r.primary() || b.View != r.view || !r.active {
		return r.onBody(from, b)
	}
	if !b.Complete() {
		return r.putOff(b, vouched)
	}
	if len(b.Requests) > r.params.BatchRequests || len(b.Requests) > 1 && batchBytes(b) > r.params.BatchBytes {
		return BadBatch
	}
	s := r.log.open(b.Sequence)
	if s.batch != nil && s.digest != b.Digest() || s.wanted != (message.Digest{}) && s.wanted != b.Digest() {
		return Conflict
	}
	if s.batch == nil && s.wanted == (message.Digest{}) && r.timeGoesBack(b) {
		return BadTime
	}
	chosen := s.wanted == b.Digest()
	unchecked := !chosen && !r.checked(b, vouched)
	if s.batch == nil {
		s.unchecked, s.offClock = unchecked, !chosen && r.offClock(b.Time)
		r.accept(s, b)
	}
	s.unchecked = s.unchecked && unchecked
	if !s.unchecked {
		r.expect(b)
	}
	r.advance(s)
	return 0
}

// recheck lets the batches go on that have waited for this replica to find
// their requests authentic.
func (r *Replica) recheck() {
	for n := r.executed + 1; n <= min(r.log.highest, r.log.low+r.log.window); n++ {
		s := r.log.find(n)
		if s == nil || s.batch == nil || !s.unchecked || !r.checked(s.batch, nil) {
			continue
		}
		s.unchecked = false
		r.expect(s.batch)
		r.advance(s)
	}
}

// onBody handles a batch that is no proposal. It counts only if f+1 replicas
// have said that just this batch is committed, or a new view has chosen it.
func (r *Replica) onBody(from message.ReplicaID, b *message.PrePrepare) Reason {
	learned := r.left(b.View) && from == r.params.Primary(b.View)
	switch {
	case !b.Complete() && learned:
		return r.putOff(b, nil)
	case !b.Complete():
		return BadBatch
	}
	s := r.log.open(b.Sequence)
	d := b.Digest()
	switch {
	case s.stated.count(0, d) >= r.params.Weak():
		r.adopt(s, b)
	case s.wanted == d:
		r.supply(s, b)
	case s.committed || s.batch != nil && s.digest == d:
		// It is here already.
	case learned && s.batch == nil:
		s.unchecked = true
		r.log.put(s, b)
		r.advance(s)
	case from != r.primary():
		return NotPrimary
	default:
		return BadView
	}
	return 0
}

// onCommitted handles a replica's statement that a batch is committed.
func (r *Replica) onCommitted(from message.ReplicaID, c *message.Committed) Reason {
	if from != c.Replica {
		return BadSender
	}
	if !r.log.accepts(c.Sequence) {
		return OutsideWindow
	}
	s := r.log.open(c.Sequence)
	if !s.stated.add(from, 0, c.Digest) {
		return Conflict
	}
	if s.committed || s.stated.count(0, c.Digest) < r.params.Weak() {
		r.advance(s)
	} else if b := s.body(c.Digest); b != nil {
		r.adopt(s, b)
	} else {
		r.log.drop(s)
		s.wanted = c.Digest
		r.send(from, &message.Fetch{Sequence: s.sequence, Digest: c.Digest, Replica: r.id})
	}
	return 0
}

// adopt takes a batch that f+1 replicas say is committed, in place of one that
// an equivocating primary may have sent, or of an earlier view.
func (r *Replica) adopt(s *slot, b *message.PrePrepare) {
	if s.digest != b.Digest() {
		s.unchecked, s.sentPrepare, s.prepared = true, false, false
		r.log.put(s, b)
	}
	r.advance(s)
}

// onPrepare handles a backup's agreement.
func (r *Replica) onPrepare(from message.ReplicaID, p *message.Prepare) Reason {
	if reason := r.checkVote(from, p.Replica, p.View == r.view, p.Sequence); reason != 0 {
		return reason
	}
	if from == r.params.Primary(p.View) {
		return NotPrimary
	}
	s := r.log.open(p.Sequence)
	again := s.prepares[from].is(p.View, p.Digest)
	if !s.prepares.add(from, p.View, p.Digest) {
		return Conflict
	}
	r.advance(s)
	if !again {
		r.correct(s, from)
	}
	return 0
}

// correct helps a backup that has agreed to another batch than the one that is
// committed: an equivocating primary has misled it. It would learn of it by its
// next status, but until then clients may lack its reply.
func (r *Replica) correct(s *slot, backup message.ReplicaID) {
	v := &s.prepares[backup]
	if !s.committed || !v.in(s.batch.View) || v.digest == s.digest {
		return
	}
	if backup != r.id {
		r.send(backup, &message.Committed{Sequence: s.sequence, Digest: s.digest, Replica: r.id})
		r.send(backup, s.batch)
	}
	r.misled(s, backup)
}

// onCommit handles a replica's statement that it has a batch prepared.
func (r *Replica) onCommit(from message.ReplicaID, c *message.Commit) Reason {
	if reason := r.checkVote(from, c.Replica, c.View == r.view || r.left(c.View), c.Sequence); reason != 0 {
		return reason
	}
	s := r.log.open(c.Sequence)
	if !s.commits.add(from, c.View, c.Digest) {
		return Conflict
	}
	r.advance(s)
	return 0
}

// checkVote refuses votes of views that are over. Those of the view that this
// replica is waiting for are kept: they may come before its NEW-VIEW.
func (r *Replica) checkVote(from, by message.ReplicaID, timely bool, n message.Sequence) Reason {
	switch {
	case from != by:
		return BadSender
	case !timely:
		return BadView
	case !r.log.accepts(n):
		return OutsideWindow
	}
	return 0
}

// accept puts the current view's batch into its slot: from now on the replica
// takes no other for this view and sequence number.
func (r *Replica) accept(s *slot, b *message.PrePrepare) {
	r.log.put(s, b)
	s.since = r.now
	if r.isPrimary() {
		s.agree()
		r.record(Record{Kind: RecordPrePrepared, View: b.View, Sequence: b.Sequence, Digest: s.digest, Batch: b})
	}
}

// advance takes a slot through the phases as far as its votes allow.
func (r *Replica) advance(s *slot) {
	if s.batch == nil {
		return
	}
	if r.active && s.batch.View == r.view {
		r.tryPrepare(s)
		r.tryCommit(s)
	}
	if !s.committed && r.certified(s) {
		s.committed = true
		r.record(Record{Kind: RecordCommitted, View: s.batch.View, Sequence: s.sequence, Digest: s.digest})
		for i := range s.prepares {
			r.correct(s, message.ReplicaID(i))
		}
	}
	if s.committed || s.prepared {
		r.executeReady()
	}
}

// certified says whether a slot's batch is committed: f+1 replicas say so, or
// 2f+1 say so or have it prepared in the batch's view. Of the 2f+1, either a
// correct one says that it is committed, or f+1 correct ones have it prepared.
func (r *Replica) certified(s *slot) bool {
	committed, either := 0, 0
	for i := range s.stated {
		switch {
		case s.stated[i].is(0, s.digest):
			committed++
			either++
		case s.commits[i].is(s.batch.View, s.digest):
			either++
		}
	}
	return committed >= r.params.Weak() || either >= r.params.Quorum()
}

// tryPrepare sends this backup's PREPARE when it may vouch for the batch.
func (r *Replica) tryPrepare(s *slot) {
	if r.isPrimary() || s.sentPrepare {
		return
	}
	const thePrimary = 1 // vouches by its pre-prepare
	if (s.unchecked || s.offClock) && thePrimary+s.prepares.count(s.batch.View, s.digest) < r.params.Weak() {
		return
	}
	s.sentPrepare = true
	s.agree()
	s.prepares.add(r.id, s.batch.View, s.digest)
	r.record(Record{Kind: RecordPrePrepared, View: s.batch.View, Sequence: s.sequence, Digest: s.digest, Batch: s.batch})
	r.multicast(&message.Prepare{View: s.batch.View, Sequence: s.sequence, Digest: s.digest, Replica: r.id})
}

// tryCommit sends COMMIT once the batch is prepared: a pre-prepare and 2f
// prepares of backups that match it.
func (r *Replica) tryCommit(s *slot) {
	if s.prepared || s.prepares.count(s.batch.View, s.digest) < 2*r.params.Faults {
		return
	}
	s.prepared = true
	s.last = agreement{view: s.batch.View, digest: s.digest, batch: s.batch}
	s.commits.add(r.id, s.batch.View, s.digest)
	r.record(Record{Kind: RecordPrepared, View: s.batch.View, Sequence: s.sequence, Digest: s.digest})
	r.multicast(&message.Commit{View: s.batch.View, Sequence: s.sequence, Digest: s.digest, Replica: r.id})
}

// timeGoesBack says whether a batch proposes a time before its predecessor's.
func (r *Replica) timeGoesBack(b *message.PrePrepare) bool {
	before := r.log.find(b.Sequence - 1)
	return before != nil && before.batch != nil && b.Time <= before.batch.Time
}

// offClock says whether a proposed time is too far from this replica's clock.
func (r *Replica) offClock(t message.Time) bool {
	return t > r.now+r.params.ClockBound || t < r.now-r.params.ClockBound
}

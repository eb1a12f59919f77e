package pbft

import "bfs/pbft/message"

// agreement is a batch that this replica has agreed to in some view: an entry
// of the paper's set Q, with the batch itself.
type agreement struct {
	view   message.View
	digest message.Digest
	batch  *message.PrePrepare
}

// slot is what the log holds of one sequence number.
//
// INVARIANT: committed, prepared and sentPrepare imply batch != nil.
type slot struct {
	sequence message.Sequence // 0: the slot is free

	// batch is the one that the current view proposes, or that is committed.
	batch  *message.PrePrepare
	digest message.Digest // of batch
	since  message.Time   // when it was proposed here

	// partial is what the primary has proposed, while requests that it only
	// names have not arrived, with its vouched flags.
	partial        *message.PrePrepare
	partialVouched []bool

	prepares votes
	commits  votes
	// stated holds who says that a batch is committed, in whatever view: all
	// votes are of view 0.
	stated votes

	// unchecked: some request of the batch has not been found authentic
	// here; offClock: its time is off this replica's clock. With either the
	// replica prepares only when f+1 replicas vouch for the batch.
	unchecked, offClock bool

	sentPrepare bool
	prepared    bool // in the current view, and COMMIT sent
	committed   bool

	// wanted is the digest that a new view has chosen, while this replica
	// lacks the batch; zero otherwise.
	wanted message.Digest
	// fetched is a batch that was wanted and came before the view began.
	fetched *message.PrePrepare
	// agreed is Q: at most message.MaxAccepted batches, latest view last.
	agreed []agreement
	// last is P: what prepared here last, if its batch is not nil.
	last agreement
}

func (s *slot) reset(n message.Sequence) {
	clear(s.prepares)
	clear(s.commits)
	clear(s.stated)
	clear(s.agreed)
	*s = slot{sequence: n, prepares: s.prepares, commits: s.commits, stated: s.stated, agreed: s.agreed[:0]}
}

// size is what the slot's batch takes, in bytes of operations.
func (s *slot) size() int {
	if s.batch == nil {
		return 0
	}
	return batchBytes(s.batch)
}

// agree notes in Q that this replica has agreed to the slot's batch.
func (s *slot) agree() {
	keep := s.agreed[:0]
	for _, a := range s.agreed {
		if a.digest != s.digest {
			keep = append(keep, a)
		}
	}
	if len(keep) >= message.MaxAccepted {
		keep = keep[:copy(keep, keep[1:])]
	}
	s.agreed = append(keep, agreement{view: s.batch.View, digest: s.digest, batch: s.batch})
}

// body returns a batch with a digest if the slot has it, in any view.
func (s *slot) body(d message.Digest) *message.PrePrepare {
	if s.batch != nil && s.digest == d {
		return s.batch
	}
	for i := range s.agreed {
		if s.agreed[i].digest == d {
			return s.agreed[i].batch
		}
	}
	if s.last.batch != nil && s.last.digest == d {
		return s.last.batch
	}
	if s.fetched != nil && s.fetched.Digest() == d {
		return s.fetched
	}
	return nil
}

// log is the ring of slots for the sequence numbers in (low-keep, low+window]:
// low is the stable checkpoint (the paper's h), window is L, and keep the
// interval that stays for replicas which are slow.
type log struct {
	low, window, keep message.Sequence
	slots             []slot
	used, bytes       int
	highest           message.Sequence // of the slots ever used
}

func newLog(p Params) log {
	l := log{
		window: message.Sequence(p.LogSize),
		keep:   message.Sequence(p.CheckpointInterval),
		slots:  make([]slot, p.LogSize+p.CheckpointInterval),
	}
	n := p.Replicas()
	for i := range l.slots {
		all := make(votes, 3*n)
		s := &l.slots[i]
		s.prepares, s.commits, s.stated = all[:n:n], all[n:2*n:2*n], all[2*n:]
	}
	return l
}

// accepts says whether n is between the water marks.
func (l *log) accepts(n message.Sequence) bool { return n > l.low && n-l.low <= l.window }

// find returns the slot of n, or nil if the log holds nothing of it.
func (l *log) find(n message.Sequence) *slot {
	s := &l.slots[n%message.Sequence(len(l.slots))]
	if n == 0 || s.sequence != n {
		return nil
	}
	return s
}

// open returns the slot of n, between the water marks, making it if need be.
func (l *log) open(n message.Sequence) *slot {
	s := &l.slots[n%message.Sequence(len(l.slots))]
	if s.sequence != n {
		s.reset(n)
		l.used++
		l.highest = max(l.highest, n)
	}
	return s
}

// put stores a batch in its slot, in place of any that was there.
func (l *log) put(s *slot, b *message.PrePrepare) {
	l.bytes -= s.size()
	s.batch, s.digest, s.wanted, s.partial = b, b.Digest(), message.Digest{}, nil
	l.bytes += s.size()
}

// drop takes the batch out of a slot.
func (l *log) drop(s *slot) {
	l.bytes -= s.size()
	s.batch, s.digest, s.sentPrepare, s.prepared = nil, message.Digest{}, false, false
}

// collect moves the low water mark up to n and frees the slots that fall out
// of the interval kept below it.
func (l *log) collect(n message.Sequence) {
	l.low = n
	for i := range l.slots {
		s := &l.slots[i]
		if s.sequence != 0 && s.sequence+l.keep <= n {
			l.bytes -= s.size()
			l.used--
			s.reset(0)
		}
	}
}

// batchBytes is the size of a batch, in bytes of operations.
func batchBytes(b *message.PrePrepare) int {
	n := 0
	for _, q := range b.Requests {
		n += len(q.Operation)
	}
	return n
}

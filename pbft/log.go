package pbft

import "bfs/pbft/message"

// vote is what one replica said of one sequence number.
type vote struct {
	cast   bool
	view   message.View
	digest message.Digest
}

func (v *vote) is(view message.View, d message.Digest) bool {
	return v.cast && v.view == view && v.digest == d
}

// votes holds one vote of each replica: the one for the latest view.
type votes []vote

// add notes a vote; it is false if the replica has voted otherwise in the same
// view, or in a later one.
func (v votes) add(from message.ReplicaID, view message.View, d message.Digest) bool {
	old := &v[from]
	if old.cast && (old.view > view || old.view == view && old.digest != d) {
		return false
	}
	*old = vote{cast: true, view: view, digest: d}
	return true
}

// count is how many replicas voted for d in view.
func (v votes) count(view message.View, d message.Digest) int {
	n := 0
	for i := range v {
		if v[i].is(view, d) {
			n++
		}
	}
	return n
}

// slot is what the log holds of one sequence number.
//
// INVARIANT: committed implies batch != nil; prepared implies batch != nil.
type slot struct {
	sequence message.Sequence // 0: the slot is free
	batch    *message.PrePrepare
	digest   message.Digest // of batch
	prepares votes
	commits  votes
	// stated holds who says that a batch is committed, in whatever view: all
	// votes are of view 0.
	stated votes
	// held: the batch was accepted, but this replica has not checked all of
	// it, and prepares only when f+1 replicas vouch for it.
	held        bool
	sentPrepare bool
	prepared    bool // and COMMIT sent
	committed   bool
}

func (s *slot) reset(n message.Sequence) {
	clear(s.prepares)
	clear(s.commits)
	clear(s.stated)
	*s = slot{sequence: n, prepares: s.prepares, commits: s.commits, stated: s.stated}
}

// size is what the slot's batch takes, in bytes of operations.
func (s *slot) size() int {
	if s.batch == nil {
		return 0
	}
	return batchBytes(s.batch)
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
	s.batch, s.digest = b, b.Digest()
	l.bytes += s.size()
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

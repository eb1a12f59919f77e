package pbft

import "bfs/pbft/message"

// checkpoint is a state that this replica had after executing sequence.
type checkpoint struct {
	sequence message.Sequence
	digest   message.Digest // of root
	root     []byte         // the root page of the state
	version  version
}

// checkpoints holds this replica's checkpoints from the last stable one on,
// and what the others said of the sequence numbers where one is due.
//
// INVARIANT: own is sorted and never empty; own[0] is stable.
type checkpoints struct {
	interval message.Sequence
	own      []checkpoint
	said     []certificate // by sequence / interval, modulo the length
}

// certificate collects the CHECKPOINT messages for one sequence number.
type certificate struct {
	sequence message.Sequence
	votes    votes
}

func newCheckpoints(p Params, initial version) checkpoints {
	c := checkpoints{
		interval: message.Sequence(p.CheckpointInterval),
		own:      []checkpoint{{version: initial}},
		said:     make([]certificate, p.LogSize/p.CheckpointInterval),
	}
	for i := range c.said {
		c.said[i].votes = make(votes, p.Replicas())
	}
	return c
}

// stable is the last checkpoint that has a certificate.
func (c *checkpoints) stable() *checkpoint { return &c.own[0] }

// at returns this replica's checkpoint at n, or nil.
func (c *checkpoints) at(n message.Sequence) *checkpoint {
	for i := range c.own {
		if c.own[i].sequence == n {
			return &c.own[i]
		}
	}
	return nil
}

// open returns the certificate for n, a multiple of the interval between the
// water marks.
func (c *checkpoints) open(n message.Sequence) *certificate {
	e := &c.said[n/c.interval%message.Sequence(len(c.said))]
	if e.sequence != n {
		clear(e.votes)
		e.sequence = n
	}
	return e
}

// takeCheckpoint keeps the state as it is now, which is committed, and tells
// the others its digest (TOCS'02, section 2.3.4).
func (r *Replica) takeCheckpoint() {
	c := r.newCheckpoint()
	r.checkpoints.own = append(r.checkpoints.own, c)
	r.event(Checkpointed{Sequence: c.sequence, Digest: c.digest})
	r.multicast(r.checkpointMessage(&c))
	e := r.checkpoints.open(c.sequence)
	e.votes.add(r.id, 0, c.digest)
	r.tryStable(e)
}

// newCheckpoint is the state as it is now.
func (r *Replica) newCheckpoint() checkpoint {
	root := r.rootPage()
	return checkpoint{sequence: r.executed, digest: message.Sum(root), root: root, version: r.version()}
}

func (r *Replica) checkpointMessage(c *checkpoint) *message.Checkpoint {
	return &message.Checkpoint{Sequence: c.sequence, Digest: c.digest, Replica: r.id}
}

// onCheckpoint handles another replica's CHECKPOINT.
func (r *Replica) onCheckpoint(from message.ReplicaID, m *message.Checkpoint) Reason {
	if from != m.Replica {
		return BadSender
	}
	if m.Sequence > r.log.low && m.Sequence%r.checkpoints.interval == 0 {
		r.transfer.claim(from, message.Entry{Sequence: m.Sequence, Digest: m.Digest})
		p := &r.status.peers[from] // sooner known than by the next status
		p.executed = max(p.executed, m.Sequence)
	}
	switch {
	case !r.log.accepts(m.Sequence) || m.Sequence%r.checkpoints.interval != 0:
		return OutsideWindow
	}
	e := r.checkpoints.open(m.Sequence)
	if !e.votes.add(from, 0, m.Digest) {
		return Conflict
	}
	r.tryStable(e)
	return 0
}

// tryStable makes a checkpoint stable once 2f+1 replicas, this one among them,
// have the same state there. If 2f+1 others have another, this replica's state
// is wrong, and it must not say anything any more.
func (r *Replica) tryStable(e *certificate) {
	own := r.checkpoints.at(e.sequence)
	if own == nil || r.diverged {
		return
	}
	for _, v := range e.votes {
		if !v.cast || e.votes.count(0, v.digest) < r.params.Quorum() {
			continue
		}
		if v.digest != own.digest {
			r.diverge(e.sequence, own.digest, v.digest)
			return
		}
		r.makeStable(own)
		return
	}
}

// diverge makes this replica stop executing and answering, since its state is
// not what the others have agreed on, until it has fetched the right one.
func (r *Replica) diverge(n message.Sequence, own, sure message.Digest) {
	r.diverged = true
	r.tentative = nil
	r.settledState = settledState{}
	clear(r.checkpoints.own[1:])
	r.checkpoints.own = r.checkpoints.own[:1]
	clear(r.reads)
	r.reads = r.reads[:0]
	r.event(Diverged{Sequence: n, Own: own, Sure: sure})
}

// makeStable moves the low water mark to a checkpoint and forgets what is
// before it.
func (r *Replica) makeStable(c *checkpoint) {
	stable := *c
	own := r.checkpoints.own
	keep := 0
	for own[keep].sequence < stable.sequence {
		keep++
	}
	n := copy(own, own[keep:])
	clear(own[n:]) // the versions go with them
	r.checkpoints.own = own[:n]
	r.log.collect(stable.sequence)
	r.progress()
	r.record(Record{Kind: RecordStable, Sequence: stable.sequence, Digest: stable.digest})
	r.event(Stable{Sequence: stable.sequence, Digest: stable.digest})
	r.propose()
}

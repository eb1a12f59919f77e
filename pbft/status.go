package pbft

import "bfs/pbft/message"

// Status messages (TOCS'02, section 5.2): nothing is retransmitted on a timer
// of its own. A replica that lacks something says what it has, and the others
// send again what it does not.

const (
	// idleStatuses: a replica that lacks nothing says so every this many
	// intervals, so that one that has missed the end of something learns of
	// it also when nobody sends anything.
	idleStatuses = 8
	// catchUpRate: a replica that is catching up says what it has this many
	// times an interval; another answers it at most twice as often.
	catchUpRate = 8
	// After so many ticks without progress, while others are ahead, a replica
	// fetches the state: what it lacks may be in too few logs, since those
	// that have fetched the state lack it, too.
	stalledTicks = 8
	// One status is answered with at most this much.
	maxResentSlots = 64
	maxResentBytes = 4 << 20
)

// peer is what another replica last said of itself.
type peer struct {
	executed, stable message.Sequence
	view             message.View
	active           bool         // the view has begun there
	answered         message.Time // when its status was last answered
	answers          uint64       // how often
}

// statusState is what the status section keeps.
type statusState struct {
	peers []peer
	next  message.Time // when Tick has something to do
	idle  message.Time // when a status is due even if nothing is missing
	// executed and stable are what this replica had at the last tick.
	executed, stable message.Sequence
	behind           bool
	// stalled counts the ticks without progress while others are ahead.
	stalled int
	// target is the largest that f+1 others have been seen to have executed,
	// and targetMoved when it last grew.
	target      message.Sequence
	targetMoved message.Time
}

func newStatusState(p Params, now message.Time) statusState {
	return statusState{peers: make([]peer, p.Replicas()), next: now, idle: now}
}

// tickStatus sends a status if one is due.
func (r *Replica) tickStatus() {
	s := &r.status
	if r.now < s.next {
		return
	}
	r.service.Scrub(scrubBytes)
	if r.now >= s.idle {
		r.checkState()
	}
	stable := r.checkpoints.stable().sequence
	stuck := s.executed == r.executed && s.stable == stable && r.lacks()
	target := r.target()
	if target > s.target {
		s.target, s.targetMoved = target, r.now
	}
	if s.executed == r.executed && target > r.executed {
		s.stalled++
	} else {
		s.stalled = 0
	}
	lag := r.target() > r.executed+message.Sequence(r.params.InFlight)
	if stuck || lag || r.now >= s.idle {
		r.fetchWanted()
		r.multicast(r.ownStatus())
		s.idle = r.now + idleStatuses*r.params.StatusInterval
	}
	s.next = r.now + r.params.StatusInterval
	if lag && s.executed != r.executed {
		s.next = r.now + r.params.StatusInterval/catchUpRate
	}
	s.executed, s.stable = r.executed, stable
}

// lacks says whether something that has begun, or was asked for, is not finished
// here.
func (r *Replica) lacks() bool {
	last := r.checkpoints.own[len(r.checkpoints.own)-1].sequence
	return !r.active || r.queue.length > 0 || r.executed < r.highest() || last > r.checkpoints.stable().sequence
}

// highest is the largest sequence number that this replica knows of.
func (r *Replica) highest() message.Sequence { return max(r.log.highest, r.target()) }

// target is a sequence number that a correct replica has executed: the
// (f+1)-th largest that others say they have.
func (r *Replica) target() message.Sequence {
	var best message.Sequence
	for i := range r.status.peers {
		n := r.status.peers[i].executed
		if n > best && r.executedAtLeast(n) >= r.params.Weak() {
			best = n
		}
	}
	return best
}

func (r *Replica) executedAtLeast(n message.Sequence) int {
	count := 0
	for i := range r.status.peers {
		if r.status.peers[i].executed >= n {
			count++
		}
	}
	return count
}

// ownStatus describes what this replica has above executed.
func (r *Replica) ownStatus() *message.Status {
	top := max(r.log.highest, r.executed)
	size := (int(top-r.executed) + 7) / 8
	m := &message.Status{
		Replica:     r.id,
		View:        r.view,
		Changing:    !r.active,
		Stable:      r.checkpoints.stable().sequence,
		Executed:    r.executed,
		PrePrepared: make([]byte, size),
		Prepared:    make([]byte, size),
		Committed:   make([]byte, size),
	}
	if !r.active {
		m.Has = make([]byte, (r.params.Replicas()+7)/8)
		for i, c := range r.changes.latest {
			setBit(m.Has, i, c != nil && c.View == r.view)
		}
	}
	for i := range int(top - r.executed) {
		s := r.log.find(r.executed + 1 + message.Sequence(i))
		if s == nil {
			continue
		}
		setBit(m.PrePrepared, i, s.batch != nil)
		setBit(m.Prepared, i, s.prepared)
		setBit(m.Committed, i, s.committed)
	}
	return m
}

// onStatus notes what another replica has and sends it what it lacks and this
// one has.
func (r *Replica) onStatus(from message.ReplicaID, m *message.Status) Reason {
	if from != m.Replica {
		return BadSender
	}
	p := &r.status.peers[from]
	p.executed, p.stable = m.Executed, m.Stable
	p.view, p.active = m.View, !m.Changing
	r.checkBehind()
	if p.answered != 0 && r.now-p.answered < r.params.StatusInterval/(2*catchUpRate) {
		return 0
	}
	p.answered = r.now
	p.answers++
	for i := range r.checkpoints.own {
		if c := &r.checkpoints.own[i]; c.sequence > m.Stable {
			r.send(from, r.checkpointMessage(c))
		}
	}
	r.resendChanges(from, m)
	r.resend(from, m)
	return 0
}

// resendChanges helps a replica that is in an earlier view, or waits for this
// one to begin.
func (r *Replica) resendChanges(to message.ReplicaID, m *message.Status) {
	if m.View > r.view || m.View == r.view && !m.Changing {
		return
	}
	if r.active && r.changes.announced != nil {
		r.send(to, r.changes.announced)
		return
	}
	own := r.changes.latest[r.id]
	if own != nil && own.View == r.view && (m.View < r.view || !bit(m.Has, int(r.id))) {
		r.send(to, own)
	}
}

// resend sends again what a status shows to be missing, lowest first.
func (r *Replica) resend(to message.ReplicaID, m *message.Status) {
	end := min(r.log.highest, m.Executed+maxResentSlots, m.Stable+r.log.window)
	together := r.active && m.View == r.view && !m.Changing
	bytes := 0
	for n := m.Executed + 1; n <= end && bytes < maxResentBytes; n++ {
		s := r.log.find(n)
		if s == nil || s.batch == nil {
			continue
		}
		i := int(n - m.Executed - 1)
		if s.committed && !bit(m.Committed, i) {
			r.send(to, &message.Committed{Sequence: n, Digest: s.digest, Replica: r.id})
		}
		if !bit(m.PrePrepared, i) && ((together || s.committed) && r.isPrimary() || s.committed && r.relays(to, n)) {
			r.send(to, s.batch)
			bytes += s.size()
		}
		if together && s.sentPrepare && !bit(m.Prepared, i) {
			r.send(to, &message.Prepare{View: s.batch.View, Sequence: n, Digest: s.digest, Replica: r.id})
		}
		if together && s.prepared && !bit(m.Committed, i) {
			r.send(to, &message.Commit{View: s.batch.View, Sequence: n, Digest: s.digest, Replica: r.id})
		}
	}
}

// fetchWanted asks again for the batches that a new view has chosen and this
// replica lacks.
func (r *Replica) fetchWanted() {
	asked := 0
	for n := r.executed + 1; n <= r.log.low+r.log.window && asked < maxResentSlots; n++ {
		if s := r.log.find(n); s != nil && s.wanted != (message.Digest{}) {
			r.multicast(&message.Fetch{Sequence: n, Digest: s.wanted, Replica: r.id})
			asked++
		}
	}
}

// relays says whether it is this replica's turn to send a committed batch to
// one that lacks it. The turn passes on with every answer, so that the batch
// arrives also when some of those whose turn it is are faulty, but not from
// everyone at once.
func (r *Replica) relays(to message.ReplicaID, n message.Sequence) bool {
	turn := uint64(n) + r.status.peers[to].answers
	return turn%uint64(r.params.Replicas()) == uint64(r.id)
}

// checkBehind notes whether f+1 others have dropped from their logs what this
// replica must execute next: then too few are left for a certificate.
func (r *Replica) checkBehind() {
	gone := 0
	var begin message.Sequence // of the longest log among those that are too short
	for i := range r.status.peers {
		p := &r.status.peers[i]
		if p.stable < r.executed+1+r.log.keep {
			continue
		}
		if gone++; begin == 0 || p.stable-r.log.keep < begin {
			begin = p.stable - r.log.keep
		}
	}
	behind := gone >= r.params.Weak()
	if behind && !r.status.behind {
		r.event(Behind{Executed: r.executed, LogStart: begin})
	}
	if !behind && r.status.behind {
		r.event(CaughtUp{Executed: r.executed})
	}
	r.status.behind = behind
}

func setBit(bits []byte, i int, v bool) {
	if v {
		bits[i/8] |= 1 << (i % 8)
	}
}

// bit is bit i; beyond the end, none is set.
func bit(bits []byte, i int) bool { return i/8 < len(bits) && bits[i/8]&(1<<(i%8)) != 0 }

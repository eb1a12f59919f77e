package pbft

import "bfs/pbft/message"

const (
	// maxTimeoutDoublings bounds how often the view-change timeout doubles.
	maxTimeoutDoublings = 6
	// starvedPart timeouts are what a request may wait unproposed while the
	// primary gets on with others.
	starvedPart = 8
)

// Tick lets time pass. The driver calls it at the time that Wake names.
func (r *Replica) Tick(now message.Time) *Output {
	r.begin(now)
	r.tickStatus()
	r.tickView()
	r.wake = r.status.next
	r.tickTransfer()
	if r.changes.waiting != 0 {
		r.wakeBy(r.changes.waiting)
	}
	return &r.out
}

// Wake is when Tick wants to be called next.
func (r *Replica) Wake() message.Time { return r.wake }

func (r *Replica) wakeBy(t message.Time) { r.wake = min(r.wake, t) }

// slept notes that this replica has not been woken when it had asked to be: it
// was stopped, or had no processor. What has happened meanwhile waits to be
// read, and nobody is to blame for the time.
func (r *Replica) slept() {
	r.changes.woke, r.wake = r.now, r.now
	if r.changes.waiting != 0 {
		r.changes.waiting = r.now + r.changes.timeout
	}
}

// tickView leaves the view if a request that this replica knows of has not been
// executed in time, or the view has not begun in time. A primary leaves its own
// view, too: when others have left it, it may be the one whose voice they lack.
// It looks whenever a status is due; that is often enough.
func (r *Replica) tickView() {
	if !r.active {
		r.tryNewView() // what was lacking may have come by itself
	}
	if !r.active {
		if w := r.changes.waiting; w != 0 && r.now >= w && r.begunFor() >= r.params.Weak() && r.now < r.moved()+r.changes.timeout {
			// Its beginning has been lost on the way here, and there is
			// something to learn from those who are in it.
			r.changes.waiting = r.now + r.changes.timeout
		} else if w != 0 && r.now >= w {
			r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)
			r.leaveView(r.view + 1)
		}
		return
	}
	if r.diverged {
		return
	}
	if r.changes.proven || r.forgetful() {
		r.leaveView(r.view + 1)
		return
	}
	if r.target() > r.executed && r.now < r.status.targetMoved+r.changes.timeout {
		return // f+1 others get on: the fault is here
	}
	if !r.late() && (r.isPrimary() || !r.slowPrimary()) {
		return
	}
	r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)
	r.leaveView(r.view + 1)
}

// late says whether the primary has let something wait for too long: what it
// has proposed, or let alone, since it was last seen to get on with anything;
// and however it gets on, a request that it keeps leaving out.
func (r *Replica) late() bool {
	moved := max(r.moved(), r.changes.woke)
	if since, ok := r.queue.oldest(true); ok && r.now >= max(since, moved)+r.changes.timeout {
		return true
	}
	// Also when nobody asks for anything: what has begun has to end.
	if s := r.log.find(r.executed + 1); s != nil && s.batch != nil && !s.unchecked && !s.offClock &&
		r.now >= max(moved, s.since)+r.changes.timeout {
		return true
	}
	if r.begun() && r.now >= max(moved, r.changes.begunSince)+r.changes.timeout {
		return true
	}
	since, ok := r.queue.starving()
	return ok && r.now >= max(since, r.changes.woke)+starvedPart*r.changes.timeout
}

// moved is when something was last executed here or, where this replica lags, by
// f+1 others.
func (r *Replica) moved() message.Time { return max(r.progressed, r.status.targetMoved) }

// begun says whether f+1 others vouch that a batch has begun which this replica
// has not executed: by a vote in this view, by COMMITTED, or by having prepared
// it before they left for a later view. One of them is correct. Without this, a
// liar who helps a few to commit the last batch before a quiet time could keep
// it from the rest: those that have it wait for no one, and those that lack it
// would not know that there is something to wait for. Whoever lacks it although
// some correct replica has committed it finds f+1 vouchers, since f+1 correct
// ones have prepared it.
func (r *Replica) begun() bool {
	vouchers := 0
	for i := range r.changes.latest {
		if message.ReplicaID(i) != r.id && r.vouchesForMore(i) {
			vouchers++
		}
	}
	if vouchers < r.params.Weak() || r.transfer.building != nil {
		r.changes.begunSince = 0
		return false
	}
	if r.changes.begunSince == 0 {
		r.changes.begunSince = r.now
	}
	return true
}

// vouchesForMore says whether a replica has voted for, or prepared, anything
// above what is executed here.
func (r *Replica) vouchesForMore(peer int) bool {
	if m := r.changes.latest[peer]; m != nil && m.View > r.view {
		for _, e := range m.Prepared {
			if e.Sequence > r.executed {
				return true
			}
		}
	}
	for n := r.executed + 1; n <= r.log.highest; n++ {
		if s := r.log.find(n); s != nil && (s.stated[peer].cast ||
			s.prepares[peer].in(r.view) || s.commits[peer].in(r.view)) {
			return true
		}
	}
	return false
}

// progress brings the timeout back down, step by step.
func (r *Replica) progress() {
	r.changes.timeout = max(r.changes.timeout/2, r.params.ViewTimeout)
}

package pbft

import "bfs/pbft/message"

// What a primary is held to besides the deadline of timers.go, and how it tells
// on itself. TOCS'02 leaves a primary alone that delays every request to just
// under the timeout; and one that tells backups different things may get just
// enough of them to agree, at a speed of its choosing.

const (
	// A primary is slow if it lets a request wait for more than this part of
	// the timeout without proposing it, although it has room to; slowTicks
	// more such looks than requests executed in time, and full batches, and it
	// is replaced.
	slowPart  = 4
	slowTicks = 8
	// accusationPause is for how long a replica's word against a primary
	// counts for nothing after it has led to a view change.
	accusationPause = 600 * Second
)

// slowPrimary looks once a status interval whether the primary keeps requests
// waiting that it could propose, and says whether it has done so for too long.
func (r *Replica) slowPrimary() bool {
	c := &r.changes
	if r.now < c.look {
		return false
	}
	c.look = r.now + r.params.StatusInterval
	since, ok := r.queue.oldest(false)
	room := r.log.highest < r.executed+message.Sequence(r.params.InFlight)
	if ok && room && r.now >= since+c.timeout/slowPart {
		c.slow++
	}
	return c.slow >= slowTicks
}

// prompt speaks for the primary if a request that is being executed has not
// waited here for long. Time in which nobody asks for anything does not.
func (r *Replica) prompt(q *message.Request) {
	if e := r.queue.find(q); e == nil || r.now < e.since+r.changes.timeout/slowPart {
		r.changes.slow = max(r.changes.slow-1, 0)
	}
}

// busy speaks for the primary if a batch that is being executed is as large as
// batches get: when clients ask for more than the replicas can do, everything
// waits, and no primary can help it. One that delays to look like that has to
// get a full batch done every status interval.
func (r *Replica) busy(b *message.PrePrepare) {
	if len(b.Requests) >= r.params.BatchRequests || batchBytes(b) >= r.params.BatchBytes/2 {
		r.changes.slow = max(r.changes.slow-1, 0)
	}
}

// misled says that a backup has agreed to another batch than the one that is
// committed in the same view. Either the primary has proposed both, or the
// backup lies. Which of the two only the backup itself can know, so the others
// believe each backup once, and then not for a while: an equivocating primary is
// replaced at once, and f liars cost f view changes in ten minutes of lying. One
// that shows its lie to a single replica makes that one leave alone; it goes on
// learning (left).
func (r *Replica) misled(s *slot, backup message.ReplicaID) {
	if !r.active || s.batch.View != r.view || backup == r.primary() {
		return
	}
	until := r.changes.heard[backup]
	r.changes.heard[backup] = r.now + accusationPause
	if r.isPrimary() || until != 0 && r.now < until {
		return // it knows that it has proposed one batch only, or is not to believe that replica
	}
	r.changes.proven = true
	r.event(Misled{View: r.view, Sequence: s.sequence, Backup: backup})
	r.wakeBy(r.now) // to leave the view
}

// A primary that comes back without its memory must not begin a view again that
// it has begun before, nor propose in it: two proposals for one number would be
// equivocation.

// begunBefore says whether this replica's view, of which it is the primary, has
// begun for f+1 others. Only an earlier self can have sent them its NEW-VIEW.
func (r *Replica) begunBefore() bool { return r.view > 0 && r.begunFor() >= r.params.Weak() }

// begunFor is for how many others this replica's view has begun, as they last
// said.
func (r *Replica) begunFor() int {
	n := 0
	for i := range r.status.peers {
		if p := &r.status.peers[i]; p.active && p.view == r.view {
			n++
		}
	}
	return n
}

// forgetful says whether something has been executed in this primary's view that
// it has never proposed.
func (r *Replica) forgetful() bool {
	return r.active && r.isPrimary() && max(r.executed, r.target()) > r.proposed
}

package pbft

import "bfs/pbft/message"

// maxTimeoutDoublings bounds how often the view-change timeout doubles.
const maxTimeoutDoublings = 6

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

// tickView leaves the view if a request that this backup knows of has not been
// executed in time, or the view has not begun in time. It looks whenever a
// status is due; that is often enough.
func (r *Replica) tickView() {
	if !r.active {
		if w := r.changes.waiting; w != 0 && r.now >= w {
			r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)
			r.leaveView(r.view + 1)
		}
		return
	}
	since, ok := r.queue.oldest()
	if r.isPrimary() || r.diverged || !ok || r.now < since+r.changes.timeout {
		return
	}
	r.changes.timeout = min(2*r.changes.timeout, r.params.ViewTimeout<<maxTimeoutDoublings)
	r.leaveView(r.view + 1)
}

// progress brings the timeout back down, step by step.
func (r *Replica) progress() {
	r.changes.timeout = max(r.changes.timeout/2, r.params.ViewTimeout)
}

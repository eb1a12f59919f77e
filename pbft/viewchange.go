package pbft

import (
	"sort"

	"bfs/pbft/message"
)

// View changes (TOCS'02, section 2.3.5): when the primary does not get on with
// what it is asked, backups move to the next view, whose primary shows by 2f+1
// signed VIEW-CHANGE messages what has to be proposed again.

// changes is what the view-change section keeps.
type changes struct {
	// latest is the last VIEW-CHANGE of each replica, this one among them.
	latest []*message.ViewChange
	// announced is the NEW-VIEW of the current view, if this replica sent it.
	announced *message.NewView
	// pending is this replica's decision, as a new primary that lacks some
	// of the batches it has chosen.
	pending *decision
	// timeout is how long a request, or a new view, may take now; waiting
	// is until when the new view has to begin, 0 if there is no such limit
	// because too few replicas have left the earlier ones.
	timeout message.Time
	waiting message.Time
	// slow counts the times at which the primary was found to be slow, less
	// the requests executed in time, and full batches, since; look is when to
	// look again.
	slow int
	look message.Time
	// heard is until when a replica's disagreement with what is committed no
	// longer counts against the primary.
	heard []message.Time
	// woke is when this replica last found that it had slept.
	woke message.Time
	// proven: a backup has been misled, so the primary, or that backup, is
	// faulty.
	proven bool
	// begunSince is since when f+1 others vouch for more than has been
	// executed here, 0 if they do not.
	begunSince message.Time
}

func newChanges(p Params) changes {
	n := p.Replicas()
	return changes{latest: make([]*message.ViewChange, n), heard: make([]message.Time, n), timeout: p.ViewTimeout}
}

// leaveView moves to a later view: this replica takes part in none until the
// new one begins.
func (r *Replica) leaveView(v message.View) {
	r.rollback()
	r.view, r.active = v, false
	r.changes.announced, r.changes.pending, r.changes.waiting = nil, nil, 0
	r.changes.proven = false
	m := r.viewChange()
	r.changes.latest[r.id] = m
	r.record(Record{Kind: RecordViewChange, View: v, Change: m})
	r.event(LeftView{View: v})
	r.multicast(m)
	r.considerChanges()
}

// left says whether this replica has left a view for one that has not begun here.
// It takes no part in it any more, but while the others stay in it, it
// goes on learning from their COMMITs: 2f+1 of them prove a batch committed,
// whoever looks at them. So a replica that has left a view alone keeps up, and
// answers clients.
func (r *Replica) left(v message.View) bool { return !r.active && v <= r.view }

// viewChange makes this replica's VIEW-CHANGE for the current view.
func (r *Replica) viewChange() *message.ViewChange {
	m := &message.ViewChange{View: r.view, Replica: r.id, Stable: r.log.low}
	for i := range r.checkpoints.own {
		c := &r.checkpoints.own[i]
		m.Checkpoints = append(m.Checkpoints, message.Entry{Sequence: c.sequence, Digest: c.digest})
	}
	for n := r.log.low + 1; n <= r.log.low+r.log.window; n++ {
		s := r.log.find(n)
		if s == nil {
			continue
		}
		if s.last.batch != nil {
			m.Prepared = append(m.Prepared, message.Entry{Sequence: n, View: s.last.view, Digest: s.last.digest})
		}
		first := len(m.PrePrepared)
		for _, a := range s.agreed {
			m.PrePrepared = append(m.PrePrepared, message.Entry{Sequence: n, View: a.view, Digest: a.digest})
		}
		sortByDigest(m.PrePrepared[first:])
	}
	m.Seal()
	m.Signature = r.sign(m.Digest())
	return m
}

// onViewChange notes another replica's VIEW-CHANGE, whose signature the driver
// has checked; it may come from anyone.
func (r *Replica) onViewChange(m *message.ViewChange) Reason {
	if int(m.Replica) >= r.params.Replicas() || m.Replica == r.id {
		return BadSender
	}
	if m.View < r.view || m.View == r.view && r.active {
		return BadView
	}
	if old := r.changes.latest[m.Replica]; old != nil && old.View >= m.View {
		return 0 // a replica says one thing of a view; the first counts
	}
	r.changes.latest[m.Replica] = m
	if v, ok := r.viewToJoin(); ok {
		r.leaveView(v)
		return 0
	}
	r.considerChanges()
	return 0
}

// viewToJoin is the smallest view above this replica's that others ask for, if
// f+1 of them do: then a correct one has seen the need.
func (r *Replica) viewToJoin() (message.View, bool) {
	count := 0
	var smallest message.View
	for _, m := range r.changes.latest {
		if m == nil || m.View <= r.view {
			continue
		}
		if count++; count == 1 || m.View < smallest {
			smallest = m.View
		}
	}
	return smallest, count >= r.params.Weak()
}

// considerChanges does what the VIEW-CHANGE messages for the current view
// allow: wait for the new primary, or as the new primary decide.
func (r *Replica) considerChanges() {
	if r.active {
		return
	}
	if r.changes.waiting == 0 && r.leftBehind() >= r.params.Quorum() {
		r.changes.waiting = r.now + r.changes.timeout
		r.wakeBy(r.changes.waiting)
	}
	ready := r.changesFor(r.view)
	if !r.isPrimary() || len(ready) < r.params.Quorum() {
		return
	}
	if r.begunBefore() {
		r.leaveView(r.view + 1)
		return
	}
	if r.changes.pending == nil {
		d, ok := decide(r.params, ready)
		if !ok {
			return
		}
		r.changes.pending = &d
		r.changes.announced = &message.NewView{View: r.view, Replica: r.id, Changes: ready}
	}
	r.tryNewView()
}

// leftBehind is how many replicas have left the views below this one, be it for
// a later one: those do not ask for this one again, and the rest must not wait
// for them here.
func (r *Replica) leftBehind() int {
	n := 0
	for _, m := range r.changes.latest {
		if m != nil && m.View >= r.view {
			n++
		}
	}
	return n
}

// changesFor are the VIEW-CHANGE messages for a view, by replica.
func (r *Replica) changesFor(v message.View) []*message.ViewChange {
	var out []*message.ViewChange
	for _, m := range r.changes.latest {
		if m != nil && m.View == v {
			out = append(out, m)
		}
	}
	return out
}

func sortByDigest(entries []message.Entry) {
	sort.Slice(entries, func(i, j int) bool {
		return string(entries[i].Digest[:]) < string(entries[j].Digest[:])
	})
}

package pbft

import "bfs/pbft/message"

// Clients whose authenticators are right for some replicas and wrong for others
// can make a primary propose what the backups cannot check. The batch then waits
// until f+1 replicas vouch for it, or for the next view. To keep a client from
// doing so again and again, whoever sees such a request suspects its principal
// for a while: a suspect's requests are passed around, and count only when f+1
// replicas besides the primary have found them authentic, so a correct one has
// that will agree to the batch. For a client that was made suspect by a
// lying primary this costs one more hop, and sending again what waited then.

const (
	// suspicionTime is how long a principal stays suspect.
	suspicionTime = 600 * Second
	// maxSuspects and maxDoubts bound the principals that are suspect and the
	// requests whose vouchers are counted; when there are more, all are
	// forgotten, and those that matter are sent again.
	maxSuspects = 1024
	maxDoubts   = 4096
)

// doubtKey names a request.
type doubtKey struct {
	client    message.ClientID
	timestamp message.Timestamp
}

// vouching is what this section keeps.
type vouching struct {
	suspects map[uint32]message.Time // until when
	// doubts are who has found a request authentic, and which, by digest: the
	// first that each says of a client's timestamp.
	doubts map[doubtKey]votes
}

func newVouching() vouching {
	return vouching{suspects: make(map[uint32]message.Time), doubts: make(map[doubtKey]votes)}
}

func (r *Replica) suspect(c message.ClientID) bool {
	until, ok := r.vouching.suspects[c.Principal]
	if ok && r.now >= until {
		delete(r.vouching.suspects, c.Principal)
		return false
	}
	return ok
}

// checked says whether this replica has found all requests of a batch
// authentic, in the batch or before; it suspects the clients of the others.
func (r *Replica) checked(b *message.PrePrepare, vouched []bool) bool {
	all := true
	for i, q := range b.Requests {
		if q.IsBare() {
			all = false
			continue
		}
		if i < len(vouched) && vouched[i] || r.knows(q) {
			continue
		}
		all = false
		if vouched == nil {
			break // looked at before
		}
		if len(r.vouching.suspects) >= maxSuspects {
			clear(r.vouching.suspects)
		}
		r.suspectFromNow(q.Client.Principal)
	}
	return all
}

// suspectFromNow also forgets the suspect's requests that wait: as a new primary
// this replica would propose what only it may have found authentic.
func (r *Replica) suspectFromNow(principal uint32) {
	if until, ok := r.vouching.suspects[principal]; !ok || r.now >= until {
		r.queue.prune(func(e *queued) bool { return e.request.Client.Principal == principal })
	}
	r.vouching.suspects[principal] = r.now + suspicionTime
}

// knows says whether this replica has found a request authentic before.
func (r *Replica) knows(q *message.Request) bool {
	if e := r.queue.find(q); e != nil && e.request.Digest() == q.Digest() {
		return true
	}
	d := r.vouching.doubts[doubtKey{q.Client, q.Timestamp}]
	return d != nil && d[r.id].is(0, q.Digest())
}

// hearOf notes who has found a request authentic: this replica if it has, and
// whoever passed it on. What this replica has checked itself it passes on, so
// that others can count it; a primary that passes a request on wants to know
// whether to believe a suspect, and is told once.
func (r *Replica) hearOf(from message.Node, q *message.Request, vouched bool) {
	d := r.doubt(doubtKey{q.Client, q.Timestamp})
	first := !d[r.id].cast
	if vouched {
		d.add(r.id, 0, q.Digest())
	}
	if from.Kind == message.KindClient {
		if vouched {
			r.passOn(q)
		}
		return
	}
	if from.Kind != message.KindReplica || int(from.Replica) >= r.params.Replicas() {
		return
	}
	d.add(from.Replica, 0, q.Digest())
	if vouched && first && r.active && from.Replica == r.primary() {
		r.send(from.Replica, q)
	}
}

// vouchers is how many replicas have found a request authentic, not counting
// the primary, which vouches by proposing, unless it has left its own view.
func (r *Replica) vouchers(c message.ClientID, t message.Timestamp, d message.Digest) int {
	all := r.vouching.doubts[doubtKey{c, t}]
	if all == nil {
		return 0
	}
	n := all.count(0, d)
	left := r.changes.latest[r.primary()]
	if all[r.primary()].is(0, d) && (left == nil || left.View <= r.view) {
		n--
	}
	return n
}

// holdAgain looks to which requests a new primary is held: another may have
// vouched for them.
func (r *Replica) holdAgain() {
	r.queue.each(func(e *queued) {
		q := e.request
		e.expected = r.vouchers(q.Client, q.Timestamp, q.Digest()) >= r.params.Quorum()
	})
}

// doubt returns the vouchers of a request, none at first.
func (r *Replica) doubt(key doubtKey) votes {
	d := r.vouching.doubts[key]
	if d == nil {
		if len(r.vouching.doubts) >= maxDoubts {
			clear(r.vouching.doubts)
		}
		d = make(votes, r.params.Replicas())
		r.vouching.doubts[key] = d
	}
	return d
}

// passOn tells all others of a request that this replica has found authentic:
// by the request itself, or, if it is large, by its name to all and by itself to
// the primary alone.
func (r *Replica) passOn(q *message.Request) {
	if !r.isLarge(q) {
		r.multicast(q)
		return
	}
	r.multicast(&message.Vouch{Client: q.Client, Timestamp: q.Timestamp, Digest: q.Digest(), Replica: r.id})
	if r.active && !r.isPrimary() && r.queue.find(q) != nil {
		r.send(r.primary(), q)
	}
}

// onVouch counts another replica that has found a large request authentic. It
// counts only for a request that is here: the client sends it to all.
func (r *Replica) onVouch(from message.ReplicaID, m *message.Vouch) Reason {
	if from != m.Replica {
		return BadSender
	}
	key := doubtKey{m.Client, m.Timestamp}
	if r.queue.at(m.Client, m.Timestamp) == nil && r.vouching.doubts[key] == nil {
		return 0
	}
	d := r.doubt(key)
	d.add(from, 0, m.Digest)
	if r.vouchers(m.Client, m.Timestamp, m.Digest) >= r.params.Quorum() {
		r.queue.expect(m.Client, m.Timestamp, m.Digest)
	}
	return 0
}

// settled forgets the vouchers of a request that has been executed.
func (r *Replica) settled(q *message.Request) {
	delete(r.vouching.doubts, doubtKey{q.Client, q.Timestamp})
}

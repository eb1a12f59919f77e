package pbft

import "bfs/pbft/message"

// onRequest handles a request, from the client or passed on by a backup
// (TOCS'02, section 2.3.1). A request that was executed is answered again. A
// backup notes others and passes them on to all: the primary learns of them, and
// the backups that 2f+1 have found them authentic. From then on they hold the
// primary to it: f+1 of those are correct and have told it, too, and it takes
// what f+1 tell it. So a client that shows each backup another request as
// authentic cannot turn them against a primary that cannot know better, not
// even with f liars who agree with every backup. A large request has
// gone to all from the start and is passed on only if the client asks again: it
// to the primary, and to the rest that it has been found authentic. That is said
// also where there is no room for it, or replicas whose queues are full of
// different requests would vouch for none together.
func (r *Replica) onRequest(from message.Node, q *message.Request, vouched bool) Reason {
	if len(q.Operation) > r.params.MaxOperation {
		return BadBatch
	}
	if q.ReadOnly && !vouched {
		return Unauthentic
	}
	if q.ReadOnly {
		return r.onRead(q)
	}
	known, standing := r.sessions.look(q)
	switch standing {
	case answered:
		r.reply(q, known, true)
		return 0
	case acknowledged:
		return StaleRequest
	}
	if !vouched && from.Kind == message.KindClient {
		return Unauthentic // not worth a place among the doubts
	}
	trusted := vouched && !r.suspect(q.Client)
	vouchers := 0
	if leads := r.active && r.isPrimary(); !trusted || !leads && (!r.isLarge(q) || r.queue.find(q) != nil || !r.queue.room(q)) {
		r.hearOf(from, q, vouched)
		vouchers = r.vouchers(q.Client, q.Timestamp, q.Digest())
	}
	sure, held := vouchers >= r.params.Weak(), vouchers >= r.params.Quorum()
	switch {
	case !trusted && !sure && vouched:
		return 0 // until others have checked it as well
	case !trusted && !sure:
		return Unauthentic
	}
	if held && !r.isPrimary() {
		r.queue.makeRoom(q)
	}
	if !r.queue.add(q, r.now, false) {
		return QueueFull
	}
	if held {
		r.queue.expect(q.Client, q.Timestamp, q.Digest())
	}
	if r.isPrimary() {
		r.propose()
		return 0
	}
	if r.isLarge(q) {
		r.complete()
	}
	if vouched {
		r.recheck()
	}
	return 0
}

// isOver says whether a queued request is of no use any more, because it was
// executed, or given up by its client.
func (r *Replica) isOver(q *message.Request) bool {
	_, standing := r.sessions.look(q)
	return standing == answered || standing == acknowledged
}

// expect notes the requests of a batch that the primary has proposed: it is
// held to finishing what it begins.
func (r *Replica) expect(b *message.PrePrepare) {
	if b.Sequence <= r.executed {
		return
	}
	for _, q := range b.Requests {
		if _, standing := r.sessions.look(q); standing == fresh {
			r.queue.add(q, r.now, true)
		}
	}
}

package pbft

import "bfs/pbft/message"

// onRequest handles a request, from the client or passed on by a backup
// (TOCS'02, section 2.3.1). A request that was executed is answered again. A
// backup notes others, so that it sees whether the primary gets on with them,
// and passes them on to it.
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
	if (!vouched || r.suspect(q.Client)) && !r.vouchedByOthers(from, q, vouched) {
		if vouched {
			return 0 // until others have checked it as well
		}
		return Unauthentic
	}
	again := r.queue.find(q) != nil
	if !r.queue.add(q, r.now, false) {
		return QueueFull
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
	// A large one has gone to the primary as well, unless the client asks
	// again.
	if r.active && from.Kind == message.KindClient && (again || !r.isLarge(q)) {
		r.send(r.primary(), q)
	}
	return 0
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

package pbft

import "bfs/pbft/message"

// executeCommitted executes the batches that are committed and next in order,
// and takes the checkpoints that fall due (TOCS'02, section 2.3.3).
func (r *Replica) executeCommitted() {
	for {
		s := r.log.find(r.executed + 1)
		if s == nil || !s.committed {
			break
		}
		r.executed++
		r.batches++
		for _, q := range s.batch.Requests {
			r.execute(q, s.batch.Time)
		}
		r.event(Executed{Sequence: s.sequence, Digest: s.digest, Requests: len(s.batch.Requests)})
		if r.executed%message.Sequence(r.params.CheckpointInterval) == 0 {
			r.takeCheckpoint()
		}
	}
	r.propose()
}

// execute applies one request of a batch and answers it. A request that has
// been executed before, in this batch or another, is only answered again.
//
// The operation's time is the batch's, or a nanosecond above the last
// operation's if that is later: so the ordered time is the same everywhere and
// strictly increases.
func (r *Replica) execute(q *message.Request, proposed message.Time) {
	r.clock = max(proposed, r.clock+1)
	known, standing := r.sessions.begin(q, r.clock)
	r.queue.done(q)
	switch standing {
	case fresh:
		r.requests++
		result := r.service.Execute(Operation{Client: q.Client, Time: r.clock, Body: q.Operation})
		r.reply(q, r.sessions.finish(q, r.executed, result))
	case answered:
		r.reply(q, known)
	case expired:
		r.refuse(q, message.ReplySessionExpired)
	case outOfWindow:
		r.refuse(q, message.ReplyOutOfWindow)
	case acknowledged:
		// The client has the reply and waits for nothing.
	}
}

// reply sends the result of an executed request.
func (r *Replica) reply(q *message.Request, e *reply) {
	r.out.Replies = append(r.out.Replies, &message.Reply{
		View:      r.view,
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Replica:   r.id,
		Position:  e.position,
		Status:    message.ReplyExecuted,
		Digest:    e.digest,
		Full:      true,
		Result:    e.result,
	})
}

// refuse answers a request that was ordered but cannot be executed.
func (r *Replica) refuse(q *message.Request, status message.ReplyStatus) {
	p := &message.Reply{
		View:      r.view,
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Replica:   r.id,
		Status:    status,
		Digest:    message.ResultDigest(nil),
		Full:      true,
	}
	if status == message.ReplySessionExpired {
		p.Floor = r.sessions.floor(q.Client.Principal)
	}
	r.out.Replies = append(r.out.Replies, p)
}

// version is an immutable version of the replicated state.
type version struct {
	service  Version
	sessions sessions
	clock    message.Time
}

func (r *Replica) version() version {
	return version{service: r.service.Checkpoint(), sessions: r.sessions.version(), clock: r.clock}
}

// stateDigest covers everything that is replicated: the service's state, the
// last-reply table, the ordered time and the sequence number.
func (r *Replica) stateDigest() message.Digest {
	h := newHash("bfs/state")
	h.uint(uint64(r.executed))
	h.uint(uint64(r.clock))
	d := r.service.Digest()
	h.bytes(d[:])
	d = r.sessions.digest()
	h.bytes(d[:])
	return h.sum()
}

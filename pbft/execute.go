package pbft

import "bfs/pbft/message"

// executeReady executes what can be: the batches that are committed and next
// in order, and after them one that is only prepared, tentatively (TOCS'02,
// sections 2.3.3 and 5.1.2). Checkpoints and read-only requests come where all
// that is executed is committed.
func (r *Replica) executeReady() {
	for !r.diverged {
		s := r.log.find(r.executed + 1)
		if s == nil || !s.committed {
			break
		}
		r.commit(s)
	}
	if r.diverged {
		return
	}
	r.answerReads()
	if s := r.log.find(r.executed + 1); s != nil && s.prepared && r.active && r.tentative == nil {
		r.tentative = &attempt{digest: s.digest, before: r.version()}
		r.executeBatch(s, true)
	}
	r.propose()
}

// attempt is a batch that was executed before it was committed.
type attempt struct {
	digest message.Digest
	before version // the state to return to
}

// commit ends the execution of a committed batch, the next in order.
func (r *Replica) commit(s *slot) {
	if r.tentative != nil && r.tentative.digest != s.digest {
		r.rollback()
	}
	r.executed++
	if r.tentative == nil {
		r.executeBatch(s, false)
	}
	r.tentative = nil
	r.progressed = r.now
	r.batches++
	r.requests += uint64(len(s.batch.Requests))
	r.busy(s.batch)
	for _, q := range s.batch.Requests {
		r.prompt(q)
		r.queue.done(q)
		r.settled(q)
		r.queue.overtaken(q.Client, r.now, r.isOver)
	}
	r.event(Executed{Sequence: s.sequence, Digest: s.digest, Requests: len(s.batch.Requests)})
	if r.executed%message.Sequence(r.params.CheckpointInterval) == 0 {
		r.takeCheckpoint()
	}
}

// rollback undoes the batch that was executed tentatively.
func (r *Replica) rollback() {
	if r.tentative == nil {
		return
	}
	r.restore(r.tentative.before)
	r.tentative = nil
	r.readable = r.executed + 1
	r.event(RolledBack{Sequence: r.executed + 1})
}

func (r *Replica) executeBatch(s *slot, tentative bool) {
	for _, q := range s.batch.Requests {
		r.execute(q, s, tentative)
	}
}

// execute applies one request of a batch and answers it. A request that has
// been executed before, in this batch or another, is only answered again.
//
// The operation's time is the batch's, or a nanosecond above the last
// operation's if that is later: so the ordered time is the same everywhere and
// strictly increases.
func (r *Replica) execute(q *message.Request, s *slot, tentative bool) {
	r.clock = max(s.batch.Time, r.clock+1)
	known, standing := r.sessions.begin(q, r.clock)
	switch standing {
	case fresh:
		result := r.service.Execute(Operation{Client: q.Client, Time: r.clock, Body: q.Operation})
		r.reply(q, r.sessions.finish(q, s.sequence, result), false)
	case answered:
		r.reply(q, known, true)
	case expired:
		r.refuse(q, message.ReplySessionExpired, tentative)
	case outOfWindow:
		r.refuse(q, message.ReplyOutOfWindow, tentative)
	case acknowledged:
		// The client has the reply and waits for nothing.
	}
}

// reply sends the result of an executed request. The first time, only the
// replica that the client named sends a large result, and the others its digest
// (section 5.1.1); to a client that asks again everyone sends all.
func (r *Replica) reply(q *message.Request, e *reply, again bool) {
	p := &message.Reply{
		View:      r.view,
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Replica:   r.id,
		Tentative: e.position > r.executed,
		Position:  e.position,
		Status:    message.ReplyExecuted,
		Digest:    e.digest,
	}
	if again || q.Replier == r.id || len(e.result) <= maxSmallResult {
		p.Full, p.Result = true, e.result
	}
	r.out.Replies = append(r.out.Replies, p)
}

// maxSmallResult is the size up to which every replica sends a result whole.
const maxSmallResult = 256

// refuse answers a request that was ordered but cannot be executed.
func (r *Replica) refuse(q *message.Request, status message.ReplyStatus, tentative bool) {
	p := &message.Reply{
		View:      r.view,
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Replica:   r.id,
		Tentative: tentative,
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

// restore makes a version the current state again.
func (r *Replica) restore(v version) {
	r.service.Rollback(v.service)
	r.sessions.restore(v.sessions)
	r.clock = v.clock
}

// rootPage is what the state's digest is taken of. It covers everything that
// is replicated: the service's state, the last-reply table, the ordered time
// and the sequence number.
func (r *Replica) rootPage() []byte {
	h := newHash(labelState)
	h.uint(uint64(r.executed))
	h.uint(uint64(r.clock))
	d := r.service.Digest()
	h.bytes(d[:])
	d = message.Sum(r.sessions.page())
	h.bytes(d[:])
	return h.buf
}

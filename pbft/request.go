package pbft

import "bfs/pbft/message"

// onRequest handles a request, from the client or passed on by a backup
// (TOCS'02, section 2.3.1). A request that was executed is answered again; a
// backup passes others on to the primary.
func (r *Replica) onRequest(q *message.Request, vouched bool) Reason {
	if !vouched {
		return Unauthentic
	}
	known, standing := r.sessions.look(q)
	switch standing {
	case answered:
		r.reply(q, known)
		return 0
	case acknowledged:
		return StaleRequest
	}
	if len(q.Operation) > r.params.MaxOperation {
		return BadBatch
	}
	if !r.isPrimary() {
		r.send(r.primary(), q)
		return 0
	}
	if !r.queue.add(q) {
		return QueueFull
	}
	r.propose()
	return 0
}

// queue holds the requests that wait at the primary, first come first served
// within a session, and the sessions in turn: a client that offers much does
// not keep others waiting. It also knows which requests are in batches on
// their way, so that a request is not proposed twice.
//
// INVARIANT: length and bytes are the sums over all lines; a line is in turns
// exactly once if it has waiting requests, and not otherwise.
type queue struct {
	params        Params
	lines         map[message.ClientID]*line
	turns         []*line
	length, bytes int
}

// line is one session's requests: those that wait, and the timestamps of all
// that wait or are on their way.
type line struct {
	client  message.ClientID
	waiting []*message.Request
	known   []message.Timestamp
}

func newQueue(p Params) queue {
	return queue{params: p, lines: make(map[message.ClientID]*line)}
}

// add queues a request; it is false when there is no room. A request that is
// queued or on its way already is left where it is.
func (u *queue) add(q *message.Request) bool {
	l := u.lines[q.Client]
	if l == nil {
		l = &line{client: q.Client}
	}
	if l.has(q.Timestamp) {
		return true
	}
	if u.length >= u.params.MaxQueued || u.bytes+len(q.Operation) > u.params.MaxQueuedBytes ||
		len(l.known) >= u.params.ClientWindow {
		return false
	}
	u.lines[q.Client] = l
	l.known = append(l.known, q.Timestamp)
	if len(l.waiting) == 0 {
		u.turns = append(u.turns, l)
	}
	l.waiting = append(l.waiting, q)
	u.length++
	u.bytes += len(q.Operation)
	return true
}

// batch takes the next batch out, one request of each session in turn.
func (u *queue) batch() []*message.Request {
	out := make([]*message.Request, 0, min(u.length, u.params.BatchRequests))
	size := 0
	for len(u.turns) > 0 && len(out) < u.params.BatchRequests {
		l := u.turns[0]
		q := l.waiting[0]
		if len(out) > 0 && size+len(q.Operation) > u.params.BatchBytes {
			break
		}
		u.turns[0] = nil
		u.turns = u.turns[1:]
		l.waiting[0] = nil
		l.waiting = l.waiting[1:]
		if len(l.waiting) > 0 {
			u.turns = append(u.turns, l)
		}
		out = append(out, q)
		size += len(q.Operation)
	}
	u.length -= len(out)
	u.bytes -= size
	return out
}

// done forgets a request that has been executed.
func (u *queue) done(q *message.Request) {
	l := u.lines[q.Client]
	if l == nil {
		return
	}
	for i, t := range l.known {
		if t == q.Timestamp {
			l.known[i] = l.known[len(l.known)-1]
			l.known = l.known[:len(l.known)-1]
			break
		}
	}
	if len(l.known) == 0 {
		delete(u.lines, q.Client)
	}
}

func (l *line) has(t message.Timestamp) bool {
	for _, k := range l.known {
		if k == t {
			return true
		}
	}
	return false
}

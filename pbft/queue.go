package pbft

import "bfs/pbft/message"

// queue holds the requests that a replica knows of and that are not executed:
// first come first served within a session, and the sessions in turn, so that a
// client that offers much does not keep others waiting. It also knows which
// requests are in batches on their way, so that none is proposed twice.
//
// INVARIANT: length and bytes are the sums over all lines, waiting counts the
// requests that are not proposed; lines and turns hold the same lines, of which
// none is empty.
type queue struct {
	params                 Params
	lines                  map[message.ClientID]*line
	shares                 map[uint32]share                    // by principal
	large                  map[message.Digest]*message.Request // those above Params.LargeRequest
	turns                  []*line                             // in the order in which they get their turn
	length, waiting, bytes int
}

// share is what one principal has in the queue, over all its sessions.
type share struct{ length, bytes int }

func (s share) plus(length, bytes int) share { return share{s.length + length, s.bytes + bytes} }

// principalPart: a principal may take up one part in so many of the queue, so
// that it cannot shut the others out; one request at least.
const principalPart = 4

// room says whether a request would be queued: there is room for it, and its
// session and its principal have not more than their share.
func (u *queue) room(q *message.Request) bool {
	if u.length >= u.params.MaxQueued || u.bytes+len(q.Operation) > u.params.MaxQueuedBytes {
		return false
	}
	if l := u.lines[q.Client]; l != nil && len(l.requests) >= u.params.ClientWindow {
		return false
	}
	s := u.shares[q.Client.Principal].plus(1, len(q.Operation))
	return s.length == 1 || s.length <= max(u.params.MaxQueued/principalPart, 1) && s.bytes <= u.params.MaxQueuedBytes/principalPart
}

// line is one session's requests, in the order of arrival.
type line struct {
	client   message.ClientID
	requests []queued
}

type queued struct {
	request  *message.Request
	since    message.Time // when this replica heard of it, or of the present view
	proposed bool         // it is in a batch on its way
	expected bool         // the primary is held to it: f+1 replicas vouch for it
}

func newQueue(p Params) queue {
	return queue{params: p, lines: make(map[message.ClientID]*line), large: make(map[message.Digest]*message.Request), shares: make(map[uint32]share)}
}

// add queues a request; it is false when there is no room. A request that is
// queued or on its way already keeps its place.
func (u *queue) add(q *message.Request, now message.Time, proposed bool) bool {
	l := u.lines[q.Client]
	if l != nil {
		if e := l.find(q.Timestamp); e != nil {
			u.propose(e, proposed)
			return true
		}
	}
	if !u.room(q) {
		return false
	}
	if l == nil {
		l = &line{client: q.Client}
		u.lines[q.Client] = l
		u.turns = append(u.turns, l)
	}
	l.requests = append(l.requests, queued{request: q, since: now})
	u.length++
	u.waiting++
	u.bytes += len(q.Operation)
	u.shares[q.Client.Principal] = u.shares[q.Client.Principal].plus(1, len(q.Operation))
	if len(q.Operation) > u.params.LargeRequest {
		u.large[q.Digest()] = q
	}
	u.propose(&l.requests[len(l.requests)-1], proposed)
	return true
}

// expect notes that the primary is held to a request, if it is here.
func (u *queue) expect(c message.ClientID, t message.Timestamp, d message.Digest) {
	if e := u.at(c, t); e != nil && e.request.Digest() == d {
		e.expected = true
	}
}

// find returns the entry of a request's client and timestamp, or nil.
func (u *queue) find(q *message.Request) *queued { return u.at(q.Client, q.Timestamp) }

func (u *queue) at(c message.ClientID, t message.Timestamp) *queued {
	if l := u.lines[c]; l != nil {
		return l.find(t)
	}
	return nil
}

// propose notes that a request is on its way.
func (u *queue) propose(e *queued, proposed bool) {
	if proposed && !e.proposed {
		e.proposed = true
		u.waiting--
	}
}

// batch proposes the next requests, one of each session in turn.
func (u *queue) batch() []*message.Request {
	out := make([]*message.Request, 0, min(u.waiting, u.params.BatchRequests))
	size := 0
	for skipped := 0; u.waiting > 0 && skipped < len(u.turns) && len(out) < u.params.BatchRequests; {
		l := u.turns[0]
		e := l.next()
		if e != nil && len(out) > 0 && size+len(e.request.Operation) > u.params.BatchBytes {
			break
		}
		u.turns = append(u.turns[1:], l)
		if e == nil {
			skipped++
			continue
		}
		skipped = 0
		u.propose(e, true)
		out = append(out, e.request)
		size += len(e.request.Operation)
	}
	return out
}

// done forgets a request that has been executed.
func (u *queue) done(q *message.Request) {
	l := u.lines[q.Client]
	if l == nil {
		return
	}
	e := l.find(q.Timestamp)
	if e == nil {
		return
	}
	u.propose(e, true)
	u.length--
	u.bytes -= len(e.request.Operation)
	if left := u.shares[q.Client.Principal].plus(-1, -len(e.request.Operation)); left.length > 0 {
		u.shares[q.Client.Principal] = left
	} else {
		delete(u.shares, q.Client.Principal)
	}
	delete(u.large, e.request.Digest())
	l.remove(q.Timestamp)
	if len(l.requests) == 0 {
		delete(u.lines, q.Client)
		u.leave(l)
	}
}

// prune forgets the requests that are over.
func (u *queue) prune(over func(*message.Request) bool) {
	var gone []*message.Request
	for _, l := range u.turns {
		for i := range l.requests {
			if q := l.requests[i].request; over(q) {
				gone = append(gone, q)
			}
		}
	}
	for _, q := range gone {
		u.done(q)
	}
}

// overtaken looks at the other requests of a session of which one has been
// executed. Those that are over are forgotten. The rest wait from now on: a
// client that sends the primary other requests than the backups, or more than
// its share, must not make it look as if the primary starved it. One that is
// honest fills its window with what is left out, and then nothing of its
// session is executed.
func (u *queue) overtaken(c message.ClientID, now message.Time, over func(*message.Request) bool) {
	l := u.lines[c]
	if l == nil {
		return
	}
	for i := len(l.requests) - 1; i >= 0; i-- {
		l.requests[i].since = now
		if q := l.requests[i].request; over(q) {
			u.done(q)
		}
	}
}

// leave takes a line out of the turns.
func (u *queue) leave(l *line) {
	for i := range u.turns {
		if u.turns[i] == l {
			copy(u.turns[i:], u.turns[i+1:])
			u.turns[len(u.turns)-1] = nil
			u.turns = u.turns[:len(u.turns)-1]
			return
		}
	}
}

// again makes all requests wait once more, from now on: a new view begins.
func (u *queue) again(now message.Time) {
	for _, l := range u.turns {
		for i := range l.requests {
			l.requests[i].since, l.requests[i].proposed = now, false
		}
	}
	u.waiting = u.length
}

// oldest is when the request that has been known for longest became known, of
// those that the primary is held to and has not proposed, or, if proposed, of
// those it has proposed, too.
func (u *queue) oldest(proposed bool) (message.Time, bool) {
	var t message.Time
	for _, l := range u.turns {
		for i := range l.requests {
			if e := &l.requests[i]; (proposed && e.proposed || !e.proposed && e.expected) && (t == 0 || e.since < t) {
				t = e.since
			}
		}
	}
	return t, t != 0
}

func (l *line) find(t message.Timestamp) *queued {
	for i := range l.requests {
		if l.requests[i].request.Timestamp == t {
			return &l.requests[i]
		}
	}
	return nil
}

// next is the first request that is not on its way.
func (l *line) next() *queued {
	for i := range l.requests {
		if !l.requests[i].proposed {
			return &l.requests[i]
		}
	}
	return nil
}

func (l *line) remove(t message.Timestamp) {
	for i := range l.requests {
		if l.requests[i].request.Timestamp == t {
			copy(l.requests[i:], l.requests[i+1:])
			l.requests[len(l.requests)-1] = queued{}
			l.requests = l.requests[:len(l.requests)-1]
			return
		}
	}
}

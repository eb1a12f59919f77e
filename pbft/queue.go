package pbft

import (
	"slices"

	"bfs/pbft/message"
)

// queue holds the requests that a replica knows of and that are not executed:
// first come first served within a session, the sessions of a principal in turn,
// and the principals in turn, so that a client that offers much does not keep
// others waiting, however many sessions it opens. It also knows which requests
// are in batches on their way, so that none is proposed twice.
//
// INVARIANT: length and bytes are the sums over all lines, waiting counts the
// requests that are not proposed; lines holds the lines of all shares, shares and
// turns hold the same shares, and none of either is empty.
type queue struct {
	params                 Params
	lines                  map[message.ClientID]*line
	shares                 map[uint32]*share                   // by principal
	large                  map[message.Digest]*message.Request // those above Params.LargeRequest
	turns                  []*share                            // in the order in which they get their turn
	length, waiting, bytes int
}

// share is what one principal has in the queue.
type share struct {
	principal     uint32
	length, bytes int
	lines         []*line // in the order in which they get their turn
	// crowded: it has had more sessions here than can live at a time. Then
	// its sessions wait for each other by its own fault.
	crowded bool
}

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
	s := u.shares[q.Client.Principal]
	return s == nil || s.length < max(u.params.MaxQueued/principalPart, 1) &&
		s.bytes+len(q.Operation) <= u.params.MaxQueuedBytes/principalPart
}

// line is one session's requests, in the order of arrival.
type line struct {
	client   message.ClientID
	share    *share
	requests []queued
}

type queued struct {
	request  *message.Request
	since    message.Time // when this replica heard of it, or of the present view
	starves  message.Time // the same, or when its principal was last served
	passed   int          // how many of its principal's requests were executed meanwhile
	proposed bool         // it is in a batch on its way
	expected bool         // the primary is held to it: 2f+1 others vouch for it
}

func newQueue(p Params) queue {
	return queue{params: p, lines: make(map[message.ClientID]*line), large: make(map[message.Digest]*message.Request), shares: make(map[uint32]*share)}
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
		l = u.newLine(q.Client)
	}
	l.requests = append(l.requests, queued{request: q, since: now, starves: now})
	u.length++
	u.waiting++
	u.bytes += len(q.Operation)
	l.share.length++
	l.share.bytes += len(q.Operation)
	if len(q.Operation) > u.params.LargeRequest {
		u.large[q.Digest()] = q
	}
	u.propose(&l.requests[len(l.requests)-1], proposed)
	return true
}

// newLine makes a place for the requests of a session that has none here.
func (u *queue) newLine(c message.ClientID) *line {
	s := u.shares[c.Principal]
	if s == nil {
		s = &share{principal: c.Principal}
		u.shares[c.Principal] = s
		u.turns = append(u.turns, s)
	}
	l := &line{client: c, share: s}
	u.lines[c] = l
	s.lines = append(s.lines, l)
	s.crowded = s.crowded || len(s.lines) > u.params.Sessions
	return l
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

// batch proposes the next requests: one of each principal in turn, and of its
// sessions in turn.
func (u *queue) batch() []*message.Request {
	out := make([]*message.Request, 0, min(u.waiting, u.params.BatchRequests))
	size := 0
	for skipped := 0; u.waiting > 0 && skipped < len(u.turns) && len(out) < u.params.BatchRequests; {
		s := u.turns[0]
		e := s.next()
		if e != nil && len(out) > 0 && size+len(e.request.Operation) > u.params.BatchBytes {
			break
		}
		u.turns = append(u.turns[1:], s)
		if e == nil {
			skipped++
			continue
		}
		skipped = 0
		s.turn()
		u.propose(e, true)
		out = append(out, e.request)
		size += len(e.request.Operation)
	}
	return out
}

// next is the next request of a principal that is not on its way, or nil. Its
// line is the first then.
func (s *share) next() *queued {
	for range s.lines {
		if e := s.lines[0].next(); e != nil {
			return e
		}
		s.turn()
	}
	return nil
}

func (s *share) turn() { s.lines = append(s.lines[1:], s.lines[0]) }

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
	l.share.length--
	l.share.bytes -= len(e.request.Operation)
	delete(u.large, e.request.Digest())
	l.remove(q.Timestamp)
	if len(l.requests) == 0 {
		delete(u.lines, q.Client)
		u.leave(l)
	}
}

// each calls f with everything that is queued, principals and sessions in the
// order of their turns; f must not change that.
func (u *queue) each(f func(*queued)) {
	for _, s := range u.turns {
		for _, l := range s.lines {
			for i := range l.requests {
				f(&l.requests[i])
			}
		}
	}
}

// makeRoom makes room at a backup for a request that the primary will be held
// to, if need be in the place of what it is not held to, of the same principal
// first: who can show this replica alone what looks authentic, or asks and does
// not ask again, must not keep out what all know of.
func (u *queue) makeRoom(q *message.Request) {
	for _, all := range []bool{false, true} {
		if u.find(q) != nil || u.room(q) {
			return
		}
		u.prune(func(e *queued) bool {
			return !e.expected && !e.proposed && (all || e.request.Client.Principal == q.Client.Principal)
		})
	}
}

// prune forgets requests that are of no use.
func (u *queue) prune(over func(*queued) bool) {
	var gone []*message.Request
	u.each(func(e *queued) {
		if over(e) {
			gone = append(gone, e.request)
		}
	})
	for _, q := range gone {
		u.done(q)
	}
}

// overtaken looks at the other requests of a session of which one has been
// executed. Those that are over are forgotten. The rest wait from now on: a
// client that sends the primary other requests than the backups, or more than
// its share, must not make it look as if the primary starved it. One that is
// honest fills its window with what is left out, and then nothing of its
// session is executed. If its principal has opened more sessions than can live,
// so do the requests of all of them.
func (u *queue) overtaken(c message.ClientID, now message.Time, over func(*message.Request) bool) {
	s := u.shares[c.Principal]
	if s == nil {
		return
	}
	for _, l := range s.lines {
		if s.crowded {
			l.waitFrom(now)
		}
		l.pass(now, u.params.ClientWindow*u.params.Sessions)
	}
	l := u.lines[c]
	if l == nil {
		return
	}
	l.waitFrom(now)
	for i := len(l.requests) - 1; i >= 0; i-- {
		if q := l.requests[i].request; over(q) {
			u.done(q)
		}
	}
}

func (l *line) waitFrom(now message.Time) {
	for i := range l.requests {
		l.requests[i].since, l.requests[i].starves = now, now
	}
}

// pass notes that a request of the same principal has been executed. As long as
// there may be so many before them in turn, those of this line do not starve.
func (l *line) pass(now message.Time, most int) {
	for i := range l.requests {
		e := &l.requests[i]
		if e.passed++; e.passed < most {
			e.starves = now
		}
	}
}

// leave takes a line that has become empty out of the turns, and its principal
// if that was the last.
func (u *queue) leave(l *line) {
	s := l.share
	s.lines = without(s.lines, l)
	if len(s.lines) == 0 {
		delete(u.shares, s.principal)
		u.turns = without(u.turns, s)
	}
}

func without[T comparable](list []T, gone T) []T {
	i := slices.Index(list, gone)
	return slices.Delete(list, i, i+1)
}

// again makes all requests wait once more, from now on: a new view begins.
func (u *queue) again(now message.Time) {
	u.each(func(e *queued) { e.since, e.starves, e.passed, e.proposed = now, now, 0, false })
	u.waiting = u.length
}

// oldest is when the request that has been known for longest became known, of
// those that the primary is held to and has not proposed, or, if proposed, of
// those it has proposed, too.
func (u *queue) oldest(proposed bool) (message.Time, bool) {
	var t message.Time
	u.each(func(e *queued) {
		if (proposed && e.proposed || !e.proposed && e.expected) && (t == 0 || e.since < t) {
			t = e.since
		}
	})
	return t, t != 0
}

// starving is since when the request has starved that has done so for longest,
// of those that the primary is held to and has not proposed.
func (u *queue) starving() (message.Time, bool) {
	var t message.Time
	u.each(func(e *queued) {
		if !e.proposed && e.expected && (t == 0 || e.starves < t) {
			t = e.starves
		}
	})
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

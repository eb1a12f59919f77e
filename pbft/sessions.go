package pbft

import (
	"encoding/binary"
	"sort"

	"bfs/pbft/message"
)

// standing is what the last-reply table says of a request.
type standing uint8

const (
	fresh        standing = iota // to be executed
	answered                     // executed; the reply is at hand
	acknowledged                 // executed, and the client has said that it has the reply
	expired                      // of a session that is no longer, or not, known
	outOfWindow                  // too far above the lowest unanswered timestamp
)

// sessions is the last-reply table: for every session the replies to the
// requests in its window. It is part of the replicated state and changes only
// when requests are executed.
//
// A session is opened by its first request, whose session number must be
// larger than that of every session its principal has opened before; so a
// session that was forgotten stays forgotten. Of each principal the
// Params.Sessions most recently used ones are kept.
//
// INVARIANT: principals are sorted by number, and each one's sessions by
// theirs; all session numbers are at most newest.
//
// Versions share what does not change between them: a principal or session is
// changed in place only in the epoch that made it, and copied otherwise.
type sessions struct {
	window, limit int
	epoch         uint64
	principals    []*principal
}

type principal struct {
	epoch    uint64
	number   uint32
	newest   uint64
	sessions []*session
}

type session struct {
	epoch   uint64
	id      message.ClientID
	low     message.Timestamp // all below are executed and acknowledged
	used    message.Time      // ordered time of its last request
	replies []reply           // by timestamp modulo the window
	digest  message.Digest
	hashed  bool // digest is up to date
}

// reply is a remembered reply; a timestamp of 0 stands for none.
type reply struct {
	timestamp message.Timestamp
	position  message.Sequence
	digest    message.Digest
	result    []byte // not nil, but while the table is being fetched
}

func newSessions(p Params) sessions {
	return sessions{window: p.ClientWindow, limit: p.Sessions, epoch: 1}
}

// version returns the table as it is; later changes do not reach it.
func (t *sessions) version() sessions {
	v := *t
	v.principals = append([]*principal(nil), t.principals...)
	t.epoch++
	return v
}

// restore makes a version the current table again.
func (t *sessions) restore(v sessions) {
	t.principals = append([]*principal(nil), v.principals...)
	t.epoch++
}

// look says how a request stands, without changing anything.
func (t *sessions) look(q *message.Request) (*reply, standing) {
	p := t.principal(q.Client.Principal)
	if p == nil {
		return nil, fresh
	}
	s := p.find(q.Client.Session)
	if s == nil {
		if q.Client.Session <= p.newest {
			return nil, expired
		}
		return nil, fresh
	}
	return s.look(q.Timestamp, max(s.low, q.Ack), t.window)
}

// begin says how a request that is being executed stands; if it is fresh the
// caller executes it and calls finish. It opens the session and forgets the
// replies that the request acknowledges.
func (t *sessions) begin(q *message.Request, now message.Time) (*reply, standing) {
	s := t.use(q.Client)
	if s == nil {
		return nil, expired
	}
	s.used, s.hashed = now, false
	for ; s.low < q.Ack; s.low++ {
		// Beyond a window there is nothing to forget.
		if q.Ack-s.low <= message.Timestamp(t.window) {
			s.replies[s.low%message.Timestamp(t.window)] = reply{}
		} else {
			clear(s.replies)
			s.low = q.Ack - 1
		}
	}
	return s.look(q.Timestamp, s.low, t.window)
}

// finish remembers the result of a fresh request, after begin.
func (t *sessions) finish(q *message.Request, at message.Sequence, result []byte) *reply {
	s := t.use(q.Client)
	e := &s.replies[q.Timestamp%message.Timestamp(t.window)]
	if result == nil {
		result = []byte{} // nil stands for one that has yet to be fetched
	}
	*e = reply{timestamp: q.Timestamp, position: at, digest: message.ResultDigest(result), result: result}
	return e
}

// floor is the lowest number that a principal's next session can have.
func (t *sessions) floor(number uint32) uint64 {
	if p := t.principal(number); p != nil {
		return p.newest + 1
	}
	return 1
}

// count is the number of sessions.
func (t *sessions) count() int {
	n := 0
	for _, p := range t.principals {
		n += len(p.sessions)
	}
	return n
}

// page is what the table's digest is taken of; it covers the whole table.
func (t *sessions) page() []byte {
	h := newHash(labelSessions)
	for _, p := range t.principals {
		h.uint(uint64(p.number))
		h.uint(p.newest)
		h.uint(uint64(len(p.sessions)))
		for _, s := range p.sessions {
			d := s.sum()
			h.bytes(d[:])
		}
	}
	return h.buf
}

// byDigest finds a session by its digest.
func (t *sessions) byDigest(d message.Digest) *session {
	for _, p := range t.principals {
		for _, s := range p.sessions {
			if s.sum() == d {
				return s
			}
		}
	}
	return nil
}

// result finds a remembered result by its digest.
func (t *sessions) result(d message.Digest) []byte {
	for _, p := range t.principals {
		for _, s := range p.sessions {
			for i := range s.replies {
				if s.replies[i].digest == d && s.replies[i].timestamp != 0 {
					return s.replies[i].result
				}
			}
		}
	}
	return nil
}

// principal finds a principal, or nil.
func (t *sessions) principal(number uint32) *principal {
	if i, ok := t.search(number); ok {
		return t.principals[i]
	}
	return nil
}

func (t *sessions) search(number uint32) (int, bool) {
	i := sort.Search(len(t.principals), func(i int) bool { return t.principals[i].number >= number })
	return i, i < len(t.principals) && t.principals[i].number == number
}

// use returns a session that may be changed, opening it if it is new; nil if
// it is expired.
func (t *sessions) use(id message.ClientID) *session {
	i, ok := t.search(id.Principal)
	if !ok {
		t.principals = append(t.principals, nil)
		copy(t.principals[i+1:], t.principals[i:])
		t.principals[i] = &principal{epoch: t.epoch, number: id.Principal}
	}
	p := t.principals[i]
	if p.find(id.Session) == nil && id.Session <= p.newest {
		return nil
	}
	if p.epoch != t.epoch {
		c := *p
		c.epoch, c.sessions = t.epoch, append([]*session(nil), p.sessions...)
		p = &c
		t.principals[i] = p
	}
	return p.use(t, id)
}

func (p *principal) search(number uint64) (int, bool) {
	i := sort.Search(len(p.sessions), func(i int) bool { return p.sessions[i].id.Session >= number })
	return i, i < len(p.sessions) && p.sessions[i].id.Session == number
}

func (p *principal) find(number uint64) *session {
	if i, ok := p.search(number); ok {
		return p.sessions[i]
	}
	return nil
}

// use returns a session of a principal that may be changed.
func (p *principal) use(t *sessions, id message.ClientID) *session {
	i, ok := p.search(id.Session)
	if !ok {
		if len(p.sessions) >= t.limit {
			p.evict()
		}
		p.newest = id.Session // the largest, so it comes last
		s := &session{epoch: t.epoch, id: id, low: 1, replies: make([]reply, t.window)}
		p.sessions = append(p.sessions, s)
		return s
	}
	s := p.sessions[i]
	if s.epoch != t.epoch {
		c := *s
		c.epoch, c.replies = t.epoch, append([]reply(nil), s.replies...)
		s = &c
		p.sessions[i] = s
	}
	return s
}

// evict forgets the session that was idle for longest.
func (p *principal) evict() {
	oldest := 0
	for i, s := range p.sessions {
		if s.used < p.sessions[oldest].used {
			oldest = i
		}
	}
	p.sessions = append(p.sessions[:oldest], p.sessions[oldest+1:]...)
}

// look says how a timestamp stands if all below low are acknowledged.
func (s *session) look(ts, low message.Timestamp, window int) (*reply, standing) {
	e := &s.replies[ts%message.Timestamp(window)]
	switch {
	case ts < s.low:
		return nil, acknowledged
	case e.timestamp == ts:
		return e, answered
	case ts-low >= message.Timestamp(window) && ts >= low:
		return nil, outOfWindow
	}
	return nil, fresh
}

// sum is the session's digest, kept until the session changes.
func (s *session) sum() message.Digest {
	if s.hashed {
		return s.digest
	}
	s.digest, s.hashed = message.Sum(s.page()), true
	return s.digest
}

// page is what the session's digest is taken of.
func (s *session) page() []byte {
	h := newHash(labelSession)
	h.uint(uint64(s.id.Principal))
	h.uint(s.id.Session)
	h.uint(uint64(s.low))
	h.uint(uint64(s.used))
	for i := range s.replies {
		if e := &s.replies[i]; e.timestamp != 0 {
			h.uint(uint64(e.timestamp))
			h.uint(uint64(e.position))
			h.bytes(e.digest[:])
		}
	}
	return h.buf
}

// hash collects what goes into a digest: labelled, every part of fixed size.
type hash struct{ buf []byte }

func newHash(label string) *hash { return &hash{buf: append(make([]byte, 0, 512), label...)} }

func (h *hash) uint(v uint64) { h.buf = binary.BigEndian.AppendUint64(h.buf, v) }

func (h *hash) bytes(b []byte) { h.buf = append(h.buf, b...) }

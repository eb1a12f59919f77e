package pbft

import (
	"encoding/binary"
	"math"

	"bfs/pbft/message"
)

// The replicated state as pages: a root page names the service's state and the
// last-reply table; below the table hang a page for each session and one for
// each result that it remembers. The first byte of a path tells the kinds apart.
const (
	pageRoot     = 'r' // label, executed, clock, digests of service and table
	pageSessions = 't' // label, principals with the digests of their sessions
	pageSession  = 's' // label, one session with the digests of its results
	pageResult   = 'v' // a result
	pageService  = 'x' // a page of the service's; the rest of the path is its path
)

const (
	labelState    = "bfs/state"
	labelSessions = "bfs/sessions"
	labelSession  = "bfs/session"
)

// page returns a page of a checkpoint's state, or nil.
func (r *Replica) page(c *checkpoint, id PageID) []byte {
	if id.Path == "" {
		return nil
	}
	switch id.Path[0] {
	case pageRoot:
		return ifDigest(c.root, id.Digest)
	case pageSessions:
		return ifDigest(c.version.sessions.page(), id.Digest)
	case pageSession:
		if s := c.version.sessions.byDigest(id.Digest); s != nil {
			return s.page()
		}
	case pageResult:
		return c.version.sessions.result(id.Digest)
	case pageService:
		return r.service.Page(c.version.service, PageID{Path: id.Path[1:], Digest: id.Digest})
	}
	return nil
}

func ifDigest(page []byte, d message.Digest) []byte {
	if message.Sum(page) != d {
		return nil
	}
	return page
}

// assembly builds a checkpoint's state from pages. Only pages whose digest is
// that of the root, or is named in a page that has been checked, are taken.
type assembly struct {
	pages   Pages
	params  Params
	target  message.Entry // a checkpoint that f+1 replicas have
	root    *rootPage
	service Assembly
	table   *sessions // without the sessions that are missing
	// sessions and results that have been checked, by their digest; they may
	// serve again when the target moves on.
	sessions map[message.Digest]*session
	results  map[message.Digest][]byte
	bytes    uint64
	count    uint64
}

// rootPage is what the root page says.
type rootPage struct {
	executed          message.Sequence
	clock             message.Time
	service, sessions message.Digest
}

func newAssembly(p Params, pages Pages, target message.Entry, current sessions) *assembly {
	a := &assembly{
		pages: pages, params: p, target: target,
		sessions: make(map[message.Digest]*session),
		results:  make(map[message.Digest][]byte),
	}
	for _, q := range current.principals {
		for _, s := range q.sessions {
			a.keep(s)
		}
	}
	return a
}

// keep remembers a session that has all its results.
func (a *assembly) keep(s *session) {
	a.sessions[s.sum()] = s
	for i := range s.replies {
		if e := &s.replies[i]; e.timestamp != 0 && e.result != nil {
			a.results[e.digest] = e.result
		}
	}
}

// retarget aims at a later checkpoint.
func (a *assembly) retarget(target message.Entry) {
	a.target, a.root, a.table = target, nil, nil
}

// missing appends to ids up to limit pages that are needed next.
func (a *assembly) missing(ids []PageID, limit int) []PageID {
	if a.root == nil {
		return append(ids, PageID{Path: string(pageRoot), Digest: a.target.Digest})
	}
	end := len(ids) + limit
	if a.table == nil {
		ids = append(ids, PageID{Path: string(pageSessions), Digest: a.root.sessions})
	} else {
		ids = a.missingSessions(ids, end)
	}
	if len(ids) >= end {
		return ids
	}
	first := len(ids)
	ids = a.service.Missing(ids, end-first)
	for i := first; i < len(ids); i++ {
		ids[i].Path = string(pageService) + ids[i].Path
	}
	return ids
}

func (a *assembly) missingSessions(ids []PageID, end int) []PageID {
	for _, p := range a.table.principals {
		for _, want := range p.sessions {
			if len(ids) >= end {
				return ids
			}
			s, ok := a.sessions[want.digest]
			if !ok {
				ids = append(ids, PageID{Path: string(pageSession), Digest: want.digest})
				continue
			}
			ids = a.missingResults(s, ids, end)
		}
	}
	return ids
}

func (a *assembly) missingResults(s *session, ids []PageID, end int) []PageID {
	for i := range s.replies {
		e := &s.replies[i]
		if e.timestamp == 0 || e.result != nil || len(ids) >= end {
			continue
		}
		if e.result = a.results[e.digest]; e.result == nil {
			ids = append(ids, PageID{Path: string(pageResult), Digest: e.digest})
		}
	}
	return ids
}

// supply takes a page; it is false if the bytes are not the page.
func (a *assembly) supply(id PageID, data []byte) bool {
	if id.Path == "" || !a.take(id, data) {
		return false
	}
	a.count++
	a.bytes += uint64(len(data))
	return true
}

func (a *assembly) take(id PageID, data []byte) bool {
	switch id.Path[0] {
	case pageService:
		return a.service != nil && a.service.Supply(PageID{Path: id.Path[1:], Digest: id.Digest}, data)
	case pageResult:
		if message.ResultDigest(data) != id.Digest || len(data) > a.params.MaxResult {
			return false
		}
		a.results[id.Digest] = append(make([]byte, 0, len(data)), data...)
		return true
	}
	if message.Sum(data) != id.Digest {
		return false
	}
	switch id.Path[0] {
	case pageRoot:
		return id.Digest == a.target.Digest && a.takeRoot(data)
	case pageSessions:
		return a.root != nil && id.Digest == a.root.sessions && a.takeTable(data)
	case pageSession:
		return a.takeSession(data)
	}
	return false
}

func (a *assembly) takeRoot(data []byte) bool {
	root, ok := readRoot(data)
	if !ok || root.executed != a.target.Sequence {
		return false
	}
	a.root = &root
	if a.service == nil {
		a.service = a.pages.Assemble(root.service)
	} else {
		a.service.Retarget(root.service)
	}
	return true
}

func readRoot(data []byte) (rootPage, bool) {
	p := page{rest: data}
	p.label(labelState)
	root := rootPage{executed: message.Sequence(p.uint()), clock: message.Time(p.uint())}
	root.service, root.sessions = p.digest(), p.digest()
	return root, p.done()
}

func (a *assembly) takeTable(data []byte) bool {
	p := page{rest: data}
	p.label(labelSessions)
	t := &sessions{window: a.params.ClientWindow, limit: a.params.Sessions, epoch: 1}
	for !p.failed && len(p.rest) > 0 {
		q := &principal{number: p.principal(), newest: p.uint()}
		n := p.uint()
		if n > uint64(a.params.Sessions) {
			return false
		}
		for range n {
			q.sessions = append(q.sessions, &session{digest: p.digest(), hashed: true})
		}
		t.principals = append(t.principals, q)
	}
	if !p.done() {
		return false
	}
	a.table = t
	return true
}

func (a *assembly) takeSession(data []byte) bool {
	p := page{rest: data}
	p.label(labelSession)
	s := &session{replies: make([]reply, a.params.ClientWindow)}
	s.id = message.ClientID{Principal: p.principal(), Session: p.uint()}
	s.low, s.used = message.Timestamp(p.uint()), message.Time(p.uint())
	for n := 0; !p.failed && len(p.rest) > 0; n++ {
		e := reply{timestamp: message.Timestamp(p.uint()), position: message.Sequence(p.uint()), digest: p.digest()}
		if n >= a.params.ClientWindow || e.timestamp == 0 {
			return false
		}
		s.replies[e.timestamp%message.Timestamp(a.params.ClientWindow)] = e
	}
	if !p.done() {
		return false
	}
	a.sessions[s.sum()] = s
	return true
}

// complete says whether nothing is missing.
func (a *assembly) complete() bool { return len(a.missing(nil, 1)) == 0 }

// version is the state that has been put together, when it is complete.
func (a *assembly) version() version {
	t := newSessions(a.params)
	for _, p := range a.table.principals {
		q := &principal{number: p.number, newest: p.newest}
		for _, want := range p.sessions {
			q.sessions = append(q.sessions, a.sessions[want.digest])
		}
		t.principals = append(t.principals, q)
	}
	return version{service: a.service.Version(), sessions: t, clock: a.root.clock}
}

// page reads fields of fixed size off a page.
type page struct {
	rest   []byte
	failed bool
}

func (p *page) take(n int) []byte {
	if len(p.rest) < n {
		p.failed, p.rest = true, nil
		return make([]byte, n)
	}
	b := p.rest[:n]
	p.rest = p.rest[n:]
	return b
}

func (p *page) label(s string) {
	if string(p.take(len(s))) != s {
		p.failed = true
	}
}

func (p *page) uint() uint64 { return binary.BigEndian.Uint64(p.take(8)) }

// principal is a number that fits; a page has one encoding.
func (p *page) principal() uint32 {
	n := p.uint()
	p.failed = p.failed || n > math.MaxUint32
	return uint32(n)
}

func (p *page) digest() (d message.Digest) {
	copy(d[:], p.take(len(d)))
	return d
}

func (p *page) done() bool { return !p.failed && len(p.rest) == 0 }

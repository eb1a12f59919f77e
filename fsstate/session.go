package fsstate

import (
	"encoding/binary"

	"bfs/fsstate/trie"
)

// sessionTable records which sessions hold which inodes open. A session is in
// it while it holds any.
type sessionTable struct {
	principals trie.Map[principal] // by Session.Principal
	count      uint64              // sessions, of all principals
	opens      uint64              // inodes that each holds, the expired too, in sum
	// leases are the sessions in the order of their last renewal, by turn.
	leases trie.Map[lease]
	// expired are what expired sessions held, still to be given back.
	expired  trie.Map[openSet]
	nextTurn uint64 // key of the next row of leases or expired
}

// principal has the sessions of one principal, by Session.Number.
type principal struct{ sessions trie.Map[session] }

// session is one session that holds something open.
type session struct {
	renewed int64  // when its lease began
	turn    uint64 // its row in leases
	opens   openSet
}

// openSet is opens by Ino. Its number is never used twice: what a session that
// has expired held is not what it holds in its next life.
type openSet struct {
	life   uint64
	counts trie.Map[openCount]
}

// lease is a session's row in the order of renewals.
type lease struct{ session Session }

func appendUint32s(dst []byte, values ...uint32) []byte {
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint32(dst, v)
	}
	return dst
}

func appendUint64s(dst []byte, values ...uint64) []byte {
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint64(dst, v)
	}
	return dst
}

// AppendLeaf appends the canonical bytes.
func (p principal) AppendLeaf(dst []byte) []byte {
	digest := p.sessions.Digest()
	return append(dst, digest[:]...)
}

// AppendLeaf appends the canonical bytes.
func (r session) AppendLeaf(dst []byte) []byte {
	return r.opens.AppendLeaf(appendUint64s(dst, uint64(r.renewed), r.turn))
}

// AppendLeaf appends the canonical bytes.
func (o openSet) AppendLeaf(dst []byte) []byte {
	digest := o.counts.Digest()
	return append(appendUint64s(dst, o.life), digest[:]...)
}

// AppendLeaf appends the canonical bytes.
func (l lease) AppendLeaf(dst []byte) []byte {
	dst = appendUint32s(dst, l.session.Principal)
	return appendUint64s(dst, l.session.Number)
}

// get returns a session's row, if it has one.
func (t *sessionTable) get(id Session) (session, bool) {
	p, ok := t.principals.Get(uint64(id.Principal))
	if !ok {
		return session{}, false
	}
	return p.sessions.Get(id.Number)
}

// edit returns a session's row for changing. It must exist. The pointer is
// good until the next change of the table.
func (t *sessionTable) edit(e trie.Epoch, id Session) *session {
	return t.principals.Edit(e, uint64(id.Principal)).sessions.Edit(e, id.Number)
}

// add gives a new session a row.
func (t *sessionTable) add(e trie.Epoch, id Session, now int64) {
	key := uint64(id.Principal)
	if _, ok := t.principals.Get(key); !ok {
		t.principals.Set(e, key, principal{})
	}
	r := session{renewed: now, turn: t.takeTurn(), opens: openSet{life: t.takeTurn()}}
	t.principals.Edit(e, key).sessions.Set(e, id.Number, r)
	t.leases.Set(e, r.turn, lease{id})
	t.count++
}

// remove takes a session's row out and returns what it holds.
func (t *sessionTable) remove(e trie.Epoch, id Session) openSet {
	r, _ := t.get(id)
	key := uint64(id.Principal)
	p := t.principals.Edit(e, key)
	p.sessions.Delete(e, id.Number)
	if p.sessions.Len() == 0 {
		t.principals.Delete(e, key)
	}
	t.leases.Delete(e, r.turn)
	t.count--
	return r.opens
}

func (t *sessionTable) takeTurn() uint64 {
	t.nextTurn++
	return t.nextTurn - 1
}

// held returns how the session holds ino.
func (s *State) held(id Session, ino Ino) openCount {
	r, _ := s.sessions.get(id)
	o, _ := r.opens.counts.Get(uint64(ino))
	return o
}

// holds tells whether the session has ino open for any purpose of mode.
func (s *State) holds(id Session, ino Ino, mode OpenMode) bool {
	o := s.held(id, ino)
	return mode&OpenRead != 0 && o.readers > 0 ||
		mode&OpenWrite != 0 && o.writers > 0 ||
		mode&OpenExec != 0 && o.execs > 0
}

// roomToOpen tells whether the session may open ino once more.
func (s *State) roomToOpen(id Session, ino Ino) Status {
	t := &s.sessions
	p, _ := t.principals.Get(uint64(id.Principal))
	r, ok := p.sessions.Get(id.Number)
	if !ok && (t.count >= MaxSessions || p.sessions.Len() >= MaxSessionsEach) {
		return TooManyOpen
	}
	o, ok := r.opens.counts.Get(uint64(ino))
	if o.full() || !ok && (r.opens.counts.Len() >= MaxOpens || t.opens >= MaxOpensAll) {
		return TooManyOpen
	}
	return OK
}

// hold records an open, for which there is room.
func (s *State) hold(id Session, ino Ino, mode OpenMode) {
	t := &s.sessions
	if _, ok := t.get(id); !ok {
		t.add(s.epoch, id, s.clock)
	}
	counts := &t.edit(s.epoch, id).opens.counts
	if _, ok := counts.Get(uint64(ino)); !ok {
		counts.Set(s.epoch, uint64(ino), openCount{})
		if !ino.isSaved() {
			n := s.edit(ino)
			s.wake(n)
			n.openers++
		}
		t.opens++
	}
	counts.Edit(s.epoch, uint64(ino)).add(mode, 1)
}

// letGo gives back an open that the session has.
func (s *State) letGo(id Session, ino Ino, mode OpenMode) {
	opens := &s.sessions.edit(s.epoch, id).opens
	life, counts := opens.life, &opens.counts
	o := counts.Edit(s.epoch, uint64(ino))
	o.add(mode, ^uint32(0))
	if *o != (openCount{}) {
		return
	}
	counts.Delete(s.epoch, uint64(ino))
	if counts.Len() == 0 {
		s.sessions.remove(s.epoch, id)
	}
	s.dropLocks(life, ino)
	s.dropOpener(ino)
}

package fsstate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// mLocks are the locks of a file and who waits, the first to come first.
type mLocks struct{ held, queue []mLock }

type mLock struct {
	by *mSession
	Lock
	ticket uint64
}

func (m *model) locksOf(ino Ino) *mLocks {
	if f := m.locks[ino]; f != nil {
		return f
	}
	return &mLocks{}
}

func (a mLock) sameOwner(b mLock) bool {
	return a.by == b.by && a.Owner == b.Owner && a.Kind == b.Kind
}

func (a mLock) against(b mLock) bool {
	return a.Kind == b.Kind && !a.sameOwner(b) && a.Type+b.Type > 0 && max(a.Start, b.Start) <= min(a.End, b.End)
}

func (f *mLocks) blockers(l mLock) (out []mLock) {
	for _, h := range f.held {
		if h.against(l) {
			out = append(out, h)
		}
	}
	return out
}

// set makes bytes of a file locked as l says: it finds what every stretch
// between two ends of the owner's locks is locked as, and joins stretches.
func (f *mLocks) set(l mLock) {
	own := slices.DeleteFunc(slices.Clone(f.held), func(h mLock) bool { return !h.sameOwner(l) })
	ends := []uint64{l.Start, l.End + 1}
	for _, h := range own {
		ends = append(ends, h.Start, h.End+1)
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	f.held = slices.DeleteFunc(f.held, func(h mLock) bool { return h.sameOwner(l) })
	first := len(f.held)
	for i := range len(ends) - 1 {
		s := mLock{by: l.by, Lock: l.Lock}
		s.Type = Unlock
		for _, h := range append(slices.Clone(own), l) {
			if h.Start <= ends[i] && ends[i] <= h.End {
				s.Type, s.PID = h.Type, h.PID
			}
		}
		s.Start, s.End = ends[i], ends[i+1]-1
		if s.Type != Unlock {
			f.join(s, first, l)
		}
	}
}

// join adds a stretch to the last one of the owner, those from first on, if
// they are of a piece. What is joined to l has l's PID.
func (f *mLocks) join(s mLock, first int, l mLock) {
	if n := len(f.held); n > first && f.held[n-1].Type == s.Type && f.held[n-1].End+1 == s.Start {
		last := &f.held[n-1]
		if s.Type == l.Type {
			last.PID = l.PID
		}
		last.End = s.End
		return
	}
	f.held = append(f.held, s)
}

func (m *model) grantLocks(ino Ino) {
	f := m.locksOf(ino)
	for i := 0; i < len(f.queue); i++ {
		if l := f.queue[i]; len(f.blockers(l)) == 0 {
			f.queue = slices.Delete(f.queue, i, i+1)
			f.set(l)
			i = -1
		}
	}
	if len(f.held)+len(f.queue) == 0 {
		delete(m.locks, ino)
	}
}

func (m *model) dropLocks(by *mSession, ino Ino) {
	f := m.locksOf(ino)
	f.held = slices.DeleteFunc(f.held, func(l mLock) bool { return l.by == by })
	f.queue = slices.DeleteFunc(f.queue, func(l mLock) bool { return l.by == by })
	m.grantLocks(ino)
}

// waitsFor tells whether a waits for b, whoever is between them.
func (m *model) waitsFor(a, b mLock, seen []mLock) bool {
	if slices.ContainsFunc(seen, a.sameOwner) {
		return false
	}
	seen = append(seen, a)
	for _, f := range m.locks {
		for _, w := range f.queue {
			if !w.sameOwner(a) {
				continue
			}
			for _, h := range f.blockers(w) {
				if h.sameOwner(b) || m.waitsFor(h, b, seen) {
					return true
				}
			}
		}
	}
	return false
}

func (m *model) checkLock(c *Context, ino Ino, l Lock) Status {
	o := m.opens(c.Session, ino)
	switch {
	case l.Kind > 1 || l.Type > 2 || l.Start > l.End || l.End > 1<<63-1,
		l.Kind == 1 && l.End-l.Start != 1<<63-1:
		return Inval
	case m.seen(ino) == nil:
		return Stale
	case o == mOpens{}:
		return NotOpen
	}
	return OK
}

func (m *model) SetLock(c *Context, ino Ino, l Lock, wait bool) (uint64, Status) {
	if st := m.start(c, true); st != OK {
		return 0, st
	}
	if st := m.checkLock(c, ino, l); st != OK {
		return 0, st
	}
	if l.Kind == 0 && l.Type < 2 && m.opens(c.Session, ino)[l.Type] == 0 {
		return 0, NotOpen
	}
	f := m.locksOf(ino)
	m.locks[ino] = f
	defer m.grantLocks(ino)
	row := mLock{by: m.session(c.Session), Lock: l}
	blockers := f.blockers(row)
	if l.Type == Unlock || len(blockers) == 0 {
		f.set(row)
		return 0, OK
	}
	if l.Kind == 1 {
		f.held = slices.DeleteFunc(f.held, row.sameOwner)
		m.grantLocks(ino)
	}
	if !wait {
		return 0, Locked
	}
	for _, h := range blockers {
		if l.Kind == 0 && m.waitsFor(h, row, nil) {
			return 0, Deadlock
		}
	}
	m.tickets++
	row.ticket = m.tickets
	f.queue = append(f.queue, row)
	return row.ticket, OK
}

func (m *model) GetLock(c *Context, ino Ino, l Lock) (Lock, Status) {
	if st := m.start(c, false); st != OK {
		return Lock{}, st
	}
	if l.Type == Unlock {
		return Lock{}, Inval
	}
	if st := m.checkLock(c, ino, l); st != OK {
		return Lock{}, st
	}
	own := m.session(c.Session)
	var all []Lock
	for _, h := range m.locksOf(ino).blockers(mLock{by: own, Lock: l}) {
		if h.Owner = 0; h.by != own {
			h.PID = 0
		}
		all = append(all, h.Lock)
	}
	if len(all) == 0 {
		return Lock{Type: Unlock}, OK
	}
	return slices.MinFunc(all, func(a, b Lock) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Type, b.Type), cmp.Compare(b.PID, a.PID))
	}), OK
}

func (m *model) CancelLock(c *Context, ticket uint64) (bool, Status) {
	if st := m.start(c, true); st != OK {
		return false, st
	}
	for _, f := range m.locks {
		for i, w := range f.queue {
			if w.ticket == ticket && w.by == m.session(c.Session) {
				f.queue = slices.Delete(f.queue, i, i+1)
				return true, OK
			}
		}
	}
	return false, OK
}

func (m *model) LockWaits(c *Context) (LockWaits, Status) {
	if st := m.start(c, c.ReadOnly && len(m.expired) > 0); st != OK {
		return LockWaits{}, st
	}
	var w LockWaits
	for _, f := range m.locks {
		for _, l := range f.queue {
			if r := m.session(c.Session); r != nil && l.by == r {
				w.Tickets = append(w.Tickets, l.ticket)
			}
		}
	}
	slices.Sort(w.Tickets)
	return w, OK
}

// nthWait returns a ticket of the session: the n-th, or none.
func nthWait(f files, id Session, n int) uint64 {
	var tickets []uint64
	switch f := f.(type) {
	case *State:
		l, _ := f.locks.lives.Get(f.lifeOf(id))
		for ticket := range l.waits.Ascend(0) {
			tickets = append(tickets, ticket)
		}
	case *model:
		for _, l := range f.locks {
			for _, w := range l.queue {
				if w.by.id == id && w.by == f.session(id) {
					tickets = append(tickets, w.ticket)
				}
			}
		}
		slices.Sort(tickets)
	}
	if n < len(tickets) {
		return tickets[n]
	}
	return 0
}

// compareLocks returns how the locks of the state differ from the model's.
func compareLocks(s *State, m *model) error {
	names := map[uint64]string{}
	for number, p := range s.sessions.principals.Ascend(0) {
		for id, r := range p.sessions.Ascend(0) {
			names[r.opens.life] = fmt.Sprintf("%d/%d", number, id)
		}
	}
	expired := 0
	for _, set := range s.sessions.expired.Ascend(0) {
		names[set.life] = fmt.Sprint("expired ", expired)
		expired++
	}
	mNames := map[*mSession]string{}
	for _, r := range m.sessions {
		mNames[r] = fmt.Sprintf("%d/%d", r.id.Principal, r.id.Number)
	}
	for i, r := range m.expired {
		mNames[r] = fmt.Sprint("expired ", i)
	}
	if s.locks.files.Len() != len(m.locks) {
		return fmt.Errorf("%d inodes have locks, want %d", s.locks.files.Len(), len(m.locks))
	}
	for _, ino := range slices.Sorted(maps.Keys(m.locks)) {
		f, want := s.lockedAt(ino), m.locks[ino]
		var held, wantHeld, queue, wantQueue []string
		for _, h := range f.held.Ascend(0) {
			held = append(held, fmt.Sprint(names[h.life], h.Lock))
		}
		for _, h := range want.held {
			wantHeld = append(wantHeld, fmt.Sprint(mNames[h.by], h.Lock))
		}
		for _, w := range f.queue.Ascend(0) {
			queue = append(queue, fmt.Sprint(names[w.life], w.Lock))
		}
		for _, w := range want.queue {
			wantQueue = append(wantQueue, fmt.Sprint(mNames[w.by], w.Lock))
		}
		slices.Sort(held)
		slices.Sort(wantHeld)
		if !slices.Equal(held, wantHeld) || !slices.Equal(queue, wantQueue) {
			return fmt.Errorf("locks of %d: %q, queue %q; want %q, queue %q", ino, held, queue, wantHeld, wantQueue)
		}
	}
	return nil
}

func (s *State) lockedAt(ino Ino) fileLocks {
	f, _ := s.locks.files.Get(uint64(ino))
	return f
}

var lockEnds = []uint64{0, 0, 1, 5, 9, 10, 10, 11, 20, 21, 1 << 40, 1<<63 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1}

// decodeLock makes mostly locks that are valid.
func decodeLock(b []byte) Lock {
	l := Lock{
		Kind: LockKind(b[4] % 8 / 6), Type: LockType(b[5] % 3), Owner: uint64(b[6] % 3), PID: uint32(b[6] % 5),
		Start: lockEnds[int(b[7])%len(lockEnds)], End: lockEnds[int(b[8])%len(lockEnds)],
	}
	if b[9]%16 > 0 && l.Start > l.End {
		l.Start, l.End = l.End, l.Start
	}
	if b[9]%16 > 1 {
		l.End = min(l.End, MaxSize)
		l.Start = min(l.Start, l.End)
	}
	if l.Kind == FileLock && b[9]%16 > 1 {
		l.Start, l.End = 0, MaxSize
	}
	if b[9] == 1 {
		l.Kind, l.Type = LockKind(b[7]), LockType(b[8])
	}
	return l
}

// chooseOpen prefers the few inodes that the session has open.
func (o *op) chooseOpen(m *model) []Ino {
	r := m.session(o.c.Session)
	if r == nil {
		return []Ino{1}
	}
	return slices.Sorted(maps.Keys(r.opens))
}

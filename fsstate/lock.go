package fsstate

// LockKind tells the two families of locks apart, which do not see each other.
type LockKind uint32

const (
	// RecordLock: fcntl(2)'s, of a range of bytes, for a process or for an
	// open file description.
	RecordLock LockKind = iota
	// FileLock: flock(2)'s, of a file, for an open file description.
	FileLock
)

// LockType is what a lock is for, with fcntl(2)'s numbers.
type LockType uint32

const (
	// LockShared: no other owner may have it exclusively (F_RDLCK, LOCK_SH).
	LockShared LockType = iota
	// LockExclusive: no other owner may have it at all (F_WRLCK, LOCK_EX).
	LockExclusive
	// Unlock: none; what a request gives back, or a query has not found.
	Unlock
)

// Lock is a lock on a file, or a request for one.
type Lock struct {
	Kind  LockKind
	Type  LockType
	Start uint64 // first byte
	End   uint64 // last byte, MaxSize for all there may ever be
	// Owner is who has it: any number, of the session's choice. One owner
	// never stands in its own way.
	Owner uint64
	PID   uint32 // of the process that asked, for GetLock
}

// LockWaits is which requests for locks a session waits with.
type LockWaits struct {
	// Since is the least ticket that the session can have been given since it
	// began to hold anything: one below it is lost, with all the session held.
	Since uint64
	// Tickets are those that wait, the oldest first. One that is not among
	// them, and not below Since, has been granted.
	Tickets []uint64
}

// wholeFile tells whether the lock is of all bytes.
func (l *Lock) wholeFile() bool { return l.Start == 0 && l.End == MaxSize }

func (l *Lock) valid() bool {
	return l.Kind <= FileLock && l.Type <= Unlock && l.Start <= l.End && l.End <= MaxSize &&
		(l.Kind == RecordLock || l.wholeFile())
}

func (l *Lock) overlaps(o *Lock) bool { return l.Start <= o.End && o.Start <= l.End }

// SetLock gives the session's owner l.Owner the lock l on ino, in place of what
// it has there in the same bytes, or takes that away if l.Type is Unlock. The
// session must have ino open: for reading to share a RecordLock, for writing to
// have it exclusively, else anyhow.
//
// When a lock of another owner is in the way the answer is Locked; but with
// wait the request joins the queue of ino, unless that would be a Deadlock, and
// the answer is its ticket, which is not 0. See LockWaits. NoLocks if a bound
// on locks or waits is reached.
//
// A FileLock that the owner has already, in the other type, is given up when
// another one's is in the way, as flock(2) does it: it is lost even if the
// request then fails.
func (s *State) SetLock(c *Context, ino Ino, l Lock, wait bool) (ticket uint64, status Status) {
	if status := s.beginChange(c); status != OK {
		return 0, status
	}
	if !l.valid() {
		return 0, Inval
	}
	if status := s.mayLock(c.Session, ino, &l); status != OK {
		return 0, status
	}
	row := lockRow{s.lifeOf(c.Session), l}
	if l.Type == Unlock || !s.locks.inTheWay(ino, &row) {
		return 0, s.place(ino, &row)
	}
	if l.Kind == FileLock {
		s.giveUp(ino, &row)
	}
	if !wait {
		return 0, Locked
	}
	if l.Kind == RecordLock && s.locks.deadlocks(ino, &row) {
		return 0, Deadlock
	}
	return s.enqueue(ino, &row)
}

// mayLock tells whether the session has ino open as the lock needs it.
func (s *State) mayLock(id Session, ino Ino, l *Lock) Status {
	if _, status := s.view(ino); status != OK {
		return status
	}
	o := s.held(id, ino)
	if o == (openCount{}) ||
		l.Kind == RecordLock && l.Type == LockShared && o.readers == 0 ||
		l.Kind == RecordLock && l.Type == LockExclusive && o.writers == 0 {
		return NotOpen
	}
	return OK
}

// giveUp takes the lock of a file away from the owner of row.
func (s *State) giveUp(ino Ino, row *lockRow) {
	none := *row
	none.Type = Unlock
	x := s.locks.rearrange(ino, &none)
	s.carryOut(ino, &x)
	s.grantWaits(ino)
}

// GetLock returns a lock that would be in the way of l, the one that begins
// first, or one of type Unlock if there is none. Its PID is 0 if another
// session has it.
func (s *State) GetLock(c *Context, ino Ino, l Lock) (Lock, Status) {
	if status := s.begin(c); status != OK {
		return Lock{}, status
	}
	if !l.valid() || l.Type == Unlock {
		return Lock{}, Inval
	}
	if _, status := s.view(ino); status != OK {
		return Lock{}, status
	}
	if s.held(c.Session, ino) == (openCount{}) {
		return Lock{}, NotOpen
	}
	life := s.lifeOf(c.Session)
	row, found := lockRow{life, l}, Lock{Type: Unlock}
	for h := range s.locks.conflicts(ino, &row) {
		shown := h.Lock
		shown.Owner = 0
		if h.life != life {
			shown.PID = 0
		}
		if found.Type == Unlock || shown.before(&found) {
			found = shown
		}
	}
	return found, OK
}

// before is the order in which GetLock prefers what it shows.
func (l *Lock) before(o *Lock) bool {
	switch {
	case l.Start != o.Start:
		return l.Start < o.Start
	case l.End != o.End:
		return l.End < o.End
	case l.Type != o.Type:
		return l.Type < o.Type
	}
	return l.PID > o.PID // one's own, whose number is known
}

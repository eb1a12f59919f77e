package fsstate

// Who waits for a lock does so in the state: it is granted to him, in the order
// of the requests, by the operation that takes the last lock out of the way. A
// request that no lock is in the way of is granted at once even if others wait,
// as POSIX wants it: who shares a lock may well wait for somebody who asks to
// share it too. So sharers can keep one who wants the lock for himself waiting,
// but nobody can be overtaken who is the first to wait and whom no lock hinders.

// enqueue lets a request wait.
func (s *State) enqueue(ino Ino, row *lockRow) (ticket uint64, status Status) {
	t := &s.locks
	if status := t.roomFor(ino, row.life, 0, 1); status != OK {
		return 0, status
	}
	ticket = s.sessions.takeTurn()
	t.file(s.epoch, ino).queue.Set(s.epoch, ticket, *row)
	t.life(s.epoch, row.life).waits.Set(s.epoch, ticket, lockWait{ino})
	t.waiting++
	return ticket, OK
}

// leaveQueue removes a request that waits.
func (s *State) leaveQueue(life uint64, ino Ino, ticket uint64) {
	t := &s.locks
	t.file(s.epoch, ino).queue.Delete(s.epoch, ticket)
	t.life(s.epoch, life).waits.Delete(s.epoch, ticket)
	t.waiting--
	s.forgetIfIdle(life)
}

// grantWaits grants what can be granted now of the requests that wait for ino.
func (s *State) grantWaits(ino Ino) {
	for s.grantPass(ino) {
	}
}

// grantPass goes through the queue, and is true if it has stopped at a grant
// that frees something, because those before it are to be looked at again.
func (s *State) grantPass(ino Ino) (freed bool) {
	f, _ := s.locks.files.Get(uint64(ino))
	type waiting struct {
		ticket uint64
		row    lockRow
	}
	queue := make([]waiting, 0, f.queue.Len())
	for ticket, row := range f.queue.Ascend(0) {
		queue = append(queue, waiting{ticket, row})
	}
	for i := range queue {
		w := &queue[i]
		if s.locks.inTheWay(ino, &w.row) {
			continue
		}
		s.leaveQueue(w.row.life, ino, w.ticket)
		x := s.locks.rearrange(ino, &w.row)
		s.carryOut(ino, &x)
		if x.frees {
			return true
		}
	}
	return false
}

// CancelLock ends the session's wait with that ticket. It is false if there is
// no such wait: it has been granted, or has never been.
func (s *State) CancelLock(c *Context, ticket uint64) (withdrawn bool, status Status) {
	if status := s.beginChange(c); status != OK {
		return false, status
	}
	life := s.lifeOf(c.Session)
	l, _ := s.locks.lives.Get(life)
	w, ok := l.waits.Get(ticket)
	if !ok {
		return false, OK
	}
	s.leaveQueue(life, w.ino, ticket)
	s.forgetIfUnlocked(w.ino)
	return true, OK
}

// LockWaits returns what the session waits for. While sessions that have
// expired hold something it must be ordered, so that whoever waits for them
// makes them let go.
func (s *State) LockWaits(c *Context) (LockWaits, Status) {
	if c.ReadOnly && s.sessions.expired.Len() > 0 {
		return LockWaits{}, MustOrder
	}
	if status := s.begin(c); status != OK {
		return LockWaits{}, status
	}
	w := LockWaits{Since: s.lifeOf(c.Session)}
	l, _ := s.locks.lives.Get(w.Since)
	for ticket := range l.waits.Ascend(0) {
		w.Tickets = append(w.Tickets, ticket)
	}
	return w, OK
}

// lifeOf is the number of the session's life: of the time for which it has
// held something without a break. One that holds nothing gets the next.
func (s *State) lifeOf(id Session) uint64 {
	r, ok := s.sessions.get(id)
	if !ok {
		return s.sessions.nextTurn
	}
	return r.opens.life
}

// deadlocks tells whether the owner of row, if it waited for what is in its
// way, would wait for itself in the end. It looks at maxDeadlockRows locks and
// waits at most, and takes what it has not found by then for none.
func (t *lockTable) deadlocks(ino Ino, row *lockRow) bool {
	w := deadlockWalk{table: t, budget: maxDeadlockRows, seen: make(map[lockOwner]bool)}
	w.addBlockers(ino, row)
	for len(w.todo) > 0 && w.budget > 0 {
		o := w.todo[0]
		w.todo = w.todo[1:]
		if o == row.owner() {
			return true
		}
		w.follow(o)
	}
	return false
}

// lockOwner is who has record locks.
type lockOwner struct{ life, owner uint64 }

func (r *lockRow) owner() lockOwner { return lockOwner{r.life, r.Owner} }

// deadlockWalk goes from owners to those whom they wait for.
type deadlockWalk struct {
	table  *lockTable
	budget int
	todo   []lockOwner
	seen   map[lockOwner]bool
}

// addBlockers adds the owners of the locks that are in the way of row.
func (w *deadlockWalk) addBlockers(ino Ino, row *lockRow) {
	f, _ := w.table.files.Get(uint64(ino))
	for _, h := range f.held.Ascend(0) {
		if w.budget--; w.budget < 0 {
			return
		}
		if h.conflictsWith(row) && !w.seen[h.owner()] {
			w.seen[h.owner()] = true
			w.todo = append(w.todo, h.owner())
		}
	}
}

// follow adds whom o waits for.
func (w *deadlockWalk) follow(o lockOwner) {
	l, _ := w.table.lives.Get(o.life)
	for ticket, wait := range l.waits.Ascend(0) {
		if w.budget--; w.budget < 0 {
			return
		}
		f, _ := w.table.files.Get(uint64(wait.ino))
		row, _ := f.queue.Get(ticket)
		if row.Kind == RecordLock && row.Owner == o.owner {
			w.addBlockers(wait.ino, &row)
		}
	}
}

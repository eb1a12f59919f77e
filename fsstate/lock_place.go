package fsstate

// INVARIANT: the locks of one owner and kind on an inode do not overlap, and
// those that touch are of different types.

// rearrangement is what one request makes of its owner's locks.
type rearrangement struct {
	gone  []uint64  // keys of locks to be removed
	parts []lockRow // locks to be set instead
	// frees: bytes are less locked than before, which others may wait for.
	frees bool
}

// rearrange finds out what a lock that nothing is in the way of makes of those
// that its owner has: what touches it in the same type grows together with it,
// what it covers in another type is cut off.
func (t *lockTable) rearrange(ino Ino, row *lockRow) (x rearrangement) {
	f, _ := t.files.Get(uint64(ino))
	merged := *row
	for key, h := range f.held.Ascend(0) {
		switch {
		case !h.sameOwner(row):
		case h.Type == row.Type && h.Start <= row.End+1 && row.Start <= h.End+1:
			x.gone = append(x.gone, key)
			merged.Start, merged.End = min(merged.Start, h.Start), max(merged.End, h.End)
		case h.Type != row.Type && h.overlaps(&row.Lock):
			x.gone = append(x.gone, key)
			x.cutOff(h, row)
			x.frees = x.frees || row.Type == Unlock || h.Type == LockExclusive
		}
	}
	if row.Type != Unlock {
		x.parts = append(x.parts, merged)
	}
	return x
}

// cutOff keeps of h what lies before and after row.
func (x *rearrangement) cutOff(h lockRow, row *lockRow) {
	left, right := h, h
	if h.Start < row.Start {
		left.End = row.Start - 1
		x.parts = append(x.parts, left)
	}
	if h.End > row.End {
		right.Start = row.End + 1
		x.parts = append(x.parts, right)
	}
}

// place gives the owner a lock that nothing is in the way of.
func (s *State) place(ino Ino, row *lockRow) Status {
	x := s.locks.rearrange(ino, row)
	if status := s.locks.roomFor(ino, row.life, len(x.parts)-len(x.gone), 0); status != OK {
		return status
	}
	s.carryOut(ino, &x)
	if x.frees {
		s.grantWaits(ino)
	}
	s.forgetIfUnlocked(ino)
	return OK
}

func (s *State) carryOut(ino Ino, x *rearrangement) {
	for _, key := range x.gone {
		s.takeLock(ino, key)
	}
	for _, row := range x.parts {
		s.giveLock(ino, row)
	}
}

// giveLock adds a lock to the tables.
func (s *State) giveLock(ino Ino, row lockRow) {
	t := &s.locks
	t.file(s.epoch, ino).held.Set(s.epoch, s.sessions.takeTurn(), row)
	t.life(s.epoch, row.life).held++
	t.held++
}

// takeLock removes the lock of ino that has this key. The row of ino stays.
func (s *State) takeLock(ino Ino, key uint64) {
	t := &s.locks
	f := t.file(s.epoch, ino)
	row, _ := f.held.Get(key)
	f.held.Delete(s.epoch, key)
	t.life(s.epoch, row.life).held--
	t.held--
	s.forgetIfIdle(row.life)
}

// forgetIfUnlocked removes the row of an inode without locks. Nobody waits
// for those.
func (s *State) forgetIfUnlocked(ino Ino) {
	f, ok := s.locks.files.Get(uint64(ino))
	if ok && f.held.Len() == 0 && f.queue.Len() == 0 {
		s.locks.files.Delete(s.epoch, uint64(ino))
	}
}

// forgetIfIdle removes the row of a session without locks and waits.
func (s *State) forgetIfIdle(life uint64) {
	l, ok := s.locks.lives.Get(life)
	if ok && l.held == 0 && l.waits.Len() == 0 {
		s.locks.lives.Delete(s.epoch, life)
	}
}

// dropLocks removes all locks and waits of a session on ino, which it has
// closed.
func (s *State) dropLocks(life uint64, ino Ino) {
	f, ok := s.locks.files.Get(uint64(ino))
	if !ok {
		return
	}
	var held, waits []uint64
	for key, row := range f.held.Ascend(0) {
		if row.life == life {
			held = append(held, key)
		}
	}
	for ticket, row := range f.queue.Ascend(0) {
		if row.life == life {
			waits = append(waits, ticket)
		}
	}
	for _, ticket := range waits {
		s.leaveQueue(life, ino, ticket)
	}
	for _, key := range held {
		s.takeLock(ino, key)
	}
	if len(held) > 0 {
		s.grantWaits(ino)
	}
	s.forgetIfUnlocked(ino)
}

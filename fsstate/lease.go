package fsstate

// A lease runs from its last renewal. It is renewed only when an eighth of
// Limits.Lease has passed since, so that most operations need not write to the
// table; in return it runs an eighth longer. So a session keeps its files for
// Limits.Lease after its last ordered operation, and loses them 9/8 of that
// after it at the latest.

// over tells whether the lease of r has run out.
func (s *State) over(r *session) bool {
	lease := uint64(s.limits.Lease)
	return s.limits.Lease > 0 && uint64(s.clock-r.renewed) >= lease+lease/8
}

// renew keeps the lease of a session that asks for something.
func (s *State) renew(id Session) {
	t := &s.sessions
	r, ok := t.get(id)
	if !ok || s.limits.Lease <= 0 || uint64(s.clock-r.renewed) < uint64(s.limits.Lease)/8 {
		return
	}
	t.leases.Delete(s.epoch, r.turn)
	r.turn, r.renewed = t.takeTurn(), s.clock
	t.leases.Set(s.epoch, r.turn, lease{id})
	*t.edit(s.epoch, id) = r
}

// expire ends the lease of own if it has run out, and of the session that was
// renewed the longest ago, and gives back some of what expired ones held. One
// session and reapBatch opens for each operation keep up with any number of
// sessions, because it takes an operation to make either.
func (s *State) expire(own Session) {
	t := &s.sessions
	if t.count > 0 {
		s.expireIfOver(own)
	}
	if t.count > 0 {
		for _, l := range t.leases.Ascend(0) {
			own = l.session
			break
		}
		s.expireIfOver(own)
	}
	s.reap()
}

// expireIfOver moves what the session holds to the expired, if its lease has
// run out. From then on it holds nothing.
func (s *State) expireIfOver(id Session) {
	t := &s.sessions
	r, ok := t.get(id)
	if !ok || !s.over(&r) {
		return
	}
	t.expired.Set(s.epoch, t.takeTurn(), t.remove(s.epoch, id))
}

// reap gives back at most reapBatch of the opens of the session that expired
// first, and of those that may have locks the fewer.
func (s *State) reap() {
	t := &s.sessions
	for turn, set := range t.expired.Ascend(0) {
		inos, weight := make([]uint64, 0, reapBatch), 0
		for ino := range set.counts.Ascend(0) {
			if weight++; s.locks.any(ino) {
				weight += reapLocked - 1
			}
			if len(inos) > 0 && weight > reapBatch {
				break
			}
			inos = append(inos, ino)
		}
		s.giveBack(turn, inos)
		return
	}
}

// giveBack takes the opens of inos from a row of the expired, and the row with
// the last.
func (s *State) giveBack(turn uint64, inos []uint64) {
	t := &s.sessions
	set := t.expired.Edit(s.epoch, turn)
	life, counts := set.life, &set.counts
	for _, ino := range inos {
		counts.Delete(s.epoch, ino)
		s.dropLocks(life, Ino(ino))
		s.dropOpener(Ino(ino))
	}
	if counts.Len() == 0 {
		t.expired.Delete(s.epoch, turn)
	}
}

// Renew keeps the session's lease, as every ordered operation does.
func (s *State) Renew(c *Context) Status { return s.beginChange(c) }

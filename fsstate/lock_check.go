package fsstate

// checkLocks checks the tables of locks against each other, and that whoever
// has a lock has the inode open.
func (s *State) checkLocks() error {
	t := &s.locks
	lives := s.openInodes()
	var held, waiting int
	ofLife := make(map[uint64]uint64)
	for ino, f := range t.files.Ascend(0) {
		if err := s.checkFileLocks(Ino(ino), &f, lives); err != nil {
			return err
		}
		for _, row := range f.held.Ascend(0) {
			ofLife[row.life]++
		}
		held, waiting = held+f.held.Len(), waiting+f.queue.Len()
	}
	if held != int(t.held) || waiting != int(t.waiting) || held+2*waiting > MaxLocksAll {
		return broken("%d locks and %d waits counted, there are %d and %d", t.held, t.waiting, held, waiting)
	}
	for life, l := range t.lives.Ascend(0) {
		if err := t.checkLife(life, &l, ofLife[life]); err != nil {
			return err
		}
		held, waiting = held-int(l.held), waiting-l.waits.Len()
	}
	if held != 0 || waiting != 0 {
		return broken("%d locks and %d waits are of no session", held, waiting)
	}
	if err := t.files.CheckInvariants(); err != nil {
		return err
	}
	return t.lives.CheckInvariants()
}

// openInodes is what every life of a session has open.
func (s *State) openInodes() map[uint64]map[Ino]bool {
	lives := make(map[uint64]map[Ino]bool)
	for opens := range s.sessions.all() {
		inos := make(map[Ino]bool)
		for ino := range opens.counts.Ascend(0) {
			inos[Ino(ino)] = true
		}
		lives[opens.life] = inos
	}
	return lives
}

func (s *State) checkFileLocks(ino Ino, f *fileLocks, open map[uint64]map[Ino]bool) error {
	held, queue := f.held.Len(), f.queue.Len()
	if held == 0 || queue > MaxWaitsFile || held+2*queue > MaxLocksFile {
		return broken("inode %d has %d locks and %d waits", ino, held, queue)
	}
	for key, a := range f.held.Ascend(0) {
		if !a.valid() || a.Type == Unlock || !open[a.life][ino] || key >= s.sessions.nextTurn {
			return broken("inode %d has the lock %+v, number %d", ino, a, key)
		}
		for _, b := range f.held.Ascend(key + 1) {
			touch := a.Start <= b.End+1 && b.Start <= a.End+1
			if a.conflictsWith(&b) || a.sameOwner(&b) && touch && (a.Type == b.Type || a.overlaps(&b.Lock)) {
				return broken("inode %d has the locks %+v and %+v", ino, a, b)
			}
		}
	}
	for ticket, row := range f.queue.Ascend(0) {
		l, _ := s.locks.lives.Get(row.life)
		wait, ok := l.waits.Get(ticket)
		switch {
		case !row.valid() || row.Type == Unlock || !open[row.life][ino] || ticket >= s.sessions.nextTurn:
			return broken("%+v waits for inode %d with ticket %d", row, ino, ticket)
		case !ok || wait.ino != ino:
			return broken("ticket %d of inode %d is not among those of its session", ticket, ino)
		case !s.locks.inTheWay(ino, &row):
			return broken("%+v waits for inode %d, and nothing is in its way", row, ino)
		}
	}
	return nil
}

func (t *lockTable) checkLife(life uint64, l *sessionLocks, held uint64) error {
	if l.held != held || int(l.held)+2*l.waits.Len() > MaxLocks || l.waits.Len() > MaxWaits {
		return broken("session %d has %d locks, %d counted, and %d waits", life, held, l.held, l.waits.Len())
	}
	if l.held == 0 && l.waits.Len() == 0 {
		return broken("session %d has neither locks nor waits", life)
	}
	return nil
}

package fsstate

import "bfs/fsstate/trie"

// lockTable is all locks and all who wait for some. Inodes and sessions are in
// it while they have any, so that the others cost nothing.
type lockTable struct {
	files         trie.Map[fileLocks]    // by inode
	lives         trie.Map[sessionLocks] // by openSet.life
	held, waiting uint64                 // locks, and requests that wait
}

// fileLocks are the locks of an inode, by numbers that grow, and the requests
// that wait for some, by ticket.
type fileLocks struct{ held, queue trie.Map[lockRow] }

// lockRow is a lock, or a request for one, and the session it is of.
type lockRow struct {
	life uint64
	Lock
}

// sessionLocks are the requests that a session waits with, by ticket, and how
// many locks it has.
type sessionLocks struct {
	held  uint64
	waits trie.Map[lockWait]
}

// lockWait says where a request waits.
type lockWait struct{ ino Ino }

// AppendLeaf appends the canonical bytes.
func (f fileLocks) AppendLeaf(dst []byte) []byte {
	held, queue := f.held.Digest(), f.queue.Digest()
	return append(append(dst, held[:]...), queue[:]...)
}

// AppendLeaf appends the canonical bytes.
func (r lockRow) AppendLeaf(dst []byte) []byte {
	dst = appendUint32s(dst, uint32(r.Kind), uint32(r.Type), r.PID)
	return appendUint64s(dst, r.life, r.Owner, r.Start, r.End)
}

// AppendLeaf appends the canonical bytes.
func (l sessionLocks) AppendLeaf(dst []byte) []byte {
	waits := l.waits.Digest()
	return append(appendUint64s(dst, l.held), waits[:]...)
}

// AppendLeaf appends the canonical bytes.
func (w lockWait) AppendLeaf(dst []byte) []byte { return appendUint64s(dst, uint64(w.ino)) }

func (f fileLocks) fromLeaf(b []byte) (fileLocks, []branch, bool) {
	if len(b) != fileLocksBytes {
		return f, nil, false
	}
	r := leafReader{b}
	out := adopt(nil, &f.held, heldTable, r.digest())
	out = adopt(out, &f.queue, queueTable, r.digest())
	return f, out, true
}

func (r lockRow) fromLeaf(b []byte) (lockRow, []branch, bool) {
	if len(b) != lockRowBytes {
		return r, nil, false
	}
	in := leafReader{b}
	r.Kind, r.Type, r.PID = LockKind(in.uint32()), LockType(in.uint32()), in.uint32()
	r.life, r.Owner, r.Start, r.End = in.uint64(), in.uint64(), in.uint64(), in.uint64()
	return r, nil, r.valid() && r.Type != Unlock
}

func (l sessionLocks) fromLeaf(b []byte) (sessionLocks, []branch, bool) {
	if len(b) != sessionLocksBytes {
		return l, nil, false
	}
	r := leafReader{b}
	l.held = r.uint64()
	out := adopt(nil, &l.waits, waitTable, r.digest())
	return l, out, true
}

func (w lockWait) fromLeaf(b []byte) (lockWait, []branch, bool) {
	if len(b) != lockWaitBytes {
		return w, nil, false
	}
	r := leafReader{b}
	w.ino = Ino(r.uint64())
	return w, nil, true
}

func (r *lockRow) sameOwner(o *lockRow) bool {
	return r.Kind == o.Kind && r.life == o.life && r.Owner == o.Owner
}

func (r *lockRow) conflictsWith(o *lockRow) bool {
	return r.Kind == o.Kind && (r.Type == LockExclusive || o.Type == LockExclusive) &&
		r.overlaps(&o.Lock) && !r.sameOwner(o)
}

// conflicts yields the locks of ino that are in the way of row.
func (t *lockTable) conflicts(ino Ino, row *lockRow) func(yield func(lockRow) bool) {
	return func(yield func(lockRow) bool) {
		f, _ := t.files.Get(uint64(ino))
		for _, h := range f.held.Ascend(0) {
			if h.conflictsWith(row) && !yield(h) {
				return
			}
		}
	}
}

func (t *lockTable) inTheWay(ino Ino, row *lockRow) bool {
	for range t.conflicts(ino, row) {
		return true
	}
	return false
}

// any tells whether an inode has locks.
func (t *lockTable) any(ino uint64) bool {
	_, ok := t.files.Get(ino)
	return ok
}

// roomFor tells whether the owner's session may have so many locks and waits
// more on ino. A wait counts as the two more locks that its grant may make of
// what the owner has, so that every wait can be granted.
func (t *lockTable) roomFor(ino Ino, life uint64, locks, waits int) Status {
	f, _ := t.files.Get(uint64(ino))
	l, _ := t.lives.Get(life)
	atFile, ofSession := f.queue.Len()+waits, l.waits.Len()+waits
	more := locks + 2*waits
	switch {
	case more <= 0:
		return OK
	case waits > 0 && (atFile > MaxWaitsFile || ofSession > MaxWaits),
		f.held.Len()+2*f.queue.Len()+more > MaxLocksFile,
		int(l.held)+2*l.waits.Len()+more > MaxLocks,
		int(t.held+2*t.waiting)+more > MaxLocksAll:
		return NoLocks
	}
	return OK
}

// file returns an inode's row for changing, which is made if it is missing.
// The pointer is good until the next change of the rows.
func (t *lockTable) file(e trie.Epoch, ino Ino) *fileLocks {
	if f := t.files.Edit(e, uint64(ino)); f != nil {
		return f
	}
	t.files.Set(e, uint64(ino), fileLocks{})
	return t.files.Edit(e, uint64(ino))
}

// life returns a session's row, as file does an inode's.
func (t *lockTable) life(e trie.Epoch, life uint64) *sessionLocks {
	if l := t.lives.Edit(e, life); l != nil {
		return l
	}
	t.lives.Set(e, life, sessionLocks{})
	return t.lives.Edit(e, life)
}

package fsstate

import "bfs/fsstate/trie"

// A file that lost its last name and its last opener lingers: for Limits.Linger
// it can still be looked at and opened. Who has found its number by name may
// come a moment too late with what he found it for, and on a local file system
// he would not notice: a name that is replaced all the time can always be
// opened. What lingers is charged to nobody and changed by nobody (Stale), and
// goes earlier when too much does.

// lingerTable are the files that linger or did until they were opened again,
// in the order in which they began to.
type lingerTable struct {
	rows   trie.Map[lingerer] // by turn
	next   uint64             // turn
	blocks uint64             // of all rows
	idle   uint64             // inodes that nothing refers to
}

// lingerer is an inode that nothing refers to since then.
type lingerer struct {
	ino    Ino
	since  int64
	blocks uint64
}

const lingererBytes = 3 * 8

// AppendLeaf appends the canonical bytes.
func (l lingerer) AppendLeaf(dst []byte) []byte {
	return appendUint64s(dst, uint64(l.ino), uint64(l.since), l.blocks)
}

func (l lingerer) fromLeaf(b []byte) (lingerer, []branch, bool) {
	if len(b) != lingererBytes {
		return l, nil, false
	}
	r := leafReader{b}
	l.ino, l.since, l.blocks = Ino(r.uint64()), r.int64(), r.uint64()
	return l, nil, true
}

// isIdle tells whether nothing refers to n.
func (n *inode) isIdle() bool { return n.nlink == 0 && n.openers == 0 }

// linger lets an inode that nothing refers to any more stay for a while, or
// frees it.
func (s *State) linger(ino Ino, n *inode) {
	s.chargeAll(n, -1)
	if s.limits.Linger <= 0 {
		s.inodes.Delete(s.epoch, uint64(ino))
		return
	}
	t := &s.lingering
	l := lingerer{ino, s.clock, n.blockCount()}
	t.rows.Set(s.epoch, t.next, l)
	t.next++
	t.idle++
	t.blocks += l.blocks
	for t.rows.Len() > MaxLingering || t.blocks > MaxLingeringBlocks {
		s.endFirst()
	}
}

// endLinger frees what has lingered for long enough, reapBatch at a time: an
// operation makes fewer.
func (s *State) endLinger() {
	for range reapBatch {
		if l, ok := s.firstLingerer(); !ok || s.clock-l.since < s.limits.Linger {
			return
		}
		s.endFirst()
	}
}

func (s *State) firstLingerer() (lingerer, bool) {
	for _, l := range s.lingering.rows.Ascend(0) {
		return l, true
	}
	return lingerer{}, false
}

// endFirst takes the first row out, and its inode unless it was opened again.
func (s *State) endFirst() {
	t := &s.lingering
	for turn, l := range t.rows.Ascend(0) {
		t.rows.Delete(s.epoch, turn)
		t.blocks -= l.blocks
		if n, ok := s.inodes.Get(uint64(l.ino)); ok && n.isIdle() {
			s.inodes.Delete(s.epoch, uint64(l.ino))
			t.idle--
		}
		return
	}
}

// mayWake tells whether n may be opened: one that lingers only where there is
// room for it, and else it is as if it had gone.
func (s *State) mayWake(c *Context, n *inode) Status {
	if n.isIdle() && (s.inodesUsed() >= s.limits.Inodes || s.room(c, n.uid, n.blockCount(), 1) != OK) {
		return Stale
	}
	return OK
}

// wake counts an inode, to which an opener is about to refer, as others.
func (s *State) wake(n *inode) {
	if n.isIdle() {
		s.lingering.idle--
		s.chargeAll(n, 1)
	}
}

// checkLingering compares the table with what inodes there are.
func (s *State) checkLingering() error {
	t := &s.lingering
	seen, last, blocks := make(map[uint64]bool), int64(0), uint64(0)
	for turn, l := range t.rows.Ascend(0) {
		if turn >= t.next || l.since < last || l.since > s.clock {
			return broken("turn %d of those that linger is of %d", turn, l.since)
		}
		last = l.since
		blocks += l.blocks
		seen[uint64(l.ino)] = true
	}
	idle := uint64(0)
	for ino, n := range s.inodes.Ascend(0) {
		if !n.isIdle() {
			continue
		}
		if idle++; !seen[ino] {
			return broken("inode %d is in no directory and not open, and does not linger", ino)
		}
	}
	if idle != t.idle || blocks != t.blocks || t.rows.Len() > MaxLingering || blocks > MaxLingeringBlocks {
		return broken("%d inodes linger, with %d blocks; %d and %d are counted", idle, blocks, t.idle, t.blocks)
	}
	return t.rows.CheckInvariants()
}

package fsstate

import (
	"errors"
	"fmt"
)

// ErrInvariant is what the errors of CheckInvariants wrap.
var ErrInvariant = errors.New("fsstate: broken invariant")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvariant, fmt.Sprintf(format, args...))
}

// CheckInvariants returns what is wrong with the state, or nil. It walks all
// of it: for tests.
func (s *State) CheckInvariants() error {
	found, err := s.census()
	if err != nil {
		return err
	}
	if err := s.inodes.CheckInvariants(); err != nil {
		return err
	}
	var blocks, names uint64
	for key, n := range s.inodes.Ascend(0) {
		if !n.isIdle() {
			blocks += n.blockCount()
		}
		names += uint64(n.entries.Len())
		if err := s.checkInode(Ino(key), &n, found[Ino(key)]); err != nil {
			return err
		}
	}
	if blocks != s.blocks || names != s.names {
		return broken("%d blocks and %d names counted, there are %d and %d", s.blocks, s.names, blocks, names)
	}
	if blocks > s.limits.Bytes/BlockSize || s.inodesUsed() > max(s.limits.Inodes, 1) {
		return broken("%d blocks and %d inodes exceed the limits", blocks, s.inodesUsed())
	}
	if err := s.checkLingering(); err != nil {
		return err
	}
	if err := s.checkAccounts(); err != nil {
		return err
	}
	if err := s.checkSessions(); err != nil {
		return err
	}
	if err := s.checkSnapshots(); err != nil {
		return err
	}
	return s.checkLocks()
}

// checkSnapshots looks at what must hold of snapshots, however they came.
func (s *State) checkSnapshots() error {
	if s.snapshots.Len() > MaxSnapshots {
		return broken("%d snapshots", s.snapshots.Len())
	}
	names := make(map[string]bool)
	for number, p := range s.snapshots.Ascend(0) {
		if number == 0 || number >= s.nextSaved || names[p.name] {
			return broken("snapshot %q has the number %d, the next is %d, or there are two", p.name, number, s.nextSaved)
		}
		names[p.name] = true
		var blocks uint64
		for _, n := range p.inodes.Ascend(0) {
			if !n.isIdle() {
				blocks += n.blockCount()
			}
		}
		if _, ok := p.inodes.Get(uint64(RootIno)); !ok || blocks != p.blocks {
			return broken("snapshot %q has %d blocks, %d counted", p.name, p.blocks, blocks)
		}
		if err := p.inodes.CheckInvariants(); err != nil {
			return err
		}
	}
	return s.snapshots.CheckInvariants()
}

// sighting is what refers to an inode.
type sighting struct{ names, subdirs, openers uint32 }

// census counts the names, subdirectories and openers of all inodes.
func (s *State) census() (map[Ino]sighting, error) {
	found := make(map[Ino]sighting)
	add := func(ino Ino, more sighting) {
		old := found[ino]
		found[ino] = sighting{old.names + more.names, old.subdirs + more.subdirs, old.openers + more.openers}
	}
	for dir, n := range s.inodes.Ascend(0) {
		for cookie, e := range n.entries.Ascend(0) {
			child, err := s.checkEntry(Ino(dir), &n, cookie, e)
			if err != nil {
				return nil, err
			}
			add(e.ino, sighting{names: 1})
			if child.isDir() {
				add(Ino(dir), sighting{subdirs: 1})
			}
		}
	}
	for opens := range s.sessions.all() {
		for ino := range opens.counts.Ascend(0) {
			add(Ino(ino), sighting{openers: 1})
		}
	}
	return found, nil
}

func (s *State) checkEntry(dir Ino, n *inode, cookie uint64, e entry) (inode, error) {
	child, ok := s.inodes.Get(uint64(e.ino))
	switch {
	case !n.isDir():
		return child, broken("inode %d is no directory but has the entry %q", dir, e.name)
	case !ok:
		return child, broken("entry %q of %d names inode %d, which does not exist", e.name, dir, e.ino)
	case checkName(e.name) != OK || isDot(e.name):
		return child, broken("directory %d has an entry %q", dir, e.name)
	case cookie-bucketOf(e.name) >= ordinals || find(&n.entries, e.name).cookie != cookie:
		return child, broken("entry %q of %d is not found at its cookie %d", e.name, dir, cookie)
	case child.isDir() && child.parent != dir:
		return child, broken("directory %d lies in %d, but says its parent is %d", e.ino, dir, child.parent)
	}
	return child, nil
}

func (s *State) checkInode(ino Ino, n *inode, seen sighting) error {
	want := seen.names
	if n.isDir() {
		want = 0
		if seen.names == 1 || ino == RootIno {
			want = 2 + seen.subdirs
		}
	}
	switch {
	case ino == 0 || ino >= s.nextIno:
		return broken("inode %d exists, the next is %d", ino, s.nextIno)
	case n.nlink != want || n.isDir() && seen.names > 1:
		return broken("inode %d of mode %o has %+v and nlink %d", ino, n.mode, seen, n.nlink)
	case n.openers != seen.openers:
		return broken("inode %d counts %d openers of %d", ino, n.openers, seen.openers)
	case n.nlink == 0 && n.entries.Len() > 0:
		return broken("removed directory %d has entries", ino)
	}
	if err := n.checkRuns(); err != nil {
		return fmt.Errorf("inode %d: %w", ino, err)
	}
	if err := n.entries.CheckInvariants(); err != nil {
		return err
	}
	if err := n.checkXattrs(ino); err != nil {
		return err
	}
	return n.checkData(ino)
}

func (n *inode) checkData(ino Ino) error {
	switch {
	case n.size > MaxSize:
		return broken("inode %d has size %d", ino, n.size)
	case !n.isRegular() && !n.isSymlink() && (n.dataBlocks() > 0 || n.size > 0):
		return broken("inode %d of mode %o has bytes", ino, n.mode)
	case n.parent != 0 && !n.isDir() && (!isDevice(n.mode) || n.parent >= 1<<32):
		return broken("inode %d of mode %o has the parent or device number %d", ino, n.mode, n.parent)
	case n.linkable && (n.nlink > 0 || !n.isRegular()):
		return broken("inode %d of mode %o, with nlink %d, may get a first name", ino, n.mode, n.nlink)
	case !n.hasFirst && n.first != "":
		return broken("inode %d has a hole of %d bytes", ino, len(n.first))
	case n.isSymlink() && (n.dataBlocks() != 1 || n.size == 0 || n.size > MaxTarget):
		return broken("symbolic link %d has %d blocks and size %d", ino, n.dataBlocks(), n.size)
	}
	for index, b := range n.blocks(0) {
		end := index*BlockSize + uint64(len(b))
		if len(b) > BlockSize || len(trimmed([]byte(b))) != len(b) || end > n.size || index*BlockSize >= n.size {
			return broken("block %d of inode %d is %d bytes of a file of %d", index, ino, len(b), n.size)
		}
	}
	return n.rest.CheckInvariants()
}

// all yields what every session, living or expired, holds.
func (t *sessionTable) all() func(yield func(openSet) bool) {
	return func(yield func(openSet) bool) {
		for _, p := range t.principals.Ascend(0) {
			for _, r := range p.sessions.Ascend(0) {
				if !yield(r.opens) {
					return
				}
			}
		}
		for _, set := range t.expired.Ascend(0) {
			if !yield(set) {
				return
			}
		}
	}
}

func (s *State) checkSessions() error {
	t := &s.sessions
	var count uint64
	for number, p := range t.principals.Ascend(0) {
		if p.sessions.Len() == 0 || p.sessions.Len() > MaxSessionsEach {
			return broken("principal %d has %d sessions", number, p.sessions.Len())
		}
		for id, r := range p.sessions.Ascend(0) {
			count++
			l, _ := t.leases.Get(r.turn)
			if l.session != (Session{uint32(number), id}) || r.turn >= t.nextTurn {
				return broken("session %d/%d has the lease of %+v", number, id, l.session)
			}
		}
	}
	if count != t.count || t.count > MaxSessions || t.leases.Len() != int(count) {
		return broken("%d sessions, %d counted, %d leases", count, t.count, t.leases.Len())
	}
	return s.checkOpens()
}

func (s *State) checkOpens() error {
	var sum uint64
	for opens := range s.sessions.all() {
		if opens.counts.Len() == 0 || opens.counts.Len() > MaxOpens {
			return broken("a session holds %d inodes", opens.counts.Len())
		}
		sum += uint64(opens.counts.Len())
		for ino, o := range opens.counts.Ascend(0) {
			if _, ok := s.inodes.Get(ino); !ok && !Ino(ino).isSaved() || o == (openCount{}) {
				return broken("a session holds inode %d, %+v times", ino, o)
			}
		}
	}
	if sum != s.sessions.opens || sum > MaxOpensAll {
		return broken("%d opens counted, there are %d", s.sessions.opens, sum)
	}
	return checkMaps(&s.sessions)
}

func checkMaps(t *sessionTable) error {
	for _, check := range []func() error{
		t.principals.CheckInvariants, t.leases.CheckInvariants, t.expired.CheckInvariants,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	last := int64(0)
	for _, l := range t.leases.Ascend(0) {
		r, _ := t.get(l.session)
		if r.renewed < last {
			return broken("the session %+v was renewed before those that precede it", l.session)
		}
		last = r.renewed
	}
	return nil
}

// checkRuns checks what is reserved.
func (n *inode) checkRuns() error {
	next, reserved := uint64(0), uint64(0)
	for first, r := range n.reserved.Ascend(0) {
		if r.blocks == 0 || r.blocks > lastIndex+1-first || first < next {
			return broken("%d blocks reserved from %d on, after others up to %d", r.blocks, first, next)
		}
		next = first + r.blocks + 1
		reserved += r.blocks
		for index := range n.blocks(first) {
			if index >= first+r.blocks {
				break
			}
			reserved--
		}
	}
	if reserved != n.unwritten || n.reserved.Len() > MaxRuns {
		return broken("%d unwritten blocks in %d runs, counted %d", reserved, n.reserved.Len(), n.unwritten)
	}
	return n.reserved.CheckInvariants()
}

package fsstate

// CreateSnapshot keeps the files as they are now under a name, until
// DeleteSnapshot. It costs the same whatever there is. Only root and the owner
// of the root directory may: what a snapshot holds cannot be given back in any
// other way. Exist if there is one of that name, DQuot if there are
// MaxSnapshots, NoSpace if what all of them refer to, shared or not, would come
// to more than SnapshotShare times the Limits.
//
// What a snapshot alone still holds counts against no user's limit. Those are
// there for who can make room, and no user can take anything out of a snapshot:
// if it counted, one could delete everything and still not write a byte. The
// bound of their own keeps the memory of a replica bounded, whatever is done
// between two snapshots: it takes each for as large as if nothing were shared.
func (s *State) CreateSnapshot(c *Context, name string) (SnapshotInfo, Status) {
	if status := s.mayKeep(c, name); status != OK {
		return SnapshotInfo{}, status
	}
	switch _, _, found := s.savedAs(name); {
	case found:
		return SnapshotInfo{}, Exist
	case s.snapshots.Len() >= MaxSnapshots:
		return SnapshotInfo{}, DQuot
	case s.nextSaved >= 1<<savedBits-1, !s.roomToKeep():
		return SnapshotInfo{}, NoSpace
	}
	p := saved{
		made: s.clock, uid: c.Caller.UID, principal: c.Session.Principal,
		blocks: s.blocks, inodes: s.inodes, name: name,
	}
	s.epoch++ // what the snapshot holds is copied before it is changed
	s.snapshots.Set(s.epoch, s.nextSaved, p)
	s.nextSaved++
	s.savedAt = s.clock
	return p.info(s.nextSaved - 1), OK
}

// roomToKeep says whether one more snapshot is within the bound on all of them.
func (s *State) roomToKeep() bool {
	blocks, inodes := s.blocks, uint64(s.inodes.Len())
	for _, p := range s.snapshots.Ascend(0) {
		blocks += p.blocks
		inodes += uint64(p.inodes.Len())
	}
	return blocks/SnapshotShare <= s.limits.Bytes/BlockSize && inodes/SnapshotShare <= s.limits.Inodes
}

// DeleteSnapshot forgets a snapshot, for those who may make one. Its files are
// Stale from then on, also to those who have them open.
func (s *State) DeleteSnapshot(c *Context, name string) Status {
	if status := s.mayKeep(c, name); status != OK {
		return status
	}
	number, _, found := s.savedAs(name)
	if !found {
		return NoEnt
	}
	s.snapshots.Delete(s.epoch, number)
	s.savedAt = s.clock
	return OK
}

// Snapshots lists the snapshots in the order in which they were made, for
// whoever may search the root directory.
func (s *State) Snapshots(c *Context) ([]SnapshotInfo, Status) {
	if status := s.begin(c); status != OK {
		return nil, status
	}
	root := s.named(RootIno)
	if !c.Caller.may(&root, MayExec) {
		return nil, Access
	}
	list := make([]SnapshotInfo, 0, s.snapshots.Len())
	for number, p := range s.snapshots.Ascend(0) {
		list = append(list, p.info(number))
	}
	return list, OK
}

// mayKeep opens an operation that makes or deletes the snapshot of a name.
func (s *State) mayKeep(c *Context, name string) Status {
	if status := s.beginChange(c); status != OK {
		return status
	}
	root := s.named(RootIno)
	switch {
	case !c.Caller.owns(&root):
		return Perm
	case isDot(name):
		return Inval
	}
	return checkName(name)
}

// savedAs finds a snapshot by its name.
func (s *State) savedAs(name string) (number uint64, p saved, found bool) {
	for number, p = range s.snapshots.Ascend(0) {
		if p.name == name {
			return number, p, true
		}
	}
	return 0, saved{}, false
}

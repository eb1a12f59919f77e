package fsstate

import "bfs/fsstate/trie"

// table is one of the maps that the state is made of, whatever its rows are.
type table interface {
	Node(first uint64, bits uint) (trie.Node, bool)
	RegionDigest(trie.Region) trie.Digest
	Audit(from uint64, budget int) trie.Audit
	Distrust(e trie.Epoch, wrong trie.Region)
	DeleteRegion(e trie.Epoch, r trie.Region) int
	// graft makes a region what it is in a table of the same kind of rows.
	graft(e trie.Epoch, from table, r trie.Region)
	DeleteAround(e trie.Epoch, r, keep trie.Region) int
	// appendLeaf appends the first row of a region, which has one.
	appendLeaf(dst []byte, r trie.Region) []byte
	// put sets the rows, and returns the tables in them that are still to be
	// brought up to date. It changes nothing if one is malformed.
	put(e trie.Epoch, id tableID, leaves []pageLeaf) ([]found, bool)
}

// row is what the maps hold.
type row[V any] interface {
	trie.Value
	// fromLeaf returns the row that b, from AppendLeaf, is of, and which of
	// the tables in it differ from the receiver's; it has the receiver's.
	fromLeaf(b []byte) (V, []branch, bool)
}

// branch is a table in a row, found is one by its full name, with the digest
// that it is to have.
type (
	branch struct {
		kind   tableKind
		digest trie.Digest
	}
	found struct {
		table  tableID
		digest trie.Digest
	}
)

// adopt appends m to those that differ from the digest at the beginning of b,
// unless it is to be empty, which it then is.
func adopt[V trie.Value](out []branch, m *trie.Map[V], kind tableKind, b []byte) []branch {
	want := trie.Digest(b[:len(trie.Digest{})])
	switch want {
	case m.Digest():
		return out
	case trie.Digest{}:
		*m = trie.Map[V]{}
		return out
	}
	return append(out, branch{kind, want})
}

// rows makes a map a table.
type rows[V row[V]] struct{ *trie.Map[V] }

func (t rows[V]) appendLeaf(dst []byte, r trie.Region) []byte {
	for key, v := range t.Ascend(r.First) {
		return appendPageLeaf(dst, key, v)
	}
	panic("fsstate: a node shows a leaf that is not there")
}

func (t rows[V]) graft(e trie.Epoch, from table, r trie.Region) {
	t.CopyRange(e, *from.(rows[V]).Map, r.First, r.Last())
}

func (t rows[V]) put(e trie.Epoch, id tableID, leaves []pageLeaf) ([]found, bool) {
	values, branches := make([]V, len(leaves)), make([][]branch, len(leaves))
	for i, l := range leaves {
		old, _ := t.Get(l.key)
		var ok bool
		if values[i], branches[i], ok = old.fromLeaf(l.value); !ok {
			return nil, false
		}
	}
	var out []found
	for i, l := range leaves {
		t.DeleteAround(e, l.region, trie.Region{First: l.key})
		if len(branches[i]) == 0 {
			t.SetHashed(e, l.key, values[i], l.digest)
			continue
		}
		// The digest will be right only when the tables are.
		t.Set(e, l.key, values[i])
		for _, b := range branches[i] {
			out = append(out, found{id.under(l.key, b.kind), b.digest})
		}
	}
	return out, true
}

// table returns a table for reading, nil if there is none.
func (v *version) table(id tableID) table {
	a, b := id.keys[0], id.keys[1]
	switch id.kind {
	case inodeTable:
		return rows[inode]{&v.inodes}
	case entryTable:
		n, _ := v.inodes.Get(a)
		return rows[entry]{&n.entries}
	case blockTable:
		n, _ := v.inodes.Get(a)
		return rows[block]{&n.rest}
	case runTable:
		n, _ := v.inodes.Get(a)
		return rows[run]{&n.reserved}
	case xattrTable:
		n, _ := v.inodes.Get(a)
		return rows[xattr]{&n.xattrs}
	case accountTable:
		return rows[account]{&v.accounts}
	case lingerers:
		return rows[lingerer]{&v.lingering.rows}
	case principalTable:
		return rows[principal]{&v.sessions.principals}
	case sessionRows:
		p, _ := v.sessions.principals.Get(a)
		return rows[session]{&p.sessions}
	case openTable:
		p, _ := v.sessions.principals.Get(a)
		r, _ := p.sessions.Get(b)
		return rows[openCount]{&r.opens.counts}
	case leaseTable:
		return rows[lease]{&v.sessions.leases}
	case expiredTable:
		return rows[openSet]{&v.sessions.expired}
	case expiredOpens:
		set, _ := v.sessions.expired.Get(a)
		return rows[openCount]{&set.counts}
	case savedTable, savedInodes, savedEntries, savedBlocks, savedRuns, savedXattrs:
		return v.savedTable(id)
	}
	return v.locks.table(id)
}

func (t *lockTable) table(id tableID) table {
	switch id.kind {
	case lockedTable:
		return rows[fileLocks]{&t.files}
	case heldTable:
		f, _ := t.files.Get(id.keys[0])
		return rows[lockRow]{&f.held}
	case queueTable:
		f, _ := t.files.Get(id.keys[0])
		return rows[lockRow]{&f.queue}
	case lockerTable:
		return rows[sessionLocks]{&t.lives}
	case waitTable:
		l, _ := t.lives.Get(id.keys[0])
		return rows[lockWait]{&l.waits}
	}
	panic("fsstate: no such kind of table")
}

// editTable returns a table, in a row that exists, for changing, until the
// next change of the table that has the row.
func (s *State) editTable(id tableID) table {
	t, e := &s.sessions, s.epoch
	a, b := id.keys[0], id.keys[1]
	switch id.kind {
	case entryTable:
		return rows[entry]{&s.edit(Ino(a)).entries}
	case blockTable:
		return rows[block]{&s.edit(Ino(a)).rest}
	case runTable:
		return rows[run]{&s.edit(Ino(a)).reserved}
	case xattrTable:
		return rows[xattr]{&s.edit(Ino(a)).xattrs}
	case sessionRows:
		return rows[session]{&t.principals.Edit(e, a).sessions}
	case openTable:
		return rows[openCount]{&t.principals.Edit(e, a).sessions.Edit(e, b).opens.counts}
	case expiredOpens:
		return rows[openCount]{&t.expired.Edit(e, a).counts}
	case heldTable:
		return rows[lockRow]{&s.locks.files.Edit(e, a).held}
	case queueTable:
		return rows[lockRow]{&s.locks.files.Edit(e, a).queue}
	case waitTable:
		return rows[lockWait]{&s.locks.lives.Edit(e, a).waits}
	case savedInodes:
		return rows[inode]{&s.snapshots.Edit(e, a).inodes}
	case savedEntries:
		return rows[entry]{&s.snapshots.Edit(e, a).inodes.Edit(e, b).entries}
	case savedBlocks:
		return rows[block]{&s.snapshots.Edit(e, a).inodes.Edit(e, b).rest}
	case savedRuns:
		return rows[run]{&s.snapshots.Edit(e, a).inodes.Edit(e, b).reserved}
	case savedXattrs:
		return rows[xattr]{&s.snapshots.Edit(e, a).inodes.Edit(e, b).xattrs}
	}
	return s.table(id)
}

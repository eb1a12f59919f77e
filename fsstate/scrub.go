package fsstate

import "bfs/fsstate/trie"

// Scrubbing finds memory that has changed by itself. The digests of all that an
// operation has not touched are kept, so a bit that flips in a block would show
// in no digest until the block is next written to. Scrub hashes everything
// again, part by part, round and round.

// scrubTable is what going to the next table counts as, in bytes of hashing.
const scrubTable = 256

// scrubber is how far a round has come. It is no part of a version, and
// influences no result and no digest of a state whose memory is sound.
type scrubber struct {
	table tableID // noTable between two rounds
	next  uint64
}

// Scrub hashes the next part of the state again, about budget bytes of it, and
// returns how many digests were not those of what they are kept for. From then
// on Digest shows what the memory really holds, while snapshots taken before
// keep their digest; so Assemble sees the difference, and fetches what is
// right. A call ends at the end of a round at the latest, and costs at most one
// block and a few nodes more than its budget.
//
// What it can find is a change of values, keys and digests. A pointer that has
// changed is beyond it.
func (s *State) Scrub(budget int) (wrong int) {
	at := &s.scrubber
	for budget > 0 {
		if at.table.kind == noTable {
			at.table.kind = inodeTable
		}
		a := s.table(at.table).Audit(at.next, budget)
		for _, r := range a.Wrong {
			s.distrust(at.table, r)
		}
		wrong += len(a.Wrong)
		budget -= a.Spent + scrubTable
		if at.next = a.Next; !a.Done {
			continue
		}
		*at = scrubber{table: s.tableAfter(at.table)}
		if at.table.kind == noTable {
			break
		}
	}
	return wrong
}

// tableAfter is the table that a round comes to after id: for each row of a
// table the tables in it, after the table itself. After the last one there is
// noTable. Rows may have come and gone since the round began.
func (s *State) tableAfter(id tableID) tableID {
	t, a := &s.sessions, id.keys[0]
	switch id.kind {
	case inodeTable:
		return inRow(&s.inodes, 0, entryTable, accountTable)
	case entryTable:
		return tableID{kind: blockTable, keys: id.keys}
	case blockTable:
		return tableID{kind: runTable, keys: id.keys}
	case runTable:
		return tableID{kind: xattrTable, keys: id.keys}
	case xattrTable:
		return inRow(&s.inodes, a+1, entryTable, accountTable)
	case accountTable:
		return tableID{kind: lingerers}
	case lingerers:
		return tableID{kind: principalTable}
	case principalTable:
		return inRow(&t.principals, 0, sessionRows, leaseTable)
	case sessionRows, openTable:
		return s.opensAfter(id)
	case leaseTable:
		return tableID{kind: expiredTable}
	case expiredTable:
		return inRow(&t.expired, 0, expiredOpens, lockedTable)
	case expiredOpens:
		return inRow(&t.expired, a+1, expiredOpens, lockedTable)
	case savedTable, savedInodes, savedEntries, savedBlocks, savedRuns, savedXattrs:
		return s.savedAfter(id)
	}
	return s.locks.tableAfter(id)
}

func (t *lockTable) tableAfter(id tableID) tableID {
	a := id.keys[0]
	switch id.kind {
	case lockedTable:
		return inRow(&t.files, 0, heldTable, lockerTable)
	case heldTable:
		return tableID{kind: queueTable, keys: id.keys}
	case queueTable:
		return inRow(&t.files, a+1, heldTable, lockerTable)
	case lockerTable:
		return inRow(&t.lives, 0, waitTable, savedTable)
	case waitTable:
		return inRow(&t.lives, a+1, waitTable, savedTable)
	}
	panic("fsstate: no such kind of table")
}

// inRow is the table of a kind in the first row of m from a key on, or the one
// table of the kind otherwise if there is no such row.
func inRow[V trie.Value](m *trie.Map[V], from uint64, kind, otherwise tableKind) tableID {
	for key := range m.Ascend(from) {
		return tableID{kind, [2]uint64{key}}
	}
	return tableID{kind: otherwise}
}

// opensAfter is the table that comes after the sessions of a principal, or
// after what one of them holds open.
func (s *State) opensAfter(id tableID) tableID {
	t := &s.sessions
	p, _ := t.principals.Get(id.keys[0])
	for number := range p.sessions.Ascend(id.keys[1]) {
		if id.kind == sessionRows || number > id.keys[1] {
			return tableID{openTable, [2]uint64{id.keys[0], number}}
		}
	}
	return inRow(&t.principals, id.keys[0]+1, sessionRows, leaseTable)
}

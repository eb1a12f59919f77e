package fsstate

import "bfs/fsstate/trie"

// savedTable is table for those of snapshots.
func (v *version) savedTable(id tableID) table {
	p, _ := v.snapshots.Get(id.keys[0])
	n, _ := p.inodes.Get(id.keys[1])
	switch id.kind {
	case savedTable:
		return rows[saved]{&v.snapshots}
	case savedInodes:
		return rows[inode]{&p.inodes}
	case savedEntries:
		return rows[entry]{&n.entries}
	case savedBlocks:
		return rows[block]{&n.rest}
	case savedRuns:
		return rows[run]{&n.reserved}
	case savedXattrs:
		return rows[xattr]{&n.xattrs}
	}
	panic("fsstate: no such kind of table")
}

// savedAfter is tableAfter for those of snapshots.
func (s *State) savedAfter(id tableID) tableID {
	number, ino := id.keys[0], id.keys[1]
	switch id.kind {
	case savedTable:
		return inRow(&s.snapshots, 0, savedInodes, noTable)
	case savedEntries:
		return tableID{savedBlocks, id.keys}
	case savedBlocks:
		return tableID{savedRuns, id.keys}
	case savedRuns:
		return tableID{savedXattrs, id.keys}
	case savedXattrs:
		ino++
	}
	p, _ := s.snapshots.Get(number)
	for next := range p.inodes.Ascend(ino) {
		return tableID{savedEntries, [2]uint64{number, next}}
	}
	return inRow(&s.snapshots, number+1, savedInodes, noTable)
}

// distrust has a region hashed again, in the present version. Snapshots that
// share the memory must not vouch for it either: what they hold serves to repair
// what others lack.
func (s *State) distrust(id tableID, r trie.Region) {
	s.editTable(id).Distrust(s.epoch, r)
	for twin := range s.twins(id) {
		if s.table(twin).RegionDigest(r) != (trie.Digest{}) {
			s.editTable(twin).Distrust(s.epoch, r)
		}
	}
}

package fsstate

import (
	"encoding/binary"
	"math/bits"

	"bfs/fsstate/trie"
)

// tableKind says what a map in the state is a table of.
type tableKind uint8

const (
	noTable        tableKind = iota // the root page
	inodeTable                      // by inode number
	entryTable                      // of the directory keys[0], by cookie
	blockTable                      // of the file keys[0], by index from 1 on
	principalTable                  // by number
	sessionRows                     // of the principal keys[0], by number
	openTable                       // of the session keys[1] of the principal keys[0], by inode
	leaseTable                      // by turn
	expiredTable                    // by turn
	expiredOpens                    // of the turn keys[0], by inode
	lockedTable                     // by inode
	heldTable                       // locks of the inode keys[0], by number
	queueTable                      // waits for those, by ticket
	lockerTable                     // by life
	waitTable                       // of the life keys[0], by ticket
	runTable                        // of the file keys[0], by first index
	savedTable                      // by number
	savedInodes                     // of the snapshot keys[0], by inode number
	savedEntries                    // of the directory keys[1] of the snapshot keys[0], by cookie
	savedBlocks                     // of the file keys[1] of the snapshot keys[0], by index from 1 on
	savedRuns                       // of the same, by first index
	xattrTable                      // of the inode keys[0], by hash
	savedXattrs                     // of the inode keys[1] of the snapshot keys[0], by hash
	accountTable                    // by owner
	lingerers                       // by turn
	tableKinds
)

// keyCount is how many keys name a table of each kind.
var keyCount = [tableKinds]int{
	entryTable: 1, blockTable: 1, sessionRows: 1, openTable: 2, expiredOpens: 1,
	heldTable: 1, queueTable: 1, waitTable: 1,
	runTable: 1, xattrTable: 1,
	savedInodes: 1, savedEntries: 2, savedBlocks: 2, savedRuns: 2, savedXattrs: 2,
}

// tableID names one of the maps that the state is made of.
type tableID struct {
	kind tableKind
	keys [2]uint64 // as many as the kind has, the others zero
}

// savedKind is what a table of the files of now is called in a snapshot: every
// table of an inode has one.
var savedKind = [tableKinds]tableKind{inodeTable: savedInodes, entryTable: savedEntries, blockTable: savedBlocks, runTable: savedRuns, xattrTable: savedXattrs}

// under names the table of a kind in a row of id.
func (id tableID) under(key uint64, kind tableKind) tableID {
	if id.kind == savedInodes {
		kind = savedKind[kind]
	}
	id.keys[keyCount[id.kind]] = key
	id.kind = kind
	return id
}

// pagePath is where a page hangs. The root page's is the zero one. Every other
// page has the topmost node of a region of a table; with no leaves it is the
// node, with some it is the contents of the node's leaves at those digits.
type pagePath struct {
	table  tableID
	region trie.Region
	leaves uint16
}

const pathTail = 8 + 1 + 2

// String is the path's one form as bytes; for the root page empty.
func (p pagePath) String() string {
	if p.table.kind == noTable {
		return ""
	}
	be := binary.BigEndian
	b := append(make([]byte, 0, 1+16+pathTail), byte(p.table.kind))
	for _, key := range p.table.keys[:keyCount[p.table.kind]] {
		b = be.AppendUint64(b, key)
	}
	b = append(be.AppendUint64(b, p.region.First), p.region.Bits)
	return string(be.AppendUint16(b, p.leaves))
}

// parsePath is the inverse of String, for pages other than the root.
func parsePath(s string) (p pagePath, ok bool) {
	if s == "" || s[0] == byte(noTable) || s[0] >= byte(tableKinds) {
		return pagePath{}, false
	}
	p.table.kind = tableKind(s[0])
	b := []byte(s[1:])
	keys := keyCount[p.table.kind]
	if len(b) != 8*keys+pathTail {
		return pagePath{}, false
	}
	be := binary.BigEndian
	for i := range keys {
		p.table.keys[i] = be.Uint64(b[8*i:])
	}
	b = b[8*keys:]
	p.region = trie.Region{First: be.Uint64(b), Bits: b[8]}
	p.leaves = be.Uint16(b[9:])
	return p, p.region.Valid() && bits.OnesCount16(p.leaves) <= leavesPerPage
}

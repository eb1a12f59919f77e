package fsstate

import (
	"encoding/binary"

	"bfs/fsstate/trie"
)

// The lengths of leaves, in bytes; those of entries and blocks vary.
const (
	inodeBytes     = 5*4 + 6*8 + 2*len(trie.Digest{}) + 1 // without the first block
	openSetBytes   = 8 + len(trie.Digest{})
	sessionBytes   = 2*8 + openSetBytes
	reservedBytes  = 8 + len(trie.Digest{}) // of an inode that has blocks reserved
	xattrBytes     = 2 + len(trie.Digest{}) // of an inode that has extended attributes
	runBytes       = 8
	leaseBytes     = 4 + 8
	openCountBytes = 3 * 4

	fileLocksBytes    = 2 * len(trie.Digest{})
	lockRowBytes      = 3*4 + 4*8
	sessionLocksBytes = 8 + len(trie.Digest{})
	lockWaitBytes     = 8
)

func (n inode) fromLeaf(b []byte) (inode, []branch, bool) {
	if len(b) < inodeBytes {
		return n, nil, false
	}
	r := leafReader{b}
	n.mode, n.nlink, n.uid, n.gid = r.uint32(), r.uint32(), r.uint32(), r.uint32()
	n.size = r.uint64()
	n.atime, n.mtime, n.ctime, n.btime = r.int64(), r.int64(), r.int64(), r.int64()
	n.parent = Ino(r.uint64())
	n.openers = r.uint32()
	out := adopt(nil, &n.entries, entryTable, r.digest())
	out = adopt(out, &n.rest, blockTable, r.digest())
	flags := r.take(1)[0]
	out, okRuns := n.adoptRuns(out, &r, flags)
	out, okXattrs := n.adoptXattrs(out, &r, flags)
	n.hasFirst, n.first = flags&flagFirst != 0, block(r.rest)
	n.linkable = flags&flagLinkable != 0
	ok := okRuns && okXattrs && flags < flagsEnd && (n.hasFirst || n.first == "") && n.first.valid()
	return n, out, ok
}

// adoptXattrs reads what an inode has of extended attributes, if the flags say
// that it has some.
func (n *inode) adoptXattrs(out []branch, r *leafReader, flags byte) ([]branch, bool) {
	if flags&flagXattrs == 0 {
		n.xattrs, n.xattrUnits = trie.Map[xattr]{}, 0
		return out, true
	}
	if len(r.rest) < xattrBytes {
		return nil, false
	}
	n.xattrUnits = binary.LittleEndian.Uint16(r.take(2))
	return adopt(out, &n.xattrs, xattrTable, r.digest()), n.xattrUnits > 0
}

// adoptRuns reads what an inode has reserved, if the flags say that it has.
func (n *inode) adoptRuns(out []branch, r *leafReader, flags byte) ([]branch, bool) {
	if flags&flagReserved == 0 {
		n.reserved, n.unwritten = trie.Map[run]{}, 0
		return out, true
	}
	if len(r.rest) < reservedBytes {
		return nil, false
	}
	n.unwritten = r.uint64()
	return adopt(out, &n.reserved, runTable, r.digest()), true
}

func (r run) fromLeaf(b []byte) (run, []branch, bool) {
	if len(b) != runBytes {
		return r, nil, false
	}
	in := leafReader{b}
	r.blocks = in.uint64()
	return r, nil, r.blocks > 0
}

func (e entry) fromLeaf(b []byte) (entry, []branch, bool) {
	if len(b) < 8 {
		return e, nil, false
	}
	r := leafReader{b}
	e.ino, e.name = Ino(r.uint64()), string(r.rest)
	return e, nil, checkName(e.name) == OK && !isDot(e.name)
}

func (b block) fromLeaf(bytes []byte) (block, []branch, bool) {
	b = block(bytes)
	return b, nil, b.valid()
}

// valid tells whether b is as trimmed leaves a block.
func (b block) valid() bool {
	return len(b) <= BlockSize && (len(b) == 0 || b[len(b)-1] != 0)
}

func (p principal) fromLeaf(b []byte) (principal, []branch, bool) {
	if len(b) != len(trie.Digest{}) {
		return p, nil, false
	}
	out := adopt(nil, &p.sessions, sessionRows, b)
	return p, out, true
}

func (r session) fromLeaf(b []byte) (session, []branch, bool) {
	if len(b) != sessionBytes {
		return r, nil, false
	}
	in := leafReader{b}
	r.renewed, r.turn, r.opens.life = in.int64(), in.uint64(), in.uint64()
	out := adopt(nil, &r.opens.counts, openTable, in.digest())
	return r, out, true
}

func (o openSet) fromLeaf(b []byte) (openSet, []branch, bool) {
	if len(b) != openSetBytes {
		return o, nil, false
	}
	r := leafReader{b}
	o.life = r.uint64()
	out := adopt(nil, &o.counts, expiredOpens, r.digest())
	return o, out, true
}

func (l lease) fromLeaf(b []byte) (lease, []branch, bool) {
	if len(b) != leaseBytes {
		return l, nil, false
	}
	r := leafReader{b}
	l.session = Session{Principal: r.uint32(), Number: r.uint64()}
	return l, nil, true
}

func (o openCount) fromLeaf(b []byte) (openCount, []branch, bool) {
	if len(b) != openCountBytes {
		return o, nil, false
	}
	r := leafReader{b}
	o.readers, o.writers, o.execs = r.uint32(), r.uint32(), r.uint32()
	return o, nil, true
}

// leafReader takes a leaf apart, whose length has been checked.
type leafReader struct{ rest []byte }

func (r *leafReader) take(n int) []byte {
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *leafReader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }
func (r *leafReader) uint64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }
func (r *leafReader) int64() int64   { return int64(r.uint64()) }
func (r *leafReader) digest() []byte { return r.take(len(trie.Digest{})) }

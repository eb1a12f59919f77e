package fsstate

import (
	"encoding/binary"

	"bfs/fsstate/trie"
)

// File types and permission bits, with st_mode's numbers.
const (
	typeMask      uint32 = 0o170000
	typeFIFO      uint32 = 0o010000
	typeCharacter uint32 = 0o020000
	typeDir       uint32 = 0o040000
	typeBlock     uint32 = 0o060000
	typeRegular   uint32 = 0o100000
	typeSymlink   uint32 = 0o120000
	typeSocket    uint32 = 0o140000
	permMask      uint32 = 0o7777
	setUID        uint32 = 0o4000
	setGID        uint32 = 0o2000
	sticky        uint32 = 0o1000
	groupExec     uint32 = 0o010
)

// dirSize is the st_size that directories show.
const dirSize = BlockSize

// inode is one row of the inode table. Regular files and symbolic links (whose
// target is their only block) have blocks, directories have entries. The first
// block lies in the row itself, because most files have no other.
type inode struct {
	mode, nlink uint32
	uid, gid    uint32
	size        uint64 // of regular files and symbolic links
	atime       int64
	mtime       int64
	ctime       int64
	btime       int64
	parent      Ino    // of directories, the root is its own; of devices their number
	openers     uint32 // sessions that hold it open
	hasFirst    bool   // else the first block is a hole, and first is empty
	linkable    bool   // has never had a name, and may get one
	xattrUnits  uint16 // what the extended attributes take, in units of xattrUnit
	first       block
	rest        trie.Map[block] // by index, from 1 on
	reserved    trie.Map[run]   // by first index
	unwritten   uint64          // reserved blocks that are neither first nor in rest
	entries     trie.Map[entry] // by cookie
	xattrs      trie.Map[xattr] // see xattr_row.go
}

func (n *inode) isDir() bool     { return n.mode&typeMask == typeDir }
func (n *inode) isRegular() bool { return n.mode&typeMask == typeRegular }
func (n *inode) isSymlink() bool { return n.mode&typeMask == typeSymlink }

// AppendLeaf appends the inode's canonical bytes, all of it but its number,
// which is its key.
func (n inode) AppendLeaf(dst []byte) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, n.mode)
	dst = le.AppendUint32(dst, n.nlink)
	dst = le.AppendUint32(dst, n.uid)
	dst = le.AppendUint32(dst, n.gid)
	dst = le.AppendUint64(dst, n.size)
	dst = le.AppendUint64(dst, uint64(n.atime))
	dst = le.AppendUint64(dst, uint64(n.mtime))
	dst = le.AppendUint64(dst, uint64(n.ctime))
	dst = le.AppendUint64(dst, uint64(n.btime))
	dst = le.AppendUint64(dst, uint64(n.parent))
	dst = le.AppendUint32(dst, n.openers)
	entries, rest := n.entries.Digest(), n.rest.Digest()
	dst = append(append(dst, entries[:]...), rest[:]...)
	return n.appendContents(dst)
}

// The flags of an inode's leaf.
const (
	flagFirst    = 1 << iota // the first block is the rest of the leaf
	flagReserved             // blocks are reserved; their count and digest follow
	flagXattrs               // then the units and the digest of extended attributes
	flagLinkable             // may get a first name
	flagsEnd
)

// appendContents appends what most inodes lack some parts of.
func (n *inode) appendContents(dst []byte) []byte {
	flags := len(dst)
	dst = append(dst, 0)
	if n.hasFirst {
		dst[flags] |= flagFirst
	}
	if n.linkable {
		dst[flags] |= flagLinkable
	}
	if n.reserved.Len() > 0 {
		dst[flags] |= flagReserved
		runs := n.reserved.Digest()
		dst = append(appendUint64s(dst, n.unwritten), runs[:]...)
	}
	if n.xattrs.Len() > 0 {
		dst[flags] |= flagXattrs
		xattrs := n.xattrs.Digest()
		dst = append(binary.LittleEndian.AppendUint16(dst, n.xattrUnits), xattrs[:]...)
	}
	return append(dst, n.first...)
}

// attr returns the attributes as callers see them.
func (n *inode) attr(ino Ino) Attr {
	size := n.size
	if n.isDir() {
		size = dirSize
	}
	return Attr{
		Ino:    ino,
		Mode:   n.mode,
		Nlink:  n.nlink,
		UID:    n.uid,
		GID:    n.gid,
		Rdev:   n.rdev(),
		Size:   size,
		Blocks: n.blockCount() * (BlockSize / 512),
		Atime:  n.atime,
		Mtime:  n.mtime,
		Ctime:  n.ctime,
		Btime:  n.btime,
	}
}

// changed marks a change of the content: POSIX's "mark for update the last
// data modification and last file status change timestamps".
func (n *inode) changed(now int64) { n.mtime, n.ctime = now, now }

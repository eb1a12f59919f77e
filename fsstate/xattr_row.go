package fsstate

import (
	"encoding/binary"
	"strings"

	"bfs/fsstate/trie"
)

// An inode's extended attributes are one map. An attribute has as many rows as
// its value has blocks, at least one, with keys that follow one another. The
// first key is made of the hash of the name and an ordinal, as in a directory,
// above xattrChunkBits for the number of the row. The two access control lists
// have keys below all hashes, so that they are found without hashing a name.
const (
	xattrChunkBits = 5
	xattrKeyBits   = xattrChunkBits + ordinalBits
	xattrKeys      = 1 << xattrChunkBits // that each attribute has to itself

	accessACLKey  = 1 << xattrChunkBits
	defaultACLKey = 2 << xattrChunkBits
)

// xattr is one row: the name of an attribute, the size of its value and the
// first block of that; or, without a name, a further block.
type xattr struct {
	name  string
	size  uint32
	block block
}

// AppendLeaf appends the canonical bytes: the length of the name and the name,
// the size if there is a name, and the block.
func (x xattr) AppendLeaf(dst []byte) []byte {
	dst = append(append(dst, byte(len(x.name))), x.name...)
	if x.name != "" {
		dst = binary.LittleEndian.AppendUint32(dst, x.size)
	}
	return append(dst, x.block...)
}

func (x xattr) fromLeaf(b []byte) (xattr, []branch, bool) {
	if len(b) < 1 || len(b) < 1+int(b[0]) || b[0] != 0 && len(b) < 1+int(b[0])+4 {
		return x, nil, false
	}
	r := leafReader{b[1:]}
	x = xattr{name: string(r.take(int(b[0])))}
	if x.name != "" {
		x.size = r.uint32()
	}
	x.block = block(r.rest)
	ok := x.name == "" || checkXattr(x.name, int(x.size)) == OK && len(x.block) <= int(x.size)
	return x, nil, ok && x.block.valid()
}

// bucketOfXattr is bucketOf for the names of attributes.
func bucketOfXattr(name string) uint64 {
	return (bucketOf(name)>>xattrKeyBits + 1) << xattrKeyBits
}

// findXattr finds the first key of an attribute, or the one that it would get:
// NoSpace if too many names have its hash.
func (n *inode) findXattr(name string) (key uint64, found bool, status Status) {
	switch name {
	case accessACLName:
		key = accessACLKey
	case defaultACLName:
		key = defaultACLKey
	default:
		return n.findXattrIn(bucketOfXattr(name), name)
	}
	_, found = n.xattrs.Get(key)
	return key, found, OK
}

// findXattrIn finds an attribute in the bucket that begins at first.
func (n *inode) findXattrIn(first uint64, name string) (key uint64, found bool, status Status) {
	status = NoSpace
	for at := first; at < first+1<<xattrKeyBits; at += xattrKeys {
		x, ok := n.xattrs.Get(at)
		switch {
		case ok && x.name == name:
			return at, true, OK
		case !ok && status != OK:
			key, status = at, OK
		}
	}
	return key, false, status
}

// xattrValue returns a copy of the value of an attribute that there is.
func (n *inode) xattrValue(key uint64) []byte {
	head, _ := n.xattrs.Get(key)
	out := make([]byte, head.size)
	for at, x := range n.xattrs.Ascend(key) {
		if at >= key+xattrKeys {
			break
		}
		copy(out[(at-key)*BlockSize:], x.block)
	}
	return out
}

// xattrCount is how many attributes there are, if that matters: at most as
// many as rows.
func (n *inode) xattrCount() int {
	if n.xattrs.Len() < MaxXattrs {
		return n.xattrs.Len()
	}
	count := 0
	for _, x := range n.xattrs.Ascend(0) {
		if x.name != "" {
			count++
		}
	}
	return count
}

// xattrUnitsOf is what an attribute counts as, in units of xattrUnit.
func xattrUnitsOf(name string, size int) uint64 {
	return uint64(len(name)+size+xattrUnit-1) / xattrUnit
}

// xattrBlockCount is how many blocks the attributes are charged as.
func (n *inode) xattrBlockCount() uint64 { return unitBlocks(uint64(n.xattrUnits)) }

func unitBlocks(units uint64) uint64 { return (units*xattrUnit + BlockSize - 1) / BlockSize }

// putXattr sets an attribute, in the place of one with the same key, of an
// inode that is being edited and can hold it. The caller accounts for blocks.
func (n *inode) putXattr(e trie.Epoch, key uint64, name string, value []byte) {
	n.dropXattr(e, key)
	n.xattrUnits += uint16(xattrUnitsOf(name, len(value)))
	x := xattr{name: strings.Clone(name), size: uint32(len(value))}
	for at := key; ; at++ {
		piece := value[:min(len(value), BlockSize)]
		x.block = overlay("", 0, piece)
		n.xattrs.Set(e, at, x)
		if value = value[len(piece):]; len(value) == 0 {
			return
		}
		x = xattr{}
	}
}

// dropXattr removes an attribute, if it is there, of an inode that is being
// edited, and returns how many blocks less are charged.
func (n *inode) dropXattr(e trie.Epoch, key uint64) uint64 {
	old, ok := n.xattrs.Get(key)
	if !ok {
		return 0
	}
	before := n.xattrBlockCount()
	n.xattrs.DeleteRange(e, key, key+xattrKeys)
	n.xattrUnits -= uint16(xattrUnitsOf(old.name, int(old.size)))
	return before - n.xattrBlockCount()
}

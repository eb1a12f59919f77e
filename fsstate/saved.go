package fsstate

import "bfs/fsstate/trie"

// SnapshotsName is the name in the root directory under which the snapshots
// are found. It is not listed there, so that what walks the tree does not walk
// all its snapshots, and no other file can have it.
const SnapshotsName = ".snapshots"

// SnapshotsIno is the inode number of the directory of snapshots.
const SnapshotsIno = Ino((1<<savedBits-1)<<inoBits) | RootIno

// SnapshotInfo is what there is to know of a snapshot that users have made.
type SnapshotInfo struct {
	Name string
	Root Ino   // its root directory
	Made int64 // ordered time, nanoseconds
	// UID and Principal are who made it: the user, and whose key vouched for
	// that.
	UID, Principal uint32
	// Bytes are those of the blocks in it, and Inodes its files, as Statfs
	// counts them: also what it shares with the files of now.
	Bytes, Inodes uint64
}

// saved is one snapshot: the inode table as it was. Its files have the numbers
// that they had, and callers see them with the snapshot's number above.
type saved struct {
	made           int64
	uid, principal uint32
	blocks         uint64
	inodes         trie.Map[inode]
	name           string
}

const savedBytes = 8 + 2*4 + 8 + len(trie.Digest{}) // without the name

// AppendLeaf appends the canonical bytes.
func (p saved) AppendLeaf(dst []byte) []byte {
	dst = appendUint64s(dst, uint64(p.made))
	dst = appendUint32s(dst, p.uid, p.principal)
	dst = appendUint64s(dst, p.blocks)
	digest := p.inodes.Digest()
	return append(append(dst, digest[:]...), p.name...)
}

func (p saved) fromLeaf(b []byte) (saved, []branch, bool) {
	if len(b) < savedBytes {
		return p, nil, false
	}
	r := leafReader{b}
	p.made, p.uid, p.principal, p.blocks = r.int64(), r.uint32(), r.uint32(), r.uint64()
	out := adopt(nil, &p.inodes, savedInodes, r.digest())
	p.name = string(r.rest)
	return p, out, checkName(p.name) == OK && !isDot(p.name)
}

func (p *saved) info(number uint64) SnapshotInfo {
	return SnapshotInfo{
		Name: p.name, Root: RootIno.in(number), Made: p.made, UID: p.uid, Principal: p.principal,
		Bytes: p.blocks * BlockSize, Inodes: uint64(p.inodes.Len()),
	}
}

// in is the number that a file of a snapshot is seen with.
func (ino Ino) in(number uint64) Ino { return ino | Ino(number<<inoBits) }

// split undoes in; the snapshot of what is in none is 0.
func (ino Ino) split() (number uint64, own Ino) {
	return uint64(ino >> inoBits), ino & (1<<inoBits - 1)
}

// isSaved tells whether ino lies in a snapshot, or is the directory of them.
func (ino Ino) isSaved() bool { return ino>>inoBits != 0 }

// view returns a copy of an inode to look at: of the files of now, of a
// snapshot, or of the directory of snapshots.
func (s *State) view(ino Ino) (inode, Status) {
	number, own := ino.split()
	key := uint64(own)
	inodes := &s.inodes
	switch {
	case ino == SnapshotsIno:
		return s.savedDir(), OK
	case number != 0:
		p, _ := s.snapshots.Get(number)
		inodes = &p.inodes
	}
	n, ok := inodes.Get(key)
	if !ok {
		return inode{}, Stale
	}
	return n, OK
}

// seen is the number of what an entry of dir names.
func (dir Ino) seen(entry Ino) Ino {
	number, _ := dir.split()
	if dir == SnapshotsIno {
		return entry
	}
	return entry.in(number)
}

// above is the number of the directory that ino, of which n is a copy, lies in.
func (ino Ino) above(n *inode) Ino {
	switch number, own := ino.split(); {
	case ino == SnapshotsIno:
		return RootIno
	case number != 0 && own == RootIno:
		return SnapshotsIno
	default:
		return n.parent.in(number)
	}
}

// savedDir makes the directory of snapshots, which is the root directory's
// owner's and nobody's to write to.
func (s *State) savedDir() inode {
	root := s.named(RootIno)
	n := inode{
		mode: typeDir | 0o555, nlink: 2 + uint32(s.snapshots.Len()), uid: root.uid, gid: root.gid,
		atime: s.savedAt, mtime: s.savedAt, ctime: s.savedAt, btime: root.btime, parent: RootIno,
	}
	for number, p := range s.snapshots.Ascend(0) {
		at := find(&n.entries, p.name)
		n.entries.Set(s.epoch, at.cookie, entry{name: p.name, ino: RootIno.in(number)})
	}
	return n
}

package fsstate

import (
	"encoding/binary"
	"strings"

	"bfs/fsstate/trie"
)

// A directory is a map from cookies to entries. A cookie is the hash of the
// name and, in its low bits, an ordinal that tells names apart whose hashes
// are equal. It is fixed from the entry's insertion to its removal, which is
// what makes listings resumable while others change the directory.
const (
	ordinalBits = 3
	ordinals    = 1 << ordinalBits
	hashBits    = 59 // cookies stay below 1<<62
)

// entry is one name of a directory.
type entry struct {
	name string
	ino  Ino
}

// AppendLeaf appends the entry's canonical bytes.
func (e entry) AppendLeaf(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, uint64(e.ino))
	return append(dst, e.name...)
}

// bucketOf returns the first cookie of the names that hash as name does. It
// is never 0, so every cookie is at least ordinals.
func bucketOf(name string) uint64 {
	var buf [MaxName]byte
	sum := trie.Sum(buf[:copy(buf[:], name)])
	hash := binary.LittleEndian.Uint64(sum[:]) >> (64 - hashBits)
	return max(hash, 1) << ordinalBits
}

// slot is a name's place in a directory: where it is, or where it would go.
type slot struct {
	cookie uint64
	ino    Ino  // 0 if the name is not there
	full   bool // not there, and no ordinal is free
}

// find looks name up in the directory.
func find(entries *trie.Map[entry], name string) slot {
	return findIn(entries, bucketOf(name), name)
}

// findIn looks name up in the bucket that begins at first.
func findIn(entries *trie.Map[entry], first uint64, name string) slot {
	free := slot{cookie: first}
	for cookie, e := range entries.Ascend(first) {
		if cookie >= first+ordinals {
			break
		}
		if e.name == name {
			return slot{cookie: cookie, ino: e.ino}
		}
		if cookie == free.cookie {
			free.cookie++
		}
	}
	free.full = free.cookie == first+ordinals
	return free
}

// checkName tells whether name can be a directory entry's, "." and ".." apart.
func checkName(name string) Status {
	switch {
	case name == "":
		return NoEnt
	case len(name) > MaxName:
		return NameTooLong
	case strings.ContainsAny(name, "/\x00"):
		return Inval
	}
	return OK
}

func isDot(name string) bool { return name == "." || name == ".." }

// place is a name in a directory that the caller has searched.
type place struct {
	dir  Ino
	node inode // of dir, as found
	name string
	slot
}

// search finds name in dir for a caller with search permission. dots is the
// status for the names "." and "..".
func (s *State) search(c *Context, dir Ino, name string, dots Status) (place, Status) {
	p := place{dir: dir, name: name}
	var status Status
	if p.node, status = s.get(dir); status != OK {
		return p, status
	}
	status = p.search(c, dots)
	return p, status
}

// search finds the name of p in its directory.
func (p *place) search(c *Context, dots Status) Status {
	if !p.node.isDir() {
		return NotDir
	}
	if !c.Caller.may(&p.node, MayExec) {
		return Access
	}
	if isDot(p.name) {
		return dots
	}
	if p.dir == RootIno && p.name == SnapshotsName {
		p.ino = SnapshotsIno
		return dots
	}
	if status := checkName(p.name); status != OK {
		return status
	}
	p.slot = find(&p.node.entries, p.name)
	return OK
}

// vacant tells whether the caller may put an entry at p: nothing is there,
// the directory is alive, writable and has room.
func (p *place) vacant(c *Context) Status {
	switch {
	case p.ino != 0:
		return Exist
	case p.node.nlink == 0:
		return NoEnt
	case !c.Caller.may(&p.node, MayWrite|MayExec):
		return Access
	case p.full:
		return NoSpace
	}
	return OK
}

// insert puts ino at p, in the place of what may be there.
func (s *State) insert(p *place, ino Ino) {
	if p.ino == 0 {
		s.names++
	}
	dir := s.edit(p.dir)
	dir.entries.Set(s.epoch, p.cookie, entry{name: strings.Clone(p.name), ino: ino})
	dir.changed(s.clock)
}

// remove takes the entry at p out of its directory.
func (s *State) remove(p *place) {
	s.names--
	dir := s.edit(p.dir)
	dir.entries.Delete(s.epoch, p.cookie)
	dir.changed(s.clock)
}

package simfs

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"bfs/fsstate"
	"bfs/pbft/message"
	"bfs/pbft/sim"
)

// What clients work on.
const (
	rootMode   = 0o755
	lastInodes = 8 // that are looked at in the end
	typeMask   = 0o170000
	typeDir    = 0o040000
	typeFile   = 0o100000
)

var names = []string{"a", "b", "c"}

// script is what one session does, and what it has learned of the tree.
type script struct {
	run     *workload
	session message.ClientID
	dirs    []fsstate.Ino
	files   []fsstate.Ino
	written int
}

// learn remembers the inodes that a result shows.
func (s *script) learn(out output) {
	switch {
	case out.ino == 0:
	case out.mode&typeMask == typeDir && !slices.Contains(s.dirs, out.ino):
		s.dirs = append(s.dirs, out.ino)
	case out.mode&typeMask == typeFile && !slices.Contains(s.files, out.ino):
		s.files = append(s.files, out.ino)
	}
}

// Next draws a call.
func (s *script) Next(rng *rand.Rand) sim.Call {
	in := input{
		session: s.session,
		kind:    kind(rng.IntN(int(kinds))),
		ino:     s.inode(rng),
		dir:     s.dirs[rng.IntN(len(s.dirs))],
		name:    names[rng.IntN(len(names))],
	}
	if rng.IntN(8) == 0 {
		in.kind = doCreate
	}
	s.fill(&in, rng)
	return newCall(s, in)
}

// inode is a file that the session has seen, or now and then any inode.
func (s *script) inode(rng *rand.Rand) fsstate.Ino {
	if len(s.files) == 0 || rng.IntN(8) == 0 {
		return fsstate.Ino(1 + rng.IntN(lastInodes))
	}
	return s.files[rng.IntN(len(s.files))]
}

// fill draws the arguments that are of one kind only.
func (s *script) fill(in *input, rng *rand.Rand) {
	switch in.kind {
	case doRead:
		in.offset, in.size = place(rng), uint64(1+rng.IntN(2*fsstate.BlockSize))
	case doCreate, doMkdir, doChmod:
		in.mode = []uint32{0o600, 0o644, 0o755}[rng.IntN(3)]
		if in.kind == doCreate {
			in.flags = []fsstate.OpenMode{0, fsstate.OpenExclusive, fsstate.OpenTruncate}[rng.IntN(3)]
		}
	case doWrite, doAppend:
		s.written++
		in.data = fmt.Sprintf("%d/%d.%d;", s.session.Principal, s.session.Session, s.written)
		if in.kind == doWrite {
			in.offset = place(rng)
		}
	case doTruncate:
		in.size = place(rng)
	case doRename:
		in.newDir = s.dirs[rng.IntN(len(s.dirs))]
		in.newName = names[rng.IntN(len(names))]
		in.renameFlags = fsstate.RenameFlags(rng.IntN(2))
	}
}

// place is an offset at the begin of a file or about its second block.
func place(rng *rand.Rand) uint64 {
	return []uint64{0, 0, 5, fsstate.BlockSize - 3, fsstate.BlockSize}[rng.IntN(5)]
}

// Last lists the root and reads the first inodes.
func (s *script) Last(i int) sim.Call {
	ino := fsstate.Ino(i/2 + 1)
	in := input{session: s.session, kind: doGetattr, ino: ino}
	switch {
	case i >= 2*lastInodes:
		return nil
	case i%2 == 1 && ino == fsstate.RootIno:
		in.kind, in.dir, in.ino = doReaddir, ino, 0
	case i%2 == 1:
		in.kind, in.size = doRead, 2*fsstate.BlockSize
	}
	return newCall(s, in)
}

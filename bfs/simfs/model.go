package simfs

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"bfs/fsstate"
	"bfs/pbft/message"
)

// tree is a file system, which does not change: a step makes another.
type tree struct {
	next  fsstate.Ino
	files map[fsstate.Ino]*file
	opens map[holding]int // how often a session holds an inode open
	key   string          // equal for equal trees
}

type holding struct {
	session message.ClientID
	ino     fsstate.Ino
}

// file is a regular file or, if entries is not nil, a directory.
type file struct {
	mode    uint32 // with the type
	names   uint32
	parent  fsstate.Ino // of a directory
	entries map[string]fsstate.Ino
	data    string
	sum     []byte // nil while it is being changed
}

func newTree() *tree {
	t := &tree{next: fsstate.RootIno + 1, files: map[fsstate.Ino]*file{}, opens: map[holding]int{}}
	t.files[fsstate.RootIno] = &file{
		mode: typeDir | rootMode, names: 1, parent: fsstate.RootIno, entries: map[string]fsstate.Ino{},
	}
	t.seal()
	return t
}

// clone is a copy whose maps can be changed, but not its files.
func (t *tree) clone() *tree {
	return &tree{next: t.next, files: maps.Clone(t.files), opens: maps.Clone(t.opens)}
}

// edit makes a file of a clone one that can be changed.
func (t *tree) edit(ino fsstate.Ino) *file {
	f := *t.files[ino]
	f.entries, f.sum = maps.Clone(f.entries), nil
	t.files[ino] = &f
	return &f
}

// seal ends the changes.
func (t *tree) seal() {
	b := binary.BigEndian.AppendUint64(nil, uint64(t.next))
	for _, ino := range slices.Sorted(maps.Keys(t.files)) {
		f := t.files[ino]
		if f.sum == nil {
			f.seal()
		}
		b = append(binary.BigEndian.AppendUint64(b, uint64(ino)), f.sum...)
	}
	for _, h := range slices.SortedFunc(maps.Keys(t.opens), compareHoldings) {
		b = fmt.Appendf(b, "%v %d", h, t.opens[h])
	}
	t.key = string(b)
}

// seal makes the digest of all that a file has.
func (f *file) seal() {
	sum := sha256.Sum256(fmt.Appendf(nil, "%o %d %d %q %s", f.mode, f.names, f.parent, f.listing(), f.data))
	f.sum = sum[:]
}

func compareHoldings(a, b holding) int {
	return cmp.Or(cmp.Compare(a.session.Principal, b.session.Principal),
		cmp.Compare(a.session.Session, b.session.Session), cmp.Compare(a.ino, b.ino))
}

func (f *file) isDir() bool { return f.entries != nil }

func (f *file) listing() string {
	entries := make([]fsstate.Dirent, 0, len(f.entries))
	for name, ino := range f.entries {
		entries = append(entries, fsstate.Dirent{Name: name, Ino: ino})
	}
	return listing(entries, true)
}

// attr is what an operation says of a file.
func (t *tree) attr(ino fsstate.Ino) output {
	f := t.files[ino]
	if f == nil {
		return output{status: fsstate.Stale}
	}
	out := output{ino: ino, mode: f.mode, nlink: f.names, size: uint64(len(f.data))}
	if f.isDir() {
		out.nlink, out.size = 2, fsstate.BlockSize
		for _, child := range f.entries {
			if t.files[child].isDir() {
				out.nlink++
			}
		}
	}
	return out
}

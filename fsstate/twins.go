package fsstate

import "bfs/fsstate/trie"

// Twins are the tables of the same file, or of all files, in the snapshots and
// in the files of now. They have much in common, at the same keys.

// twin is the table's twin in a snapshot, or in the files of now if number is 0.
func (id tableID) twin(number uint64) tableID {
	live, ino := id.live()
	switch {
	case number == 0 && live == inodeTable:
		return tableID{kind: live}
	case number == 0:
		return tableID{live, [2]uint64{ino}}
	}
	return tableID{savedKind[live], [2]uint64{number, ino}}
}

// live is what the table is called among the files of now, noTable if it has
// no twins, and the inode that it belongs to.
func (id tableID) live() (kind tableKind, ino uint64) {
	for kind, in := range savedKind {
		switch {
		case in == noTable:
		case id.kind == in:
			return tableKind(kind), id.keys[1]
		case id.kind == tableKind(kind):
			return id.kind, id.keys[0]
		}
	}
	return noTable, 0
}

// twins yields the twins of a table, the latest first: the files of now, then
// the snapshots.
func (v *version) twins(id tableID) func(yield func(tableID) bool) {
	return func(yield func(tableID) bool) {
		if kind, _ := id.live(); kind == noTable {
			return
		}
		if now := id.twin(0); now != id && !yield(now) {
			return
		}
		for number := range v.snapshots.Ascend(0) {
			if twin := id.twin(number); twin != id && !yield(twin) {
				return
			}
		}
	}
}

// share takes what is wanted from a twin that has it, in what has been put
// together so far or in what was at hand. It is true if nothing is left to ask
// for, and else w is less.
func (a *Assembly) share(w *want) bool {
	if kind, _ := w.path.table.live(); kind == noTable || a.work.snapshots.Len()+a.base.snapshots.Len() == 0 {
		return false
	}
	if w.path.leaves == 0 {
		return a.shareRegion(w.path.table, w.path.region, w.id.Digest)
	}
	for i, d := range digits(w.node.Kids | w.node.Leaves) {
		if w.path.leaves&(1<<d) != 0 && a.shareRegion(w.path.table, w.node.Child(d), w.node.Digests[i]) {
			w.path.leaves &^= 1 << d
		}
	}
	w.id.Path = w.path.String()
	return w.path.leaves == 0
}

func (a *Assembly) shareRegion(id tableID, r trie.Region, digest trie.Digest) bool {
	for _, v := range []*version{&a.work.version, &a.base.version} {
		for twin := range v.twins(id) {
			from := v.table(twin)
			if from.RegionDigest(r) != digest {
				continue
			}
			a.work.epoch++ // both have the nodes from now on
			a.work.editTable(id).graft(a.work.epoch, from, r)
			return true
		}
	}
	return false
}

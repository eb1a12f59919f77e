package bfs

import (
	"fmt"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

var (
	_ pbft.Pages    = (*Service)(nil)
	_ pbft.Assembly = assembly{}
)

// Every page that fsstate makes is one that pbft sends.
const _ = uint(pbft.MaxPage - fsstate.MaxPageBytes)

// Page returns a page of a version, or nil if the version has none of that
// path and digest. The id may be anything.
func (s *Service) Page(v pbft.Version, id pbft.PageID) []byte {
	return snapshotOf(v).Page(fsstate.PageID{Path: id.Path, Digest: id.Digest})
}

// Assemble begins to put together the files whose Digest is root.
func (s *Service) Assemble(root message.Digest) pbft.Assembly {
	return assembly{s.state.Assemble(root)}
}

// snapshotOf is what Checkpoint or an assembly made.
func snapshotOf(v pbft.Version) *fsstate.Snapshot {
	snapshot, ok := v.(*fsstate.Snapshot)
	if !ok {
		panic(fmt.Sprintf("bfs: a %T is no version of this service", v))
	}
	return snapshot
}

// assembly has the names that pbft knows for what fsstate does.
type assembly struct{ state *fsstate.Assembly }

func (a assembly) Missing(ids []pbft.PageID, limit int) []pbft.PageID {
	for _, id := range a.state.Missing(nil, limit) {
		ids = append(ids, pbft.PageID{Path: id.Path, Digest: id.Digest})
	}
	return ids
}

func (a assembly) Supply(id pbft.PageID, page []byte) bool {
	return a.state.Supply(fsstate.PageID{Path: id.Path, Digest: id.Digest}, page)
}

func (a assembly) Retarget(root message.Digest) { a.state.Retarget(root) }
func (a assembly) Version() pbft.Version        { return a.state.Version() }

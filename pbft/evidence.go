package pbft

import (
	"errors"

	"bfs/pbft/message"
)

// What replicas show to those who want proof of the state: a stable checkpoint
// and its pages. It goes beside the protocol; nothing in that depends on it.

// Evidence is a stable checkpoint of a replica. Whoever has it keeps that
// version of the service's state from being forgotten.
type Evidence struct{ checkpoint checkpoint }

// Evidence returns the last stable checkpoint. There is none before the first,
// nor while this replica knows that its state is wrong.
func (r *Replica) Evidence() (Evidence, bool) {
	stable := r.checkpoints.stable()
	return Evidence{*stable}, stable.sequence > 0 && !r.diverged
}

// Entry is the checkpoint's sequence number and digest.
func (e *Evidence) Entry() message.Entry {
	return message.Entry{Sequence: e.checkpoint.sequence, Digest: e.checkpoint.digest}
}

// EvidencePage returns a page of the state at e: the root page, by RootPage, or
// one of the service's, by ServicePage; nil if there is no such page. The
// replies to other clients are not shown. It costs what Pages.Page costs.
func (r *Replica) EvidencePage(e *Evidence, id PageID) []byte {
	if id.Path == "" || id.Path[0] != pageRoot && id.Path[0] != pageService {
		return nil
	}
	return r.page(&e.checkpoint, id)
}

// RootPage names the page that the digest of a checkpoint is of.
func RootPage(checkpoint message.Digest) PageID {
	return PageID{Path: string(pageRoot), Digest: checkpoint}
}

// ServicePage names a page of the service's state.
func ServicePage(id PageID) PageID {
	return PageID{Path: string(pageService) + id.Path, Digest: id.Digest}
}

// Root is what the root page of a checkpoint says of the state.
type Root struct {
	Clock   message.Time   // ordered time of the last operation
	Service message.Digest // of the service's state
}

// ErrRootPage: bytes that are not the root page of a checkpoint.
var ErrRootPage = errors.New("not the root page of the checkpoint")

// ReadRoot reads the root page of a checkpoint, of which only sequence number
// and digest need be trusted.
func ReadRoot(data []byte, checkpoint message.Entry) (Root, error) {
	root, ok := readRoot(data)
	if !ok || message.Sum(data) != checkpoint.Digest || root.executed != checkpoint.Sequence {
		return Root{}, ErrRootPage
	}
	return Root{Clock: root.clock, Service: root.service}, nil
}

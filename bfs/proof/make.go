package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

// Source is what proofs come from: a client of the replicas.
type Source interface {
	// Attest asks a replica to sign for its last stable checkpoint.
	Attest(ctx context.Context, replica message.ReplicaID) (message.Attestation, error)
	// Inspect asks a replica for a page of a checkpoint that it has signed for.
	Inspect(ctx context.Context, replica message.ReplicaID, n message.Sequence, id message.PageID) ([]byte, error)
}

// ErrNoCheckpoint: no checkpoint is signed for by f+1 replicas now. There may
// be none yet, or the replicas are about to have the next.
var ErrNoCheckpoint = errors.New("no checkpoint that enough replicas sign for")

// Make makes a proof of what is at a path, as of the last checkpoint, and says
// what it proves. The holes are the caller's to add.
func Make(ctx context.Context, source Source, keys Keys, path string) (*Proof, *Statement, error) {
	names, err := Names(path)
	if err != nil {
		return nil, nil, err
	}
	p, err := agree(ctx, source, keys)
	if err != nil {
		return nil, nil, err
	}
	p.Path = Join(names)
	var causes []error
	for _, signer := range p.Signed {
		s, err := p.collect(ctx, source, signer.Replica, keys, names)
		if err == nil {
			return p, s, nil
		}
		causes = append(causes, fmt.Errorf("replica %d: %w", signer.Replica, err))
		if ctx.Err() != nil {
			break
		}
	}
	return nil, nil, errors.Join(causes...)
}

// agree asks all replicas to sign, and returns a proof with nothing but the
// signatures of those who agree.
func agree(ctx context.Context, source Source, keys Keys) (*Proof, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan answer, len(keys.Replicas))
	for i := range keys.Replicas {
		go func() {
			a, err := source.Attest(ctx, message.ReplicaID(i))
			answers <- answer{message.ReplicaID(i), a, err}
		}()
	}
	var said []answer
	causes := []error{ErrNoCheckpoint}
	for range keys.Replicas {
		a := <-answers
		if a.err != nil {
			causes = append(causes, a.err)
			continue
		}
		if said = append(said, a); !a.isSigned(keys) {
			continue
		}
		if p := a.proof(said, keys); len(p.Signed) > keys.Faults {
			return p, nil
		}
	}
	return nil, errors.Join(causes...)
}

// answer is what a replica says when it is asked to sign.
type answer struct {
	replica message.ReplicaID
	said    message.Attestation
	err     error
}

func (a *answer) isSigned(keys Keys) bool {
	statement := message.CheckpointStatement(a.said.Sequence, a.said.Digest)
	return a.said.Sequence > 0 && keys.Replicas[a.replica].Verify(keys.Cluster, statement, a.said.Signature)
}

// proof has the signatures of those who say the same as a.
func (a *answer) proof(said []answer, keys Keys) *Proof {
	p := &Proof{Cluster: keys.Cluster, Sequence: a.said.Sequence, Digest: a.said.Digest}
	for _, b := range said {
		if b.said.Sequence == p.Sequence && b.said.Digest == p.Digest && b.isSigned(keys) {
			p.Signed = append(p.Signed, Signed{b.replica, b.said.Signature})
		}
	}
	slices.SortFunc(p.Signed, func(x, y Signed) int { return int(x.Replica) - int(y.Replica) })
	return p
}

// collect gets the pages from one replica, and checks the whole.
func (p *Proof) collect(ctx context.Context, source Source, from message.ReplicaID, keys Keys, names []string) (*Statement, error) {
	p.Root, p.Pages = nil, nil
	page, err := source.Inspect(ctx, from, p.Sequence, pbft.RootPage(p.Digest))
	if err != nil {
		return nil, err
	}
	root, err := pbft.ReadRoot(page, message.Entry{Sequence: p.Sequence, Digest: p.Digest})
	if err != nil {
		return nil, err
	}
	p.Root = page
	seen := make(map[fsstate.PageID][]byte)
	_, err = fsstate.Prove(root.Service, names, func(id fsstate.PageID) ([]byte, error) {
		if page, ok := seen[id]; ok {
			return page, nil
		}
		page, err := source.Inspect(ctx, from, p.Sequence, pbft.ServicePage(pbft.PageID{Path: id.Path, Digest: id.Digest}))
		if err == nil {
			seen[id] = page
			p.Pages = append(p.Pages, page)
		}
		return page, err
	})
	if err != nil {
		return nil, err
	}
	return p.Verify(keys)
}

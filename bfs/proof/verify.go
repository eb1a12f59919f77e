package proof

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// ErrInvalid is wrapped by the errors about proofs that do not prove what they
// say, to whom the cluster is the one that it is.
var ErrInvalid = errors.New("the proof is not valid")

// Keys is what a proof is checked with: all that has to be trusted.
type Keys struct {
	Cluster  string
	Faults   int              // f
	Replicas []auth.PublicKey // by number
}

// Statement is what a proof proves.
type Statement struct {
	Path     string
	Sequence message.Sequence // of the checkpoint
	Digest   message.Digest
	// Time is the ordered time of the last operation before the checkpoint.
	Time    message.Time
	Signers []message.ReplicaID
	// Absent says that nothing was at the path; then Missing is the first part
	// of it that was not there, and File the directory where it was not.
	Absent  bool
	Missing string
	File    *fsstate.Proven
	holes   []fsstate.Hole
}

// Verify checks a proof against the keys of a cluster.
func (p *Proof) Verify(keys Keys) (*Statement, error) {
	s, err := p.verify(keys)
	if err != nil && !errors.Is(err, ErrInvalid) {
		err = fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return s, err
}

func (p *Proof) verify(keys Keys) (*Statement, error) {
	names, err := Names(p.Path)
	if err != nil {
		return nil, err
	}
	if Join(names) != p.Path {
		return nil, fmt.Errorf("the path %q is not in its one form", p.Path)
	}
	s := &Statement{Path: p.Path, Sequence: p.Sequence, Digest: p.Digest, holes: p.Holes}
	if s.Signers, err = p.signers(keys); err != nil {
		return nil, err
	}
	root, err := pbft.ReadRoot(p.Root, message.Entry{Sequence: p.Sequence, Digest: p.Digest})
	if err != nil {
		return nil, err
	}
	s.Time = root.Clock
	pages := &replay{rest: p.Pages, seen: make(map[fsstate.PageID][]byte)}
	if s.File, err = fsstate.Prove(root.Service, names, pages.fetch); err != nil {
		return nil, err
	}
	if len(pages.rest) > 0 {
		return nil, fmt.Errorf("%d pages belong to something else", len(pages.rest))
	}
	if err := checkHoles(p.Holes); err != nil {
		return nil, err
	}
	if s.File.Found < len(names) {
		s.Absent, s.Missing = true, Join(names[:s.File.Found+1])
	}
	return s, nil
}

// Join undoes Names.
func Join(names []string) string { return "/" + strings.Join(names, "/") }

// signers are those who have signed for the checkpoint, f+1 at least.
func (p *Proof) signers(keys Keys) (signers []message.ReplicaID, err error) {
	if p.Cluster != keys.Cluster {
		return nil, fmt.Errorf("it is of the cluster %q, and this configuration of %q", p.Cluster, keys.Cluster)
	}
	statement := message.CheckpointStatement(p.Sequence, p.Digest)
	for i, s := range p.Signed {
		switch {
		case int(s.Replica) >= len(keys.Replicas):
			return nil, fmt.Errorf("there is no replica %d in this cluster", s.Replica)
		case i > 0 && s.Replica <= p.Signed[i-1].Replica:
			return nil, errors.New("the signatures are not in the order of the replicas, or one is there twice")
		case !keys.Replicas[s.Replica].Verify(keys.Cluster, statement, s.Signature):
			return nil, fmt.Errorf("the signature of replica %d is wrong", s.Replica)
		}
		signers = append(signers, s.Replica)
	}
	if len(signers) <= keys.Faults {
		return nil, fmt.Errorf("%d replicas have signed, and %d may be faulty: %d must", len(signers), keys.Faults, keys.Faults+1)
	}
	return signers, nil
}

// checkHoles wants holes in order, and apart.
func checkHoles(holes []fsstate.Hole) error {
	end := uint64(0)
	for i, h := range holes {
		if h.End <= h.Offset || i > 0 && h.Offset <= end {
			return errors.New("the holes are not in order")
		}
		end = h.End
	}
	return nil
}

// replay hands out the pages of a proof, each once in its turn.
type replay struct {
	rest [][]byte
	seen map[fsstate.PageID][]byte
}

func (r *replay) fetch(id fsstate.PageID) ([]byte, error) {
	if page, ok := r.seen[id]; ok {
		return page, nil
	}
	if len(r.rest) == 0 {
		return nil, errors.New("a page is missing")
	}
	page := r.rest[0]
	r.rest = r.rest[1:]
	r.seen[id] = page
	return page, nil
}

// CheckFile tells whether a file is the one that is proven, by reading it.
func (s *Statement) CheckFile(file io.Reader) error {
	if s.Absent {
		return fmt.Errorf("%w: nothing was at %s", fsstate.ErrContents, s.Path)
	}
	return s.File.Check(file, s.holes)
}

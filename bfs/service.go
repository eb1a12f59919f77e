package bfs

import (
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

// Service is the file system as the state machine that is replicated. Like
// every pbft.Service it is for one goroutine at a time.
type Service struct{ state *fsstate.State }

var _ pbft.Service = (*Service)(nil)

// NewService returns the service of state, which it owns from then on.
func NewService(state *fsstate.State) *Service { return &Service{state} }

// smallResult is enough for every result but those of reads and listings.
const smallResult = 128

// Execute carries out an operation in its place in the order. Bytes that are
// no operation change nothing and have the result Inval.
func (s *Service) Execute(op pbft.Operation) []byte {
	return s.apply(op, false)
}

// Query answers an operation without changing the state. The result is
// MustOrder where only this time the state would have to change.
func (s *Service) Query(op pbft.Operation) ([]byte, bool) {
	code, ok := opcodeOf(op.Body)
	if !ok || !kinds[code].query {
		return nil, false
	}
	return s.apply(op, true), true
}

func (s *Service) apply(op pbft.Operation, readOnly bool) []byte {
	dst := make([]byte, 0, smallResult)
	caller, operation, err := decodeOperation(op.Body)
	if err != nil {
		return appendNothing(dst, fsstate.Inval)
	}
	c := fsstate.Context{
		Caller:   caller,
		Session:  fsstate.Session{Principal: op.Client.Principal, Number: op.Client.Session},
		Now:      int64(op.Time),
		ReadOnly: readOnly,
	}
	return operation.apply(s.state, &c, dst)
}

// Checkpoint returns the present version of the files.
func (s *Service) Checkpoint() pbft.Version { return s.state.Snapshot() }

// Rollback makes a version of this service the present one.
func (s *Service) Rollback(v pbft.Version) { s.state.Restore(snapshotOf(v)) }

// Digest is the digest of the files and of what sessions hold open.
func (s *Service) Digest() message.Digest { return s.state.Digest() }

// Scrub checks the next part of the files against the digests kept for it.
func (s *Service) Scrub(budget int) { s.state.Scrub(budget) }

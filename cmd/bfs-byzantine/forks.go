package main

import (
	"bytes"
	"log/slog"

	"bfs/pbft"
)

// twoTongued tells each client's principal other lies.
type twoTongued struct{ pbft.Service }

func newTwoTongued(_ *attack, honest pbft.Service) pbft.Service { return twoTongued{honest} }

func (w twoTongued) Execute(op pbft.Operation) []byte {
	return tell(op, w.Service.Execute(op))
}

func (w twoTongued) Query(op pbft.Operation) ([]byte, bool) {
	result, ok := w.Service.Query(op)
	return tell(op, result), ok
}

// tell alters the last byte of a result that is more than a status, for each
// principal in its own way.
func tell(op pbft.Operation, result []byte) []byte {
	if isStatus(result) {
		return result
	}
	altered := bytes.Clone(result)
	altered[len(altered)-1] ^= byte(op.Client.Principal)<<1 | 1
	return altered
}

// idler does not do what it says that it has done.
type idler struct {
	pbft.Service
	log *slog.Logger
}

func newIdler(a *attack, honest pbft.Service) pbft.Service { return &idler{honest, a.log} }

// Execute finds out what the result would be, and leaves the files as they
// were.
func (s *idler) Execute(op pbft.Operation) []byte {
	before := s.Service.Checkpoint()
	result := s.Service.Execute(op)
	s.Service.Rollback(before)
	return result
}

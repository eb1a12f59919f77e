package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"sync/atomic"

	"bfs/fsstate"
	"bfs/pbft"
)

func newLiar(a *attack, honest pbft.Service) pbft.Service {
	return &liar{Service: honest, log: a.log}
}

// liar answers every operation with other bytes than the honest service, whose
// state it leaves alone.
type liar struct {
	pbft.Service
	log  *slog.Logger
	lies atomic.Uint64
}

// Execute carries the operation out and lies about the result.
func (l *liar) Execute(op pbft.Operation) []byte {
	return l.lie(l.Service.Execute(op))
}

// Query lies, too, but not about a bare status, which may be what sends the
// client to have the operation ordered.
func (l *liar) Query(op pbft.Operation) ([]byte, bool) {
	result, ok := l.Service.Query(op)
	if ok && !isStatus(result) {
		result = l.lie(result)
	}
	return result, ok
}

// lie returns a well-formed result that is not the one it is given: the last
// bit is another, of a file's contents where the result has any, else of an
// attribute. Where there is only a status it is another one.
func (l *liar) lie(result []byte) []byte {
	if n := l.lies.Add(1); n&(n-1) == 0 {
		l.log.Info(fmt.Sprintf("lied %d times", n))
	}
	if isStatus(result) {
		return otherStatus(result)
	}
	altered := bytes.Clone(result)
	altered[len(altered)-1] ^= 1
	return altered
}

// A result is an array of the status and what else there is: with a bare
// status it begins with the head of an array of one.
const arrayOfOne = 0x91

func isStatus(result []byte) bool { return len(result) == 0 || result[0] == arrayOfOne }

func otherStatus(result []byte) []byte {
	failed, done := []byte{arrayOfOne, byte(fsstate.IO)}, []byte{arrayOfOne, byte(fsstate.OK)}
	if bytes.Equal(result, done) {
		return failed
	}
	return done
}

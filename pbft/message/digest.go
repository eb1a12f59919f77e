package message

import (
	"hash"
	"sync"

	"golang.org/x/crypto/blake2b"
)

// What is hashed begins with a label that says what it is, so that no digest
// of one thing is the digest of another.
const (
	labelRequest    = "bfs request 1\x00"
	labelBatch      = "bfs batch 1\x00"
	labelResult     = "bfs result 1\x00"
	labelViewChange = "bfs view-change 1\x00"
	labelCheckpoint = "bfs checkpoint 1\x00"
)

// ResultDigest is what Reply.Digest must be for a result.
func ResultDigest(result []byte) Digest {
	h := newHasher(labelResult)
	h.write(result)
	return h.finish()
}

// Sum is the digest of b, which must begin with a label of its own.
func Sum(b []byte) Digest { return blake2b.Sum256(b) }

// hasher computes a digest of several pieces without allocating: its state
// and its buffer are used again.
type hasher struct {
	state hash.Hash
	head  []byte
	sum   Digest
}

var hashers = sync.Pool{New: func() any {
	state, err := blake2b.New256(nil)
	if err != nil {
		panic("message: BLAKE2b without a key: " + err.Error())
	}
	return &hasher{state: state}
}}

func newHasher(label string) *hasher {
	h := hashers.Get().(*hasher)
	h.state.Reset()
	h.head = append(h.head[:0], label...)
	h.write(h.head)
	return h
}

func (h *hasher) write(b []byte) { h.state.Write(b) }

// finish returns the digest and ends the use of h.
func (h *hasher) finish() Digest {
	h.state.Sum(h.sum[:0])
	sum := h.sum
	hashers.Put(h)
	return sum
}

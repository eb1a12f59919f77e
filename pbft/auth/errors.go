package auth

import (
	"errors"
	"fmt"
)

// Why a handshake fails. They are found with errors.Is in a HandshakeError;
// together with ErrRefused it is the peer that said so.
var (
	// ErrNotBFS: what the peer sends is not this protocol.
	ErrNotBFS = errors.New("not a BFS peer")
	// ErrVersion: the peer speaks another version of this protocol.
	ErrVersion = errors.New("other protocol version")
	// ErrWrongCluster: the peer is of another cluster.
	ErrWrongCluster = errors.New("other cluster")
	// ErrUnknownPeer: the Directory has no key for who the peer says it is.
	ErrUnknownPeer = errors.New("unknown peer")
	// ErrWrongPeer: the initiator reached somebody else than it expected.
	ErrWrongPeer = errors.New("other peer than expected")
	// ErrWrongKey: the peer does not hold the key of who it says it is, or
	// somebody between changes what the two send.
	ErrWrongKey = errors.New("wrong key")
	// ErrRefused: the peer refused us. Its word for that is not
	// authenticated: it is a hint for people.
	ErrRefused = errors.New("refused by the peer")
)

// ErrBadTag is what Link.Verify returns for a frame that the peer did not
// send as the next one.
var ErrBadTag = errors.New("frame is altered, repeated or out of order")

// HandshakeError says why a handshake failed, in a sentence that names the
// peer's address. It unwraps to one of the errors above, or to the error of
// the connection.
type HandshakeError struct {
	text  string
	kinds []error
}

// Error is the sentence.
func (e *HandshakeError) Error() string { return e.text }

// Unwrap lists what errors.Is finds.
func (e *HandshakeError) Unwrap() []error { return e.kinds }

// verdict is the byte by which a responder accepts or refuses.
type verdict byte

const (
	accepted verdict = iota
	refusedNotBFS
	refusedVersion
	refusedCluster
	refusedUnknown
	refusedPeer
	refusedKey
)

var verdictKinds = map[verdict]error{
	refusedNotBFS:  ErrNotBFS,
	refusedVersion: ErrVersion,
	refusedCluster: ErrWrongCluster,
	refusedUnknown: ErrUnknownPeer,
	refusedPeer:    ErrWrongPeer,
	refusedKey:     ErrWrongKey,
}

// refusal is a failure that the responder also tells the initiator.
type refusal struct {
	verdict verdict
	text    string
}

func refuse(v verdict, format string, args ...any) *refusal {
	return &refusal{verdict: v, text: fmt.Sprintf(format, args...)}
}

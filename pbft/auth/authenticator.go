package auth

import (
	"crypto/subtle"
	"sync/atomic"

	"golang.org/x/crypto/blake2b"

	"bfs/pbft/message"
)

// requestKey authenticates the requests of one client session to one replica.
// It never changes, and a pointer to it stands for the link it came from.
type requestKey struct {
	key [requestKeySize]byte
}

// mac is BLAKE2b-256, cut to 16 bytes, over key, label and digest: one block
// of the hash. All three have fixed sizes, and BLAKE2b's finalisation rules
// out extension, so the key may simply come first.
func (k *requestKey) mac(d message.Digest) message.MAC {
	var input [requestKeySize + len(labelRequest) + len(d)]byte
	copy(input[:], k.key[:])
	copy(input[requestKeySize:], labelRequest)
	copy(input[requestKeySize+len(labelRequest):], d[:])
	sum := blake2b.Sum256(input[:])
	return message.MAC(sum[:len(message.MAC{})])
}

func (k *requestKey) check(d message.Digest, mac message.MAC) bool {
	want := k.mac(d)
	return subtle.ConstantTimeCompare(want[:], mac[:]) == 1
}

// RequestKeys is a client session's side of its request keys, one for each
// replica with a link. It is safe for concurrent use.
type RequestKeys struct {
	keys []atomic.Pointer[requestKey]
}

// NewRequestKeys makes an empty set for a cluster of that many replicas.
func NewRequestKeys(replicas int) *RequestKeys {
	return &RequestKeys{keys: make([]atomic.Pointer[requestKey], replicas)}
}

// Put takes the request key of a link to a replica, in place of that of an
// earlier link to the same replica.
func (k *RequestKeys) Put(l *Link) {
	if slot := k.slot(l); slot != nil {
		slot.Store(l.requests)
	}
}

// Drop forgets the link's request key, unless a later link has replaced it.
func (k *RequestKeys) Drop(l *Link) {
	if slot := k.slot(l); slot != nil {
		slot.CompareAndSwap(l.requests, nil)
	}
}

// slot is nil for a link that is not one to a replica of the cluster.
func (k *RequestKeys) slot(l *Link) *atomic.Pointer[requestKey] {
	if l.requests == nil || l.peer.Kind != message.KindReplica || uint64(l.peer.Replica) >= uint64(len(k.keys)) {
		return nil
	}
	return &k.keys[l.peer.Replica]
}

// Authenticate makes the authenticator of a request's digest. The entry of a
// replica to which there is no link is zero, which no replica accepts.
func (k *RequestKeys) Authenticate(d message.Digest) message.Authenticator {
	auth := make(message.Authenticator, len(k.keys))
	for i := range k.keys {
		if key := k.keys[i].Load(); key != nil {
			auth[i] = key.mac(d)
		}
	}
	return auth
}

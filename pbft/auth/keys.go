package auth

import (
	"crypto/hkdf"
	"crypto/sha256"

	"bfs/pbft/message"
)

// linkKeys is what a handshake agrees on.
type linkKeys struct {
	forward, backward []byte // for frames from the initiator, and to it
	confirm           []byte // the responder's proof that it has the keys
	requests          []byte // for a client's authenticators
}

// deriveKeys binds the keys to every byte of the handshake.
func deriveKeys(secret, first, answer, proof []byte) *linkKeys {
	transcript := hash(labelKeys, first, answer, proof)
	root, err := hkdf.Extract(sha256.New, secret, transcript[:])
	if err != nil {
		panic("auth: HKDF extract: " + err.Error())
	}
	expand := func(info string, size int) []byte {
		key, err := hkdf.Expand(sha256.New, root, info, size)
		if err != nil {
			panic("auth: HKDF expand: " + err.Error())
		}
		return key
	}
	return &linkKeys{
		forward:  expand(infoForward, linkKeySize),
		backward: expand(infoBackward, linkKeySize),
		confirm:  expand(infoConfirm, confirmSize),
		requests: expand(infoRequests, requestKeySize),
	}
}

// link is the finished Link of one side.
func (k *linkKeys) link(peer message.Node, initiator bool, self message.Node) *Link {
	out, in := k.backward, k.forward
	if initiator {
		out, in = k.forward, k.backward
	}
	l := &Link{peer: peer, out: newDirection(out), in: newDirection(in)}
	if self.Kind != peer.Kind {
		l.requests = &requestKey{key: [requestKeySize]byte(k.requests)}
	}
	return l
}

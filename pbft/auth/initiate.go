package auth

import (
	"crypto/subtle"
	"fmt"
	"io"

	"bfs/pbft/message"
)

// Initiate runs the handshake on a connection that we opened to reach expect.
// The caller sets the connection's deadline and closes it on an error. All
// errors but those of the system's randomness are a *HandshakeError.
func (h *Handshaker) Initiate(conn io.ReadWriter, expect message.Node) (*Link, error) {
	s := h.newSession(conn)
	key, known := h.Directory.key(expect)
	if !known {
		return nil, s.fail(refuse(refusedUnknown, "should be %v, but our configuration has no key for %s", expect, keyOwner(expect)))
	}
	if err := s.makeShare(); err != nil {
		return nil, err
	}
	first := (&hello{
		cluster:   clusterDigest(h.Directory.Cluster),
		initiator: h.Self,
		responder: expect,
		share:     s.share(),
	}).append(nil)
	answer, err := s.exchange(first, expect)
	if err != nil {
		return nil, err
	}
	signature := answer[1+shareSize:]
	if !key.verify(signAsAnswerer, hash(labelAnswer, first, answer[:1+shareSize]), signature) {
		return nil, s.fail(wrongKey(expect))
	}
	secret, err := s.agree(answer[1 : 1+shareSize])
	if err != nil {
		return nil, s.fail(wrongKey(expect))
	}
	proof := h.Identity.sign(signAsProver, hash(labelProof, first, answer))
	keys := deriveKeys(secret, first, answer, proof)
	if err := s.finish(proof, keys, expect); err != nil {
		return nil, err
	}
	return h.put(keys.link(expect, true, h.Self)), nil
}

// exchange sends the hello and reads the answer to it.
func (s *session) exchange(first []byte, expect message.Node) ([]byte, error) {
	if err := s.write(first, "the first message"); err != nil {
		return nil, err
	}
	return s.readAccepted(answerSize, "the answer", expect)
}

// finish proves who we are, and waits for the responder to say that it has
// accepted that and has the same keys.
func (s *session) finish(proof []byte, keys *linkKeys, expect message.Node) error {
	if err := s.write(proof, "the proof of our key"); err != nil {
		return err
	}
	confirm, err := s.readAccepted(verdictSize+confirmSize, "the confirmation", expect)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(confirm[verdictSize:], keys.confirm) != 1 {
		return s.fail(wrongKey(expect))
	}
	return nil
}

// readAccepted reads a message of the responder that begins with its verdict;
// nothing follows a refusal.
func (s *session) readAccepted(size int, what string, expect message.Node) ([]byte, error) {
	head, err := s.read(verdictSize, what)
	if err != nil {
		return nil, err
	}
	if v := verdict(head[0]); v != accepted {
		return nil, s.refused(v, expect)
	}
	rest, err := s.read(size-verdictSize, what)
	if err != nil {
		return nil, err
	}
	return append(head, rest...), nil
}

// refused is the peer's refusal of us.
func (s *session) refused(v verdict, expect message.Node) error {
	kind, known := verdictKinds[v]
	if !known {
		return s.fail(refuse(refusedNotBFS, "does not answer as a BFS replica does"))
	}
	return &HandshakeError{
		text:  fmt.Sprintf("peer at %s refused us (%v), whom we took for %v: %s", s.remote, s.Self, expect, advice(v, s.Self)),
		kinds: []error{ErrRefused, kind},
	}
}

// advice is what a refused initiator should look at.
func advice(v verdict, self message.Node) string {
	switch v {
	case refusedVersion:
		return "it runs another version of the protocol; run the same version everywhere"
	case refusedCluster:
		return "it belongs to another cluster; compare the cluster ids of the two configurations"
	case refusedUnknown:
		return "its configuration has no key for " + keyOwner(self) + "; add it there"
	case refusedPeer:
		return "it is somebody else; compare the addresses in the two configurations"
	case refusedKey:
		return "its configuration has another key for " + keyOwner(self) + " than the one we hold"
	default:
		return "it did not understand us; something between may be changing what we send"
	}
}

func wrongKey(n message.Node) *refusal {
	return refuse(refusedKey, "says it is %v but does not hold %s's key", n, keyOwner(n))
}

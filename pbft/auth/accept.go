package auth

import (
	"encoding/binary"
	"io"
)

// Accept runs the handshake on a connection that somebody opened to us;
// Link.Peer then says who. The caller sets the connection's deadline and
// closes it on an error. All errors but those of the system's randomness are
// a *HandshakeError. A peer that the Directory does not know costs no
// public-key operation.
func (h *Handshaker) Accept(conn io.ReadWriter) (*Link, error) {
	s := h.newSession(conn)
	first, greeting, err := s.greet()
	if err != nil {
		return nil, err
	}
	if err := s.makeShare(); err != nil {
		return nil, err
	}
	return s.accept(first, greeting)
}

// greet reads the hello and checks all that can be checked without
// cryptography.
func (s *session) greet() ([]byte, *hello, error) {
	first, err := s.read(preludeSize, "the first message")
	if err != nil {
		return nil, nil, err
	}
	if r := checkPrelude(first); r != nil {
		return nil, nil, s.turnAway(r)
	}
	rest, err := s.read(helloSize-preludeSize, "the first message")
	if err != nil {
		return nil, nil, err
	}
	first = append(first, rest...)
	greeting, ok := parseHello(first)
	if !ok {
		return nil, nil, s.turnAway(refuse(refusedNotBFS, "does not say who it is in the way BFS peers do"))
	}
	if r := s.checkHello(greeting); r != nil {
		return nil, nil, s.turnAway(r)
	}
	return first, greeting, nil
}

func checkPrelude(b []byte) *refusal {
	if string(b[:len(magic)]) != magic {
		return refuse(refusedNotBFS, "does not speak the BFS protocol")
	}
	if v := binary.BigEndian.Uint16(b[len(magic):]); v != protocolVersion {
		return refuse(refusedVersion, "speaks version %d of the protocol, we speak %d; run the same version everywhere", v, protocolVersion)
	}
	return nil
}

func (s *session) checkHello(g *hello) *refusal {
	if g.cluster != clusterDigest(s.Directory.Cluster) {
		return refuse(refusedCluster, "belongs to another cluster; compare the cluster ids of the two configurations")
	}
	if g.responder != s.Self {
		return refuse(refusedPeer, "wants %v, but we are %v; compare the addresses in the two configurations", g.responder, s.Self)
	}
	if g.initiator == s.Self {
		return refuse(refusedUnknown, "says it is %v, which is us", g.initiator)
	}
	if _, known := s.Directory.key(g.initiator); !known {
		return refuse(refusedUnknown, "says it is %v, but our configuration has no key for %s", g.initiator, keyOwner(g.initiator))
	}
	return nil
}

// accept goes on after a hello that is in order.
func (s *session) accept(first []byte, greeting *hello) (*Link, error) {
	peer := greeting.initiator
	answer := s.answer(first)
	if err := s.write(answer, "the answer"); err != nil {
		return nil, err
	}
	proof, err := s.read(proofSize, "the proof of its key")
	if err != nil {
		return nil, err
	}
	key, _ := s.Directory.key(peer)
	if !key.verify(signAsProver, hash(labelProof, first, answer), proof) {
		return nil, s.turnAway(wrongKey(peer))
	}
	secret, err := s.agree(greeting.share[:])
	if err != nil {
		return nil, s.turnAway(wrongKey(peer))
	}
	keys := deriveKeys(secret, first, answer, proof)
	made := s.put(keys.link(peer, false, s.Self))
	if err := s.write(append([]byte{byte(accepted)}, keys.confirm...), "the confirmation"); err != nil {
		s.Close(made)
		return nil, err
	}
	return made, nil
}

// answer is the responder's message: verdict, share, and the signature of all
// so far.
func (s *session) answer(first []byte) []byte {
	share := s.share()
	answer := append([]byte{byte(accepted)}, share[:]...)
	return append(answer, s.Identity.sign(signAsAnswerer, hash(labelAnswer, first, answer))...)
}

// turnAway tells the initiator why, as far as the connection still carries
// it, and returns the error for our side.
func (s *session) turnAway(r *refusal) error {
	// The refusal is a courtesy: the error that matters is our own.
	_, _ = s.conn.Write([]byte{byte(r.verdict)})
	return s.fail(r)
}

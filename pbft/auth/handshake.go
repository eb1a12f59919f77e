package auth

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"strconv"

	"bfs/pbft/message"
)

// Handshaker makes Links for one node. It is safe for concurrent use: each
// handshake's state is its own.
type Handshaker struct {
	// Self is who we are; a client's Node has its session.
	Self message.Node
	// Identity holds the key that the Directory has for Self.
	Identity *Identity
	// Directory says who else there is.
	Directory *Directory
	// Keys, if not nil, is given the request key of each new link: when we
	// have called, as soon as the peer has confirmed; when we were called,
	// before we confirm, so that we never lack a key that the peer uses.
	Keys KeyHolder
}

// KeyHolder takes the request keys of links: a Keyring at a replica,
// RequestKeys at a client.
type KeyHolder interface {
	Put(*Link)
	Drop(*Link)
}

var (
	_ KeyHolder = (*Keyring)(nil)
	_ KeyHolder = (*RequestKeys)(nil)
)

// put hands the request key of a new link on.
func (h *Handshaker) put(l *Link) *Link {
	if h.Keys != nil {
		h.Keys.Put(l)
	}
	return l
}

// Close takes the request key of a link that has ended out of use. It is
// called once for each link.
func (h *Handshaker) Close(l *Link) {
	if h.Keys != nil {
		h.Keys.Drop(l)
	}
}

// session is one handshake under way.
type session struct {
	*Handshaker
	conn   io.ReadWriter
	remote string
	secret *ecdh.PrivateKey
}

func (h *Handshaker) newSession(conn io.ReadWriter) *session {
	return &session{Handshaker: h, conn: conn, remote: remoteName(conn)}
}

// makeShare draws our half of the key agreement, used for this handshake only.
func (s *session) makeShare() error {
	secret, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("making a key for a handshake: %w", err)
	}
	s.secret = secret
	return nil
}

// share is what the peer gets to see of our half.
func (s *session) share() [shareSize]byte {
	return [shareSize]byte(s.secret.PublicKey().Bytes())
}

// agree combines our half with the peer's. It fails for the few halves that
// would make the result known to everybody.
func (s *session) agree(theirs []byte) ([]byte, error) {
	public, err := ecdh.X25519().NewPublicKey(theirs)
	if err != nil {
		return nil, err
	}
	return s.secret.ECDH(public)
}

// read takes exactly size bytes: nothing in this protocol announces a length.
func (s *session) read(size int, what string) ([]byte, error) {
	b := make([]byte, size)
	if _, err := io.ReadFull(s.conn, b); err != nil {
		return nil, s.broken("waiting for "+what, err)
	}
	return b, nil
}

func (s *session) write(b []byte, what string) error {
	if _, err := s.conn.Write(b); err != nil {
		return s.broken("sending "+what, err)
	}
	return nil
}

// broken is the failure of the connection itself.
func (s *session) broken(doing string, err error) error {
	return &HandshakeError{
		text:  fmt.Sprintf("handshake with %s: %s: %v", s.remote, doing, err),
		kinds: []error{err},
	}
}

// fail is our own refusal of the peer.
func (s *session) fail(r *refusal) error {
	return &HandshakeError{
		text:  fmt.Sprintf("peer at %s %s", s.remote, r.text),
		kinds: []error{verdictKinds[r.verdict]},
	}
}

func remoteName(conn io.ReadWriter) string {
	if c, ok := conn.(net.Conn); ok && c.RemoteAddr() != nil {
		return c.RemoteAddr().String()
	}
	return "an unnamed address"
}

func decimal(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"bfs/pbft/message"
)

// Link authenticates the frames of one connection after a handshake. Tag is
// for the one goroutine that writes to the connection, Verify for the one
// that reads from it; the two may run at the same time. Neither allocates.
type Link struct {
	peer     message.Node
	out, in  direction
	requests *requestKey // nil between replicas
}

// Peer is who is at the other end.
func (l *Link) Peer() message.Node { return l.peer }

// Tag authenticates payload as the next frame of this direction. Frames must
// be sent in the order of their tags, each once.
func (l *Link) Tag(payload []byte) [16]byte {
	d := &l.out
	d.mac.Seal(d.tag[:0], d.nextNonce(), nil, payload)
	d.frames++
	return d.tag
}

// Verify checks that payload is the peer's next frame. After ErrBadTag nothing
// more can be learned from the connection: close it.
func (l *Link) Verify(payload []byte, tag [16]byte) error {
	d := &l.in
	d.tag = tag
	if _, err := d.mac.Open(nil, d.nextNonce(), d.tag[:], payload); err != nil {
		return ErrBadTag
	}
	d.frames++
	return nil
}

// direction is one direction of a link. Its key belongs to it alone, so the
// count of its frames is a nonce that never comes twice. The arrays are here
// because what passes through an interface would otherwise be allocated.
type direction struct {
	mac    cipher.AEAD
	frames uint64
	nonce  [nonceSize]byte
	tag    [16]byte
}

func newDirection(key []byte) direction {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("auth: link key of a wrong size: " + err.Error())
	}
	mac, err := cipher.NewGCM(block)
	if err != nil {
		panic("auth: AES without GCM: " + err.Error())
	}
	return direction{mac: mac}
}

func (d *direction) nextNonce() []byte {
	binary.BigEndian.PutUint64(d.nonce[nonceSize-8:], d.frames)
	return d.nonce[:]
}

package runtime

import (
	"net"

	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// keyHolder takes the request keys of links: a Keyring at a replica,
// RequestKeys at a client.
type keyHolder interface {
	Put(*auth.Link)
	Drop(*auth.Link)
}

// handshaker makes the transport's links, and passes the request keys that
// come with them to their holder as long as each link lives.
type handshaker struct {
	auth auth.Handshaker
	keys keyHolder
	// failed, if not nil, is told why a peer that we called was not reached.
	failed func(peer message.Node, err error)
}

var _ transport.Handshaker = (*handshaker)(nil)

func (h *handshaker) Initiate(conn net.Conn, expect message.Node) (transport.Link, error) {
	made, err := h.auth.Initiate(conn, expect)
	if err != nil && h.failed != nil {
		h.failed(expect, err)
	}
	return h.keep(made, err)
}

func (h *handshaker) Accept(conn net.Conn) (transport.Link, error) {
	return h.keep(h.auth.Accept(conn))
}

func (h *handshaker) keep(made *auth.Link, err error) (transport.Link, error) {
	if err != nil {
		return nil, err
	}
	h.keys.Put(made)
	return &link{Link: made, keys: h.keys}, nil
}

// link is an auth.Link whose request key goes with it.
type link struct {
	*auth.Link
	keys keyHolder
}

// Close takes the link's request key out of use.
func (l *link) Close() { l.keys.Drop(l.Link) }

package runtime

import (
	"net"

	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// handshaker makes the transport's links. The request keys that come with them
// are in use as long as each link lives.
type handshaker struct {
	auth auth.Handshaker
	// failed, if not nil, is told why a peer that we called was not reached.
	failed func(peer message.Node, err error)
}

var _ transport.Handshaker = (*handshaker)(nil)

func (h *handshaker) Initiate(conn net.Conn, expect message.Node) (transport.Link, error) {
	made, err := h.auth.Initiate(conn, expect)
	if err != nil && h.failed != nil {
		h.failed(expect, err)
	}
	return h.link(made, err)
}

func (h *handshaker) Accept(conn net.Conn) (transport.Link, error) {
	return h.link(h.auth.Accept(conn))
}

func (h *handshaker) link(made *auth.Link, err error) (transport.Link, error) {
	if err != nil {
		return nil, err
	}
	return &link{Link: made, made: &h.auth}, nil
}

// link is an auth.Link whose request key goes with it.
type link struct {
	*auth.Link
	made *auth.Handshaker
}

// Close takes the link's request key out of use.
func (l *link) Close() { l.made.Close(l.Link) }

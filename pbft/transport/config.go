package transport

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"bfs/pbft/message"
)

// Link is what a handshake leaves behind: who the peer is, and the keys that
// authenticate the frames from here on. Tag and Verify each count the frames
// of their direction; each is called by one goroutine at a time, and the two
// of them concurrently.
type Link interface {
	// Peer is the authenticated node at the other end.
	Peer() message.Node
	// Tag authenticates the next frame to be sent.
	Tag(payload []byte) [16]byte
	// Verify checks the next frame received. After an error the link is of
	// no use any more.
	Verify(payload []byte, tag [16]byte) error
	// Close forgets the keys. It is called once, after the last use.
	Close()
}

// Handshaker authenticates both ends of a new connection. The caller sets
// the deadline, and closes conn on an error. An implementation must not read
// more from conn than the handshake's own bytes, of which there may be a few
// kilobytes. Its methods are called concurrently.
type Handshaker interface {
	// Initiate runs the dialling side; it fails unless the peer is expect.
	Initiate(conn net.Conn, expect message.Node) (Link, error)
	// Accept runs the listening side.
	Accept(conn net.Conn) (Link, error)
}

// Handler takes what arrives. For one peer its methods are called one at a
// time and in the order Connected, any number of Receive, Disconnected, and
// again; for different peers they are called concurrently. No method may call
// Endpoint.Close.
type Handler interface {
	// Connected says that the peer can be sent to.
	Connected(peer message.Node)
	// Receive delivers one authenticated payload, which is the handler's to
	// keep. While it blocks, nothing more is read from this peer, and
	// from this peer only.
	Receive(from message.Node, payload []byte)
	// Disconnected says that the connection has ended and why (ErrClosed,
	// ErrReplaced, io.EOF when the peer closed it, a network error, …). What
	// was queued for the peer is gone.
	Disconnected(peer message.Node, reason error)
}

// Config says what an Endpoint is.
type Config struct {
	// Self is this node, as it tells the others in the handshake.
	Self message.Node
	// Listener accepts connections; New takes it over, and Close closes it.
	// A client has none (nil).
	Listener net.Listener
	// Peers are the replicas and their TCP addresses ("host:port"). A replica
	// dials those with a lower number than its own, and waits for the others
	// to dial it; a client dials all. Self may be among them and is ignored.
	Peers map[message.Node]string
	// Handshaker and Handler are required.
	Handshaker Handshaker
	Handler    Handler
	// Logger is where connections, refusals and their reasons go; nil is
	// slog.Default().
	Logger *slog.Logger
	// LogInterval is the time in which each reason to complain is logged at
	// most once (5 s); the next line counts those left out.
	LogInterval time.Duration
	// Limits bounds what peers can make the endpoint hold.
	Limits Limits
	// Backoff is the time to wait before dialling again after so many
	// failures in a row, counting from 1; a connection over which something
	// has arrived starts the count again. nil is 25 ms, doubling up to 2 s,
	// less a random part of up to a half.
	Backoff func(failures int) time.Duration
}

// ErrConfig is what New's error wraps when the Config makes no sense.
var ErrConfig = errors.New("transport: bad configuration")

func (c *Config) setDefaults() {
	c.Limits.setDefaults()
	orDefault(&c.LogInterval, defaultLogInterval)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Backoff == nil {
		c.Backoff = exponentialBackoff
	}
}

func (c *Config) validate() error {
	switch {
	case c.Handshaker == nil || c.Handler == nil:
		return fmt.Errorf("%w: Handshaker and Handler are required", ErrConfig)
	case c.Self.Kind != message.KindReplica && c.Self.Kind != message.KindClient:
		return fmt.Errorf("%w: Self is %v; name a replica or a client", ErrConfig, c.Self)
	case c.Listener == nil && len(c.Peers) == 0:
		return fmt.Errorf("%w: neither a Listener nor Peers, so nobody could ever connect", ErrConfig)
	}
	for peer := range c.Peers {
		if peer.Kind != message.KindReplica {
			return fmt.Errorf("%w: Peers has %v; only replicas can be dialled", ErrConfig, peer)
		}
	}
	return c.Limits.validate()
}

// dials says whether this side opens the connection to the peer. The rule
// gives every pair one connection: the replica with the higher number dials,
// and clients dial.
func (c *Config) dials(peer message.Node) bool {
	if peer.Kind != message.KindReplica {
		return false
	}
	return c.Self.Kind == message.KindClient || c.Self.Replica > peer.Replica
}

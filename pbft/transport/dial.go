package transport

import (
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"bfs/pbft/message"
)

// keepConnected is the dialling goroutine of one peer: it dials, tends the
// connection, and dials again when that has ended, until the endpoint closes.
func (e *Endpoint) keepConnected(node message.Node, address string) {
	peer := e.peers.lookup(node)
	failures := 0
	for e.closing.Err() == nil {
		received := peer.counters.received.messages.Load()
		if c := e.dial(peer, address, opensAnew); c != nil {
			e.tend(c, address)
		}
		if peer.counters.received.messages.Load() > received {
			failures = 0
		}
		failures++
		e.pause(e.config.Backoff(failures))
	}
}

// dial connects to the peer and starts the connection's goroutines. It returns
// nil if that fails, and logs why.
func (e *Endpoint) dial(peer *peer, address string, o opening) *connection {
	conn, link, err := e.connect(peer, address, o)
	if err != nil {
		if e.closing.Err() == nil {
			e.log.log(slog.LevelWarn, "dial "+peer.node.String(), "cannot connect to "+peer.node.String()+" at "+address+": "+err.Error())
		}
		return nil
	}
	c := e.newConnection(conn, link, peer)
	e.enlist(c, o)
	e.goroutines.Go(func() { e.serve(c) })
	return c
}

// connect opens a connection and waits until the peer has made it its current
// one.
func (e *Endpoint) connect(peer *peer, address string, o opening) (net.Conn, Link, error) {
	dialer := net.Dialer{Timeout: e.config.Limits.HandshakeTimeout}
	conn, err := dialer.DialContext(e.closing, "tcp", address)
	if err != nil {
		return nil, nil, err
	}
	link, err := e.handshake(conn, func(conn net.Conn) (Link, error) {
		return e.config.Handshaker.Initiate(conn, peer.node)
	}, func(conn net.Conn, link Link) error {
		if err := sendOpening(conn, link, o); err != nil {
			return err
		}
		return readWelcome(conn, link)
	})
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return conn, link, nil
}

// exponentialBackoff is the default Config.Backoff.
func exponentialBackoff(failures int) time.Duration {
	d := backoffMost
	if doublings := failures - 1; doublings < 16 {
		d = min(d, backoffFirst<<doublings)
	}
	return d - rand.N(d/2+1)
}

package transport

import (
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"bfs/pbft/message"
)

// keepConnected is the dialling goroutine of one peer, and the reader of
// its connection: it dials, serves, and dials again until the endpoint closes.
func (e *Endpoint) keepConnected(node message.Node, address string) {
	peer := e.peers.lookup(node)
	failures := 0
	for e.closing.Err() == nil {
		received := peer.counters.received.messages.Load()
		if err := e.dial(peer, address); err != nil && e.closing.Err() == nil {
			e.log.log(slog.LevelWarn, "dial "+node.String(), "cannot connect to "+node.String()+" at "+address+": "+err.Error())
		}
		if peer.counters.received.messages.Load() > received {
			failures = 0
		}
		failures++
		e.pause(e.config.Backoff(failures))
	}
}

// dial connects to the peer and serves the connection to its end. Its error
// says why there was no connection.
func (e *Endpoint) dial(peer *peer, address string) error {
	dialer := net.Dialer{Timeout: e.config.Limits.HandshakeTimeout}
	conn, err := dialer.DialContext(e.closing, "tcp", address)
	if err != nil {
		return err
	}
	link, err := e.handshake(conn, func(conn net.Conn) (Link, error) {
		return e.config.Handshaker.Initiate(conn, peer.node)
	})
	if err != nil {
		conn.Close()
		return err
	}
	e.serve(conn, link, peer)
	return nil
}

// exponentialBackoff is the default Config.Backoff.
func exponentialBackoff(failures int) time.Duration {
	d := backoffMost
	if doublings := failures - 1; doublings < 16 {
		d = min(d, backoffFirst<<doublings)
	}
	return d - rand.N(d/2+1)
}

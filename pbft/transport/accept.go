package transport

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"bfs/pbft/message"
)

// acceptAll is the accepting goroutine. It ends when the listener is closed.
func (e *Endpoint) acceptAll() {
	retry := acceptRetry
	for {
		conn, err := e.config.Listener.Accept()
		switch {
		case err == nil:
			retry = acceptRetry
			e.enter(conn)
		case errors.Is(err, net.ErrClosed) || e.closing.Err() != nil:
			return
		default:
			e.log.log(slog.LevelError, "accept", "cannot accept connections, trying again: "+err.Error(), "after", retry)
			e.pause(retry)
			retry = min(2*retry, acceptRetryMax)
		}
	}
}

// enter starts the handshake with whoever has connected.
func (e *Endpoint) enter(conn net.Conn) {
	s, ok := e.admission.enter(conn, e.closing.Done())
	if !ok {
		conn.Close()
		return
	}
	e.goroutines.Go(func() { e.serveAccepted(s) })
}

// serveAccepted is the goroutine of an accepted connection: first the
// handshake, then the reader.
func (e *Endpoint) serveAccepted(s *stranger) {
	var o opening
	link, err := e.handshake(s.conn, e.config.Handshaker.Accept, func(conn net.Conn, link Link) (err error) {
		o, err = readOpening(conn, link)
		return err
	})
	ousted := e.admission.leave(s)
	if err != nil {
		e.refuseHandshake(s, ousted, err)
		s.conn.Close()
		return
	}
	peer, err := e.attachAccepted(link.Peer())
	if err != nil {
		e.refusePeer(s, link.Peer(), err)
		link.Close()
		s.conn.Close()
		return
	}
	defer e.peers.detach(peer)
	c := e.beginAccepted(s.conn, link, peer, o)
	e.serve(c)
}

// beginAccepted is begin with a welcome, which comes before all that is sent.
func (e *Endpoint) beginAccepted(conn net.Conn, link Link, peer *peer, o opening) *connection {
	c := e.newConnection(conn, link, peer)
	c.outbox.writing = true
	e.enlist(c, o)
	c.welcome()
	return c
}

// attachAccepted finds the table's entry for a peer that has dialled us.
func (e *Endpoint) attachAccepted(node message.Node) (*peer, error) {
	if e.config.dials(node) {
		return nil, errUnexpectedPeer
	}
	return e.peers.attach(node)
}

func (e *Endpoint) refuseHandshake(s *stranger, ousted bool, err error) {
	switch {
	case e.closing.Err() != nil:
	case ousted:
		e.refused.ousted.Add(1)
		e.complainRefused("ousted", s.conn, errOusted)
	default:
		e.refused.handshake.Add(1)
		e.complainRefused("handshake", s.conn, err)
	}
}

func (e *Endpoint) refusePeer(s *stranger, node message.Node, err error) {
	if errors.Is(err, errTooManyClients) {
		e.refused.clients.Add(1)
		e.complainRefused("clients", s.conn, err, "peer", node.String())
		return
	}
	e.refused.unexpected.Add(1)
	e.complainRefused("unexpected", s.conn, err, "peer", node.String())
}

func (e *Endpoint) complainRefused(key string, conn net.Conn, err error, attributes ...any) {
	e.log.log(slog.LevelWarn, key, "refused connection from "+conn.RemoteAddr().String()+": "+err.Error(), attributes...)
}

// pause waits, or until the endpoint closes.
func (e *Endpoint) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-e.closing.Done():
	}
}

// handshake runs one side's handshake and its part of the opening, within the
// limits that hold for a peer that is not authenticated.
func (e *Endpoint) handshake(conn net.Conn, side func(net.Conn) (Link, error), open func(net.Conn, Link) error) (Link, error) {
	if err := setOptions(conn); err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(e.config.Limits.HandshakeTimeout)); err != nil {
		return nil, err
	}
	defer context.AfterFunc(e.closing, func() { conn.Close() })()
	bounded := &boundedConn{Conn: conn, left: handshakeBytes}
	link, err := side(bounded)
	if err != nil {
		return nil, err
	}
	if err = open(bounded, link); err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	if err != nil {
		link.Close()
		return nil, err
	}
	return link, nil
}

// boundedConn limits how much a handshake can be made to read.
type boundedConn struct {
	net.Conn
	left int
}

var errHandshakeTooLong = errors.New("its handshake is too long")

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errHandshakeTooLong
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

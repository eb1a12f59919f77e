package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"bfs/pbft/message"
)

var (
	// ErrClosed: the Endpoint was closed.
	ErrClosed = errors.New("transport: endpoint closed")
	// ErrReplaced: the same node has connected again.
	ErrReplaced = errors.New("transport: replaced by a newer connection of the same node")
	// ErrKeysOld: the peer has not replaced the connection in time, so its
	// keys have been in use for too long.
	ErrKeysOld = errors.New("transport: the connection's keys are too old")
	// ErrNotAuthentic: a frame's tag was wrong.
	ErrNotAuthentic = errors.New("transport: frame is not authentic")
	// ErrStuck is returned by Close if the Handler still had not returned
	// when its time was up.
	ErrStuck = errors.New("transport: closed, but the handler has not returned")
)

// Endpoint is one node's end of all its connections.
type Endpoint struct {
	config     Config
	log        *sparseLog
	peers      *peers
	admission  *admission
	refused    refusals
	goroutines sync.WaitGroup
	closing    context.Context
	stop       context.CancelFunc
	closeOnce  sync.Once
	closeError error
}

// New starts an endpoint: it accepts connections, and dials.
func New(config Config) (*Endpoint, error) {
	config.setDefaults()
	if err := config.validate(); err != nil {
		return nil, err
	}
	e := &Endpoint{
		config: config,
		log:    newSparseLog(config.Logger, config.LogInterval),
		peers:  newPeers(&config),
	}
	e.admission = newAdmission(&e.config.Limits)
	e.closing, e.stop = context.WithCancel(context.Background())
	if config.Listener != nil {
		e.goroutines.Go(e.acceptAll)
	}
	for node, address := range config.Peers {
		if node != config.Self && config.dials(node) {
			e.goroutines.Go(func() { e.keepConnected(node, address) })
		}
	}
	return e, nil
}

// Addr is the listener's address, or nil.
func (e *Endpoint) Addr() net.Addr {
	if e.config.Listener == nil {
		return nil
	}
	return e.config.Listener.Addr()
}

// Send queues a payload for a peer, and never blocks. The payload must not be
// modified afterwards. It arrives at most once, unaltered, and after what was
// sent before it; or it is dropped and counted (see Drops). Any number of
// goroutines may send.
func (e *Endpoint) Send(to message.Node, payload []byte) {
	peer := e.peers.lookup(to)
	if peer == nil {
		e.peers.strangers.away.Add(1)
		return
	}
	e.sendTo(peer, payload)
}

// Multicast sends one payload to several peers.
func (e *Endpoint) Multicast(to []message.Node, payload []byte) {
	for _, node := range to {
		e.Send(node, payload)
	}
}

func (e *Endpoint) sendTo(peer *peer, payload []byte) {
	if len(payload) > e.config.Limits.of(e.config.Self.Kind).FrameBytes {
		peer.counters.large.Add(1)
		return
	}
	for c := peer.current.Load(); c != nil; {
		if c.send(payload) {
			return
		}
		newer := peer.current.Load()
		if newer == c {
			break
		}
		c = newer // to which the other has handed over
	}
	peer.counters.away.Add(1)
}

// Stats is a snapshot; its counters are not taken at one instant.
func (e *Endpoint) Stats() Stats {
	all, departed := e.peers.snapshot()
	return Stats{Peers: all, Departed: departed, Refused: e.refused.snapshot(), Handshakes: e.admission.size()}
}

// enlist makes a connection the peer's current one. serve must follow.
func (e *Endpoint) enlist(c *connection, o opening) {
	c.peer.arrive(c, o)
	if e.closing.Err() != nil {
		c.close(ErrClosed) // Close may have missed it
	}
}

// serve runs a connection to its end.
func (e *Endpoint) serve(c *connection) {
	limits := &e.config.Limits
	overdue := time.AfterFunc(limits.KeyLifetime+limits.KeyGrace, func() { c.close(ErrKeysOld) })
	defer overdue.Stop()
	var writer sync.WaitGroup
	writer.Go(c.write)
	e.handle(c.peer, c)
	writer.Wait()
	c.peer.current.CompareAndSwap(c, nil)
	c.link.Close()
	close(c.done)
}

func (e *Endpoint) newConnection(conn net.Conn, link Link, peer *peer) *connection {
	peer.counters.connections.Add(1)
	limits := &e.config.Limits
	return &connection{
		conn:         conn,
		peer:         peer,
		link:         link,
		counters:     &peer.counters,
		frames:       newFrameReader(conn, limits.of(peer.node.Kind).FrameBytes),
		writeTimeout: limits.WriteTimeout,
		direct:       newDirectWriter(conn),
		outbox:       newOutbox(limits.of(peer.node.Kind)),
		wear:         newWear(limits.KeyFrames),
		turn:         make(chan struct{}),
		closed:       make(chan struct{}),
		done:         make(chan struct{}),
	}
}

// handle calls the Handler for one connection, after the peer's earlier
// connections are done with it. The Handler is not told when one hands over to
// the next.
func (e *Endpoint) handle(peer *peer, c *connection) {
	if !peer.await(c) {
		return
	}
	if !peer.open {
		peer.open = true
		e.logChange(peer.node, c, nil)
		e.config.Handler.Connected(peer.node)
	}
	reason := c.read(func(payload []byte) { e.config.Handler.Receive(peer.node, payload) })
	if peer.succeeded(c, reason) {
		e.finish(c)
		return
	}
	if e.closing.Err() != nil {
		reason = ErrClosed
	}
	c.close(reason)
	e.config.Handler.Disconnected(peer.node, c.reason)
	e.logChange(peer.node, c, c.reason)
	peer.open = false
	peer.leave(c)
}

// logChange says that a connection has begun, or why it has ended. What
// concerns replicas is news; clients come and go, unless they misbehave.
func (e *Endpoint) logChange(node message.Node, c *connection, ended error) {
	level, kind, line := slog.LevelDebug, "client", node.String()+" at "+c.conn.RemoteAddr().String()
	if node.Kind == message.KindReplica {
		level, kind = slog.LevelInfo, node.String()
	}
	switch {
	case ended == nil:
		e.log.log(level, "connected "+kind, "connected with "+line)
	case errors.Is(ended, ErrFrameTooLarge) || errors.Is(ended, ErrNotAuthentic):
		e.log.log(slog.LevelWarn, "misbehaved "+kind, "ended the connection with "+line+": "+ended.Error())
	default:
		e.log.log(level, "disconnected "+kind, "lost the connection with "+line+": "+ended.Error())
	}
}

// Close sends what is queued, as far as that goes within Limits.FlushTimeout,
// closes all connections and waits for the endpoint's goroutines. It returns
// ErrStuck if a method of the Handler does not return within a FlushTimeout
// more. The Handler is called until Close returns.
func (e *Endpoint) Close() error {
	e.closeOnce.Do(func() { e.closeError = e.close() })
	return e.closeError
}

func (e *Endpoint) close() error {
	timeout := e.config.Limits.FlushTimeout
	e.stop()
	if e.config.Listener != nil {
		e.config.Listener.Close()
	}
	e.farewell(time.Now().Add(timeout))
	if !waitFor(&e.goroutines, timeout) {
		return fmt.Errorf("%w within %v", ErrStuck, timeout)
	}
	return nil
}

// farewell ends all connections once they have sent what they have, or the
// deadline is over.
func (e *Endpoint) farewell(deadline time.Time) {
	var farewells sync.WaitGroup
	for _, c := range e.peers.connections() {
		farewells.Go(func() { c.farewell(deadline) })
	}
	farewells.Wait()
}

// waitFor says whether the group was done before the timeout.
func waitFor(group *sync.WaitGroup, timeout time.Duration) bool {
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(timeout):
		return false
	}
}

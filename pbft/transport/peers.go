package transport

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"bfs/pbft/message"
)

var (
	errTooManyClients = errors.New("too many clients are connected")
	errUnexpectedPeer = errors.New("no connection is expected from it")
)

// peer is what is known of one node: its counters, and its connection if it
// has one.
type peer struct {
	node     message.Node
	counters counters
	// current is the newest connection; the peer is sent to on it.
	current atomic.Pointer[connection]
	// open says that the Handler has been told Connected, and not
	// Disconnected. It belongs to the connection that has the turn.
	open bool
	// connections counts those attached, of which at most one is current.
	// peers.mu guards it.
	connections int

	mu   sync.Mutex
	line []*connection // see line.go
}

// peers is the table of peers: the configured ones, always, and the clients
// that are connected.
type peers struct {
	limits *Limits

	mu        sync.RWMutex
	byNode    map[message.Node]*peer
	clients   int
	sessions  map[uint32]int // connected clients by principal
	departed  PeerStats
	strangers counters // messages for nodes that are not in the table
}

func newPeers(config *Config) *peers {
	p := &peers{limits: &config.Limits, byNode: make(map[message.Node]*peer), sessions: make(map[uint32]int)}
	for node := range config.Peers {
		if node != config.Self {
			p.byNode[node] = newPeer(node)
		}
	}
	return p
}

func newPeer(node message.Node) *peer {
	return &peer{node: node}
}

func (p *peers) lookup(node message.Node) *peer {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.byNode[node]
}

// attach finds the peer that a new connection belongs to, or makes the
// client's entry. detach must follow.
func (p *peers) attach(node message.Node) (*peer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := p.byNode[node]
	if found == nil {
		if err := p.admit(node); err != nil {
			return nil, err
		}
		found = newPeer(node)
		p.byNode[node] = found
	}
	found.connections++
	return found, nil
}

// admit counts a client in, if there is room; the caller holds mu.
func (p *peers) admit(node message.Node) error {
	principal := node.Client.Principal
	switch {
	case node.Kind != message.KindClient:
		return errUnexpectedPeer
	case p.clients >= p.limits.Clients:
		return fmt.Errorf("%w: %d, which is the limit", errTooManyClients, p.clients)
	case p.sessions[principal] >= p.limits.PrincipalClients:
		return fmt.Errorf("%w with the key of principal %d: %d, which is the limit", errTooManyClients, principal, p.sessions[principal])
	}
	p.clients++
	p.sessions[principal]++
	return nil
}

// detach is called once for each attach, when the connection has ended.
func (p *peers) detach(gone *peer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	gone.connections--
	if gone.connections > 0 || gone.node.Kind != message.KindClient {
		return
	}
	delete(p.byNode, gone.node)
	p.departed.add(gone.counters.snapshot())
	p.clients--
	principal := gone.node.Client.Principal
	if p.sessions[principal]--; p.sessions[principal] == 0 {
		delete(p.sessions, principal)
	}
}

// connections are all that are in line.
func (p *peers) connections() []*connection {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var all []*connection
	for _, peer := range p.byNode {
		all = append(all, peer.inLine()...)
	}
	return all
}

func (p *peers) snapshot() (all map[message.Node]PeerStats, departed PeerStats) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	all = make(map[message.Node]PeerStats, len(p.byNode))
	for node, peer := range p.byNode {
		all[node] = peer.snapshot()
	}
	departed = p.departed
	departed.add(p.strangers.snapshot())
	return all, departed
}

func (p *peer) snapshot() PeerStats {
	s := p.counters.snapshot()
	if c := p.current.Load(); c != nil && !c.outbox.isClosed() {
		s.Connected = true
		s.QueuedMessages, s.QueuedBytes = c.outbox.queued()
	}
	return s
}

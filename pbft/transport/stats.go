package transport

import (
	"sync/atomic"

	"bfs/pbft/message"
)

// Traffic counts messages, and their bytes as the network sees them
// (payload, length and tag).
type Traffic struct {
	Messages uint64
	Bytes    uint64
}

// Drops counts messages that Send did not, or not completely, deliver to the
// kernel, by reason.
type Drops struct {
	// Away: the peer was not connected.
	Away uint64
	// Full: the peer's queue was at its limit.
	Full uint64
	// Large: the payload is larger than any peer would accept.
	Large uint64
	// Lost: the connection ended while the message was queued.
	Lost uint64
}

// PeerStats is about one peer, over all its connections since New.
type PeerStats struct {
	Connected      bool
	Connections    uint64
	QueuedMessages int
	QueuedBytes    int
	Sent           Traffic
	Received       Traffic
	Dropped        Drops
}

// Refusals counts connections that were turned away before they were
// connected, by reason.
type Refusals struct {
	// Ousted: a newcomer took the place of one that was still unauthenticated
	// (Limits.Handshakes, Limits.AddressHandshakes).
	Ousted uint64
	// Handshake: the handshake failed or took too long.
	Handshake uint64
	// Clients: Limits.Clients or Limits.PrincipalClients was reached.
	Clients uint64
	// Unexpected: a replica that is not in Config.Peers, or that we dial.
	Unexpected uint64
}

// Stats is a snapshot of an endpoint's counters.
type Stats struct {
	// Peers has an entry for every configured peer, connected or not, and for
	// every connected client.
	Peers map[message.Node]PeerStats
	// Departed sums up the clients that are not connected any more, and what
	// was sent to nodes that never were; its Connected and Queued fields are
	// zero.
	Departed PeerStats
	// Refused counts the connections that were accepted by the listener and
	// then turned away.
	Refused Refusals
	// Handshakes is the number of accepted connections whose peer is not yet
	// authenticated.
	Handshakes int
}

// counters are what PeerStats shows of one peer.
type counters struct {
	connections             atomic.Uint64
	sent, received          traffic
	away, full, large, lost atomic.Uint64
}

type traffic struct {
	messages, bytes atomic.Uint64
}

func (t *traffic) add(messages, bytes int) {
	t.messages.Add(uint64(messages))
	t.bytes.Add(uint64(bytes))
}

func (t *traffic) snapshot() Traffic {
	return Traffic{Messages: t.messages.Load(), Bytes: t.bytes.Load()}
}

func (c *counters) snapshot() PeerStats {
	return PeerStats{
		Connections: c.connections.Load(),
		Sent:        c.sent.snapshot(),
		Received:    c.received.snapshot(),
		Dropped: Drops{
			Away:  c.away.Load(),
			Full:  c.full.Load(),
			Large: c.large.Load(),
			Lost:  c.lost.Load(),
		},
	}
}

// add sums up the counts of two peers.
func (s *PeerStats) add(other PeerStats) {
	s.Connections += other.Connections
	s.Sent.Messages += other.Sent.Messages
	s.Sent.Bytes += other.Sent.Bytes
	s.Received.Messages += other.Received.Messages
	s.Received.Bytes += other.Received.Bytes
	s.Dropped.Away += other.Dropped.Away
	s.Dropped.Full += other.Dropped.Full
	s.Dropped.Large += other.Dropped.Large
	s.Dropped.Lost += other.Dropped.Lost
}

// refusals are what Refusals shows.
type refusals struct {
	ousted, handshake, clients, unexpected atomic.Uint64
}

func (r *refusals) snapshot() Refusals {
	return Refusals{
		Ousted:     r.ousted.Load(),
		Handshake:  r.handshake.Load(),
		Clients:    r.clients.Load(),
		Unexpected: r.unexpected.Load(),
	}
}

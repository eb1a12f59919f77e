package runtime

import (
	"errors"
	"fmt"
	"net"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// Group is what all members of a cluster and its clients must agree on.
type Group struct {
	// Cluster is the cluster's id, 1 to 256 bytes.
	Cluster string
	// Params are the protocol's parameters. Params.Faults is f, except that
	// a group without replication tolerates none whatever it says.
	Params pbft.Params
	// Replicas are the 3f+1 replicas by number, or the one server.
	Replicas []Member
	// Clients are the client principals.
	Clients []Principal
	// Unreplicated says that there is one server and no replication: the
	// baseline that replication is measured against.
	Unreplicated bool
	// keyLifetime is how long keys are used; 0 is the transport's default.
	keyLifetime time.Duration
}

// Member is how a replica is reached and known.
type Member struct {
	Address string // host:port
	Key     auth.PublicKey
}

// Principal is a holder of a client key. Any number of processes may hold it,
// of which Params.Sessions are remembered.
type Principal struct {
	Number uint32
	Name   string // for error messages
	Key    auth.PublicKey
}

// ErrGroup is wrapped by the errors about a Group that makes no sense.
var ErrGroup = errors.New("bad cluster configuration")

// Validate returns an error that lists everything that is wrong.
func (g *Group) Validate() error {
	p := &problems{seen: make(map[string]string)}
	if len(g.Cluster) < 1 || len(g.Cluster) > maxClusterName {
		p.add("the cluster id has %d bytes; it must have 1 to %d", len(g.Cluster), maxClusterName)
	}
	p.errs = append(p.errs, g.Params.Validate())
	if want := g.size(); len(g.Replicas) != want {
		p.add("there are %d replicas; there must be %d", len(g.Replicas), want)
	}
	for i, m := range g.Replicas {
		p.member(fmt.Sprintf("replica %d", i), m)
	}
	for _, c := range g.Clients {
		who := fmt.Sprintf("client %d (%s)", c.Number, c.Name)
		p.key(who, c.Key)
		p.unique(who, fmt.Sprintf("number %d", c.Number))
	}
	if err := errors.Join(p.errs...); err != nil {
		return fmt.Errorf("%w: %w", ErrGroup, err)
	}
	return nil
}

// problems collects what is wrong; seen says who has what nobody else may.
type problems struct {
	errs []error
	seen map[string]string
}

func (p *problems) add(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf(format, args...))
}

func (p *problems) member(who string, m Member) {
	if _, port, err := net.SplitHostPort(m.Address); err != nil || port == "" || port == "0" {
		p.add("%s has address %q; give HOST:PORT", who, m.Address)
	}
	p.unique(who, "address "+m.Address)
	p.key(who, m.Key)
}

func (p *problems) key(who string, key auth.PublicKey) {
	if key.IsZero() {
		p.add("%s has no public key", who)
		return
	}
	p.unique(who, "public key "+key.String())
}

func (p *problems) unique(who, what string) {
	if other, taken := p.seen[what]; taken {
		p.add("%s and %s have the same %s", other, who, what)
	}
	p.seen[what] = who
}

// size is the number of replicas that there must be.
func (g *Group) size() int {
	if g.Unreplicated {
		return 1
	}
	return g.Params.Replicas()
}

// quorum is how many replicas must agree on a result.
func (g *Group) quorum() int {
	if g.Unreplicated {
		return 1
	}
	return g.Params.Quorum()
}

func (g *Group) directory() *auth.Directory {
	d := &auth.Directory{Cluster: g.Cluster, Clients: make(map[uint32]auth.PublicKey)}
	for _, m := range g.Replicas {
		d.Replicas = append(d.Replicas, m.Key)
	}
	for _, c := range g.Clients {
		d.Clients[c.Number] = c.Key
	}
	return d
}

// peers are the replicas' addresses, for the transport.
func (g *Group) peers() map[message.Node]string {
	peers := make(map[message.Node]string)
	for i, m := range g.Replicas {
		peers[message.ReplicaNode(message.ReplicaID(i))] = m.Address
	}
	return peers
}

// messageLimits bound what is decoded.
func (g *Group) messageLimits() message.Limits {
	limits := g.Params.Limits()
	limits.Replicas = g.size()
	return limits
}

// frameLimits bound what is received: enough for every message that the
// protocol sends, and no more.
func (g *Group) frameLimits() transport.Limits {
	p := &g.Params
	request := requestSlack + g.size()*len(message.MAC{})
	batch := max(p.BatchBytes, p.MaxOperation) + p.BatchRequests*request
	fromReplica := max(batch, p.MaxResult, p.LogSize, pbft.MaxPage, message.MaxNewView(g.messageLimits())) + frameSlack
	fromClient := p.MaxOperation + request + frameSlack
	return transport.Limits{
		Replica:          peerLimits(fromReplica, fromReplica),
		Client:           peerLimits(fromClient, fromReplica),
		Clients:          clientsConnected,
		PrincipalClients: clientSessions,
		KeyLifetime:      g.keyLifetime,
	}
}

// peerLimits are those of a kind of node that sends frames of one size and
// is sent frames of another.
func peerLimits(from, to int) transport.PeerLimits {
	return transport.PeerLimits{FrameBytes: from, QueueBytes: queuedFrames * max(from, to)}
}

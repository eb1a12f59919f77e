package runtime

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// ErrIdentity: the private key is not the one that the group knows.
var ErrIdentity = errors.New("wrong private key")

// ReplicaConfig is what a replica, or a server without replication, is
// started from.
type ReplicaConfig struct {
	// ID is the replica's number, 0 for a server without replication.
	ID message.ReplicaID
	// Group must be the same at all members.
	Group *Group
	// Identity holds the key that the Group has for this replica.
	Identity *auth.Identity
	// Service is the state machine in its initial state. One goroutine at a
	// time uses it.
	Service pbft.Service
	// Logger is where events go; nil is slog.Default().
	Logger *slog.Logger
	// Version is the program's version as reports show it, at most 64 bytes.
	Version string
	// Listener, if not nil, belongs to the replica once it has started, and
	// is closed by Close; otherwise the replica listens on its address in
	// the Group.
	Listener net.Listener
	// Filter, if not nil, is called once to make the replica's Filter, with
	// what that sends by.
	Filter func(send func(to message.Node, m message.Message)) Filter
}

// Replica is a running replica, or a running server without replication.
type Replica struct {
	config     ReplicaConfig
	log        *slog.Logger
	clock      clock
	started    message.Time
	turn       sync.Mutex // guards core, and with it the service
	core       core
	planned    atomic.Int64   // when the loop will next look at the core's time
	others     []message.Node // the other replicas
	inbox      *inbox
	complaints *complaints
	endpoint   *transport.Endpoint
	filtered   Filter // nil, unless configured
	evidence   *evidence
	loopDone   chan struct{}
	closeOnce  sync.Once
	closeError error
}

// core is the state machine that is driven: a pbft.Replica, or a server.
type core interface {
	Step(pbft.Input) *pbft.Output
	Tick(message.Time) *pbft.Output
	Wake() message.Time
	Report() message.Report
}

// StartReplica starts a replica of a replicated group. It returns once the
// replica accepts connections; it dials the others in the background.
func StartReplica(c ReplicaConfig) (*Replica, error) {
	if err := c.check(false); err != nil {
		return nil, err
	}
	clock := newClock()
	replica, err := pbft.NewReplica(pbft.Config{
		ID:      c.ID,
		Params:  c.Group.Params,
		Service: c.Service,
		Sign:    func(d message.Digest) message.Signature { return c.Identity.Sign(c.Group.Cluster, d) },
		Now:     clock.now(),
	})
	if err != nil {
		return nil, err
	}
	return start(c, clock, replica)
}

// StartServer starts the one server of a group without replication. It
// differs from a replica only in that it executes requests as they arrive.
func StartServer(c ReplicaConfig) (*Replica, error) {
	if err := c.check(true); err != nil {
		return nil, err
	}
	return start(c, newClock(), newServer(c.Group.Params, c.Service))
}

func (c *ReplicaConfig) check(unreplicated bool) error {
	if err := c.Group.Validate(); err != nil {
		return err
	}
	switch {
	case c.Group.Unreplicated != unreplicated:
		return fmt.Errorf("%w: unreplicated is %t; start a server for a group without replication, else a replica",
			ErrGroup, c.Group.Unreplicated)
	case int(c.ID) >= len(c.Group.Replicas):
		return fmt.Errorf("%w: there is no replica %d: replicas are numbered from 0 to %d", ErrGroup, c.ID, len(c.Group.Replicas)-1)
	case c.Identity.Public() != c.Group.Replicas[c.ID].Key:
		return fmt.Errorf("%w: the configuration says that replica %d has the public key %v, but this is the %v",
			ErrIdentity, c.ID, c.Group.Replicas[c.ID].Key, c.Identity)
	case len(c.Version) > maxVersionName:
		return fmt.Errorf("the version %q is longer than %d bytes", c.Version, maxVersionName)
	}
	return nil
}

func start(c ReplicaConfig, clock clock, core core) (*Replica, error) {
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	listener := c.Listener
	if listener == nil {
		var err error
		if listener, err = net.Listen("tcp", c.Group.Replicas[c.ID].Address); err != nil {
			return nil, fmt.Errorf("replica %d cannot listen: %w", c.ID, err)
		}
	}
	r := &Replica{
		config:     c,
		log:        c.Logger,
		clock:      clock,
		started:    clock.now(),
		core:       core,
		inbox:      newInbox(),
		complaints: newComplaints(c.Logger, clock),
		loopDone:   make(chan struct{}),
	}
	replica, _ := core.(*pbft.Replica)
	r.evidence = newEvidence(replica, c.Identity, c.Group.Cluster)
	for i := range c.Group.Replicas {
		if id := message.ReplicaID(i); id != c.ID {
			r.others = append(r.others, message.ReplicaNode(id))
		}
	}
	if err := r.connect(listener); err != nil {
		if c.Listener == nil {
			listener.Close()
		}
		return nil, err
	}
	go r.loop()
	return r, nil
}

// connect starts the transport. Its readers may not take the turn before it
// is there to send with.
func (r *Replica) connect(listener net.Listener) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	c := &r.config
	self := message.ReplicaNode(c.ID)
	r.filtered = r.filter()
	ring := auth.NewKeyring(auth.KeyringConfig{Replica: c.ID, SessionsPerPrincipal: clientSessions, Overlap: keyOverlap})
	endpoint, err := transport.New(transport.Config{
		Self:     self,
		Listener: listener,
		Peers:    c.Group.peers(),
		Handshaker: &handshaker{
			auth: auth.Handshaker{Self: self, Identity: c.Identity, Directory: c.Group.directory(), Keys: ring},
		},
		Handler: &replicaHandler{
			intake:  intake{group: c.Group, limits: c.Group.messageLimits(), ring: ring, complaints: r.complaints, inbox: r.inbox, filter: r.filtered},
			replica: r,
		},
		Logger: r.log,
		Limits: c.Group.frameLimits(),
	})
	r.endpoint = endpoint
	return err
}

// replicaHandler is what the transport's readers call.
type replicaHandler struct {
	intake
	replica *Replica
}

func (h *replicaHandler) Connected(peer message.Node) { h.inbox.open(peer) }

func (h *replicaHandler) Receive(from message.Node, payload []byte) {
	if h.receive(from, payload) {
		h.replica.workDirectly()
	}
}

func (h *replicaHandler) Disconnected(peer message.Node, _ error) { h.inbox.shut(peer) }

// Addr is where the replica listens.
func (r *Replica) Addr() net.Addr { return r.endpoint.Addr() }

// Done is closed when the replica has stopped.
func (r *Replica) Done() <-chan struct{} { return r.loopDone }

// Report is what the replica says of itself; once it has stopped, the zero
// Report.
func (r *Replica) Report() message.Report {
	select {
	case <-r.inbox.stop:
		return message.Report{}
	default:
	}
	r.turn.Lock()
	defer r.turn.Unlock()
	return r.report()
}

// Close stops the replica: it sends what it has to send for half a second at
// most, and closes its connections and its listener. Repeated calls return
// the same.
func (r *Replica) Close() error {
	r.closeOnce.Do(func() {
		r.inbox.close()
		<-r.loopDone
		r.closeError = r.endpoint.Close()
	})
	return r.closeError
}

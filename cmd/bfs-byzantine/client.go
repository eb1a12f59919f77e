package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/signal"
	"syscall"
	"time"

	"bfs/bfs"
	"bfs/bfs/cluster"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
	"bfs/pbft/transport"

	"github.com/urfave/cli/v2"
)

func clientCommand() *cli.Command {
	return &cli.Command{
		Name:        "client",
		Usage:       "run one client that attacks, until it is stopped",
		Description: "It holds the key of a client that the replicas know. --behaviour is one of\n\n" + clientBehaviourList(),
		Flags: []cli.Flag{
			configFlag(),
			&cli.StringFlag{Name: "client", Required: true, Usage: "the client's `NAME`"},
			&cli.StringFlag{Name: "behaviour", Required: true, Usage: "attack in this `WAY`"},
			logLevelFlag(),
		},
		Action: runClient,
	}
}

func runClient(c *cli.Context) error {
	attack, err := findClientBehaviour(c.String("behaviour"))
	if err != nil {
		return err
	}
	log, err := logger(c)
	if err != nil {
		return err
	}
	config, err := cluster.Load(c.Path("config"))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	p, err := newPrincipal(config, c.String("client"))
	if err != nil {
		return err
	}
	log.Warn("this client attacks", "behaviour", attack.name)
	return attack.run(ctx, p)
}

// client is a principal that attacks: a key and whom to attack.
type client struct {
	group    *runtime.Group
	identity *auth.Identity
	number   uint32
}

func newPrincipal(config *cluster.Config, name string) (*client, error) {
	group, err := config.Group()
	if err != nil {
		return nil, err
	}
	identity, err := auth.ReadIdentity(config.ClientKeyPath(name))
	if err != nil {
		return nil, err
	}
	number, err := principal(config, name)
	return &client{group: group, identity: identity, number: number}, err
}

// session is one session of the client, with connections to all replicas that
// are made again when they are lost.
type session struct {
	*client
	id       message.ClientID
	keys     *auth.RequestKeys
	endpoint *transport.Endpoint
	// deaf makes it read nothing.
	deaf      bool
	closing   chan struct{}
	connected chan struct{} // a token for each connection
}

// connect opens a session and waits until the first replica is connected.
func (c *client) connect(ctx context.Context, deaf bool) (*session, error) {
	s := &session{
		client:    c,
		id:        message.ClientID{Principal: c.number, Session: uint64(time.Now().UnixNano())},
		keys:      auth.NewRequestKeys(len(c.group.Replicas)),
		deaf:      deaf,
		closing:   make(chan struct{}),
		connected: make(chan struct{}, 1),
	}
	peers := make(map[message.Node]string)
	for i, r := range c.group.Replicas {
		peers[message.ReplicaNode(message.ReplicaID(i))] = r.Address
	}
	endpoint, err := transport.New(transport.Config{
		Self: message.ClientNode(s.id), Peers: peers, Handshaker: s, Handler: s, Limits: clientLimits(),
	})
	if err != nil {
		return nil, err
	}
	s.endpoint = endpoint
	select {
	case <-s.connected:
		return s, nil
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), s.Close())
	}
}

// clientLimits let the client send more than anybody takes.
func clientLimits() transport.Limits {
	limit := transport.PeerLimits{FrameBytes: 32 << 20, QueueBytes: 128 << 20}
	return transport.Limits{Replica: limit, Client: limit}
}

// Initiate makes an honest link.
func (s *session) Initiate(conn net.Conn, expect message.Node) (transport.Link, error) {
	h := auth.Handshaker{Self: message.ClientNode(s.id), Identity: s.identity, Directory: s.directory()}
	made, err := h.Initiate(conn, expect)
	if err != nil {
		return nil, err
	}
	s.keys.Put(made)
	return link{made, s.keys}, nil
}

// Accept is never called: a client does not listen.
func (s *session) Accept(net.Conn) (transport.Link, error) {
	return nil, errors.New("a client accepts no connections")
}

func (s *session) directory() *auth.Directory {
	d := &auth.Directory{Cluster: s.group.Cluster, Clients: map[uint32]auth.PublicKey{s.number: s.identity.Public()}}
	for _, r := range s.group.Replicas {
		d.Replicas = append(d.Replicas, r.Key)
	}
	return d
}

type link struct {
	*auth.Link
	keys *auth.RequestKeys
}

func (l link) Close() { l.keys.Drop(l.Link) }

func (s *session) Connected(message.Node) {
	select {
	case s.connected <- struct{}{}:
	default:
	}
}

func (s *session) Receive(message.Node, []byte) {
	if s.deaf {
		<-s.closing
	}
}

func (s *session) Disconnected(message.Node, error) {}

// Close ends the session.
func (s *session) Close() error {
	close(s.closing)
	return s.endpoint.Close()
}

// request is a sealed and authentic request.
func (s *session) request(t message.Timestamp, operation []byte) *message.Request {
	q := &message.Request{Client: s.id, Timestamp: t, Ack: t, Operation: operation}
	q.Seal()
	q.Auth = s.keys.Authenticate(q.Digest())
	return q
}

func (s *session) sendTo(i int, payload []byte) {
	s.endpoint.Send(message.ReplicaNode(message.ReplicaID(i)), payload)
}

func (s *session) sendAll(m message.Message) {
	payload := message.Encode(m)
	for i := range s.group.Replicas {
		s.sendTo(i, payload)
	}
}

// operation returns the bytes of what a call would ask for.
func operation(call func(*bfs.Client)) []byte {
	var r recorder
	call(bfs.NewClient(&r))
	return r.last
}

// recorder is an invoker that only remembers.
type recorder struct{ last []byte }

var errRecorded = errors.New("recorded, not sent")

func (r *recorder) Invoke(_ context.Context, operation []byte, _ bool) ([]byte, error) {
	r.last = append([]byte(nil), operation...)
	return nil, errRecorded
}

func findClientBehaviour(name string) (clientBehaviour, error) {
	for _, b := range clientBehaviours {
		if b.name == name {
			return b, nil
		}
	}
	return clientBehaviour{}, fmt.Errorf("there is no behaviour %q of a client: see bfs-byzantine client --help", name)
}

package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

var (
	// ErrClosed: the client was closed.
	ErrClosed = errors.New("client closed")
	// ErrNotSent: the operation was not sent, and will not be carried out.
	ErrNotSent = errors.New("the operation was not sent")
	// ErrOutcomeUnknown: the operation was sent; whether it was, or will be,
	// carried out is not known.
	ErrOutcomeUnknown = errors.New("the operation's outcome is unknown")
	// ErrTooLarge: the operation is larger than Params.MaxOperation.
	ErrTooLarge = errors.New("the operation is too large")
	// ErrUnreachable: too few replicas could be reached.
	ErrUnreachable = errors.New("too few replicas can be reached")
	// ErrMisconfigured: the replicas treat this client as if their
	// parameters were different from its own.
	ErrMisconfigured = errors.New("the replicas have other parameters than this client")
)

// ClientConfig is what a client is made from.
type ClientConfig struct {
	// Group must be the same as the replicas'.
	Group *Group
	// Principal is the number of the Group's principal whose key Identity
	// holds.
	Principal uint32
	Identity  *auth.Identity
	// Logger is where events go; nil is slog.Default().
	Logger *slog.Logger
	// NoWait makes Dial return without waiting for any replica, for those
	// who only want to Inquire. Operations wait for a quorum all the same.
	NoWait bool
}

// Client runs operations on a replicated service, or on a server without
// replication. It is safe for concurrent use. Up to Params.ClientWindow
// operations are outstanding at once; further callers wait.
type Client struct {
	config ClientConfig
	log    *slog.Logger
	clock  clock

	// mu guards all that follows, and everything in the sessions but what is
	// marked.
	mu        sync.Mutex
	closed    bool
	session   *session // the one that takes operations
	waiting   []*call  // not sent yet, first come first
	inquiries map[uint64]*inquiry
	nonce     uint64
	replicas  []reach
	changed   chan struct{} // closed and replaced when replicas changes
	past      Stats         // of sessions that have ended
	sessions  map[*session]struct{}
	ending    sync.WaitGroup // sessions being closed
	// closeError is what went wrong with that.
	closeError error
}

// reach is what is known of the way to a replica.
type reach struct {
	connected bool
	refused   bool  // its or our handshake has refused the other
	why       error // the last failure
}

// Dial starts a client and waits until it is connected to 2f+1 replicas (to
// the server of a group without replication). It keeps connecting to the
// others, and to all again that it loses, in the background. If ctx ends
// first, or so many replicas refuse this client that a quorum is impossible,
// the error wraps ErrUnreachable and names them with the reasons.
func Dial(ctx context.Context, config ClientConfig) (*Client, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	c := &Client{
		config:    config,
		log:       config.Logger,
		clock:     newClock(),
		inquiries: make(map[uint64]*inquiry),
		replicas:  make([]reach, len(config.Group.Replicas)),
		changed:   make(chan struct{}),
		sessions:  make(map[*session]struct{}),
	}
	c.mu.Lock()
	err := c.openSession(0)
	c.mu.Unlock()
	if err == nil && !config.NoWait {
		err = c.awaitQuorum(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *ClientConfig) check() error {
	if err := c.Group.Validate(); err != nil {
		return err
	}
	for _, p := range c.Group.Clients {
		if p.Number != c.Principal {
			continue
		}
		if p.Key != c.Identity.Public() {
			return fmt.Errorf("%w: the configuration says that client %d (%s) has the public key %v, but this is the %v",
				ErrIdentity, p.Number, p.Name, p.Key, c.Identity)
		}
		return nil
	}
	return fmt.Errorf("%w: there is no client %d; add it", ErrGroup, c.Principal)
}

// Invoke has an operation carried out once and returns its result, which must
// not be changed. readOnly says that the operation cannot change the state.
//
// If ctx ends first, Invoke returns at once, with an error that wraps ctx's
// and either ErrNotSent or ErrOutcomeUnknown. In the latter case the operation
// keeps its place in the window until it is answered.
func (c *Client) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if limit := c.config.Group.Params.MaxOperation; len(operation) > limit {
		return nil, fmt.Errorf("%w: it has %d bytes, the limit is %d", ErrTooLarge, len(operation), limit)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSent, err)
	}
	// The caller gets its operation back when ctx ends, but retransmissions
	// still need it.
	k := &call{operation: bytes.Clone(operation), readOnly: readOnly, done: make(chan outcome, 1)}
	c.enter(k)
	select {
	case o := <-k.done:
		return o.result, o.err
	case <-ctx.Done():
		return c.leave(k, ctx.Err())
	}
}

// Stats counts messages and their bytes on the network, over all connections
// of a client.
type Stats struct {
	Sent, Received transport.Traffic
}

// Stats returns the counts since Dial.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := c.past
	for s := range c.sessions {
		total.add(s.endpoint.Stats())
	}
	return total
}

func (t *Stats) add(s transport.Stats) {
	for _, peer := range s.Peers {
		t.Sent.Messages += peer.Sent.Messages
		t.Sent.Bytes += peer.Sent.Bytes
		t.Received.Messages += peer.Received.Messages
		t.Received.Bytes += peer.Received.Bytes
	}
}

// Close ends the client. Operations that have no result yet fail with
// ErrClosed, and those that were sent with ErrOutcomeUnknown too.
func (c *Client) Close() error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		for _, k := range c.waiting {
			k.finish(nil, fmt.Errorf("%w: %w", ErrNotSent, ErrClosed))
		}
		c.waiting = nil
		for s := range c.sessions {
			s.abandon(ErrClosed)
			c.endSession(s)
		}
	}
	c.mu.Unlock()
	c.ending.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closeError
}

// node is who this client is in a session.
func (c *Client) node(number uint64) message.Node {
	return message.ClientNode(message.ClientID{Principal: c.config.Principal, Session: number})
}

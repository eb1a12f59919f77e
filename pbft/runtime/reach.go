package runtime

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// unreached notes why a handshake with a replica failed.
func (c *Client) unreached(peer message.Node, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &c.replicas[peer.Replica]
	r.why, r.refused = err, final(err)
	c.announce()
}

// final says whether a handshake's failure is one that trying again does not
// mend.
func final(err error) bool {
	for _, kind := range []error{auth.ErrRefused, auth.ErrWrongKey, auth.ErrUnknownPeer, auth.ErrWrongCluster, auth.ErrVersion} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// reached notes that a connection came or went. The caller holds mu.
func (c *Client) reached(s *session, id message.ReplicaID, now reach) {
	if s == c.session {
		c.replicas[id] = now
		c.announce()
	}
}

func (c *Client) announce() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// awaitQuorum waits until a quorum is connected.
func (c *Client) awaitQuorum(ctx context.Context) error {
	g := c.config.Group
	for {
		c.mu.Lock()
		changed := c.changed
		up, refused := 0, 0
		for _, r := range c.replicas {
			if r.connected {
				up++
			} else if r.refused {
				refused++
			}
		}
		c.mu.Unlock()
		if up >= g.quorum() {
			return nil
		}
		if len(g.Replicas)-refused < g.quorum() {
			return c.unreachable(nil)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return c.unreachable(ctx.Err())
		}
	}
}

// unreachableError wraps ErrUnreachable and the reason of each replica.
type unreachableError struct {
	text   string
	causes []error
}

func (e *unreachableError) Error() string { return e.text }

func (e *unreachableError) Unwrap() []error { return e.causes }

// unreachable is the error that says which replicas could not be reached, and
// why; cause, if not nil, is why we stopped trying.
func (c *Client) unreachable(cause error) error {
	c.mu.Lock()
	replicas := append([]reach(nil), c.replicas...)
	c.mu.Unlock()
	c.probe(replicas)
	causes := []error{ErrUnreachable}
	var missing []string
	for i, r := range replicas {
		if !r.connected {
			missing = append(missing, fmt.Sprintf("replica %d at %s: %v", i, c.config.Group.Replicas[i].Address, r.why))
			causes = append(causes, r.why)
		}
	}
	if cause != nil {
		causes = append(causes, cause)
	}
	text := fmt.Sprintf("%v: connected to %d and need %d: %s", ErrUnreachable,
		len(replicas)-len(missing), c.config.Group.quorum(), strings.Join(missing, "; "))
	return &unreachableError{text: text, causes: causes}
}

var errSilent = errors.New("it accepts connections but has not completed a handshake yet")

// probe finds a reason for those replicas that have none: the transport's
// attempts to connect end in its log only.
func (c *Client) probe(replicas []reach) {
	var all sync.WaitGroup
	for i := range replicas {
		r := &replicas[i]
		if r.connected || r.why != nil {
			continue
		}
		all.Go(func() { r.why = tryAddress(c.config.Group.Replicas[i].Address, probeTimeout) })
	}
	all.Wait()
}

func tryAddress(address string, timeout time.Duration) error {
	conn, err := net.DialTimeout("tcp", address, timeout)
	if err != nil {
		return err
	}
	conn.Close()
	return errSilent
}

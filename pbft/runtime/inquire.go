package runtime

import (
	"context"
	"fmt"

	"bfs/pbft/message"
)

// inquiry is a question to a replica that waits for its report.
type inquiry struct {
	replica message.ReplicaID
	answer  chan message.Report // has room for one
}

// Inquire asks a replica what it says of itself. It waits for the connection
// to it and for the answer until ctx ends; the error then says what was
// missing.
func (c *Client) Inquire(ctx context.Context, replica message.ReplicaID) (message.Report, error) {
	if int(replica) >= len(c.config.Group.Replicas) {
		return message.Report{}, fmt.Errorf("%w: there is no replica %d", ErrGroup, replica)
	}
	nonce, q, err := c.inquire(replica)
	if err != nil {
		return message.Report{}, err
	}
	defer c.forget(nonce)
	select {
	case p := <-q.answer:
		return p, nil
	case <-ctx.Done():
		return message.Report{}, c.noAnswer(replica, ctx.Err())
	}
}

func (c *Client) inquire(replica message.ReplicaID) (uint64, *inquiry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, nil, ErrClosed
	}
	c.nonce++
	q := &inquiry{replica: replica, answer: make(chan message.Report, 1)}
	c.inquiries[c.nonce] = q
	c.session.ask(c.nonce, q)
	return c.nonce, q, nil
}

func (s *session) ask(nonce uint64, q *inquiry) {
	if s.connected[q.replica] {
		s.endpoint.Send(message.ReplicaNode(q.replica), message.Encode(&message.Inquiry{Nonce: nonce}))
	}
}

// repeatInquiries asks a replica that is connected, perhaps again, what it has
// not answered. The caller holds mu.
func (c *Client) repeatInquiries(s *session, replica message.ReplicaID) {
	for nonce, q := range c.inquiries {
		if q.replica == replica {
			s.ask(nonce, q)
		}
	}
}

// reported hands a report to who asked for it. The caller holds mu.
func (c *Client) reported(from message.Node, p *message.Report) {
	q := c.inquiries[p.Nonce]
	if q == nil || from != message.ReplicaNode(q.replica) || p.Replica != q.replica {
		return
	}
	delete(c.inquiries, p.Nonce)
	q.answer <- *p
}

func (c *Client) forget(nonce uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.inquiries, nonce)
}

// noAnswer says why an inquiry was not answered in time.
func (c *Client) noAnswer(replica message.ReplicaID, cause error) error {
	c.mu.Lock()
	one := []reach{c.replicas[replica]}
	c.mu.Unlock()
	address := c.config.Group.Replicas[replica].Address
	if one[0].connected {
		return fmt.Errorf("replica %d at %s is connected but does not answer: %w", replica, address, cause)
	}
	if one[0].why == nil {
		one[0].why = tryAddress(address, probeTimeout)
	}
	return fmt.Errorf("replica %d at %s: %w: %w", replica, address, one[0].why, cause)
}

package runtime

import (
	"context"
	"errors"
	"fmt"

	"bfs/pbft/message"
)

// inquiry is a question to a replica that waits for its answer.
type inquiry struct {
	replica  message.ReplicaID
	question message.Message
	answer   chan message.Message // has room for one
}

// Inquire asks a replica what it says of itself. It waits for the connection
// to it and for the answer until ctx ends; the error then says what was
// missing.
func (c *Client) Inquire(ctx context.Context, replica message.ReplicaID) (message.Report, error) {
	p, err := ask[*message.Report](ctx, c, replica, func(nonce uint64) message.Message {
		return &message.Inquiry{Nonce: nonce}
	})
	if err != nil {
		return message.Report{}, err
	}
	return *p, nil
}

// Attest asks a replica to sign the digest of the state at its last stable
// checkpoint, as Inquire asks. The signature is the caller's to check. Sequence
// is 0 if there has been no checkpoint. A replica answers a few hundred such
// questions a second of each principal; others get no answer.
func (c *Client) Attest(ctx context.Context, replica message.ReplicaID) (message.Attestation, error) {
	a, err := ask[*message.Attestation](ctx, c, replica, func(nonce uint64) message.Message {
		return &message.Attest{Nonce: nonce}
	})
	if err != nil {
		return message.Attestation{}, err
	}
	return *a, nil
}

// Inspect asks a replica for a page of the state that it has attested to, which
// it keeps for some ten seconds. The page is the caller's to check; it is empty
// if the replica has no such page.
func (c *Client) Inspect(ctx context.Context, replica message.ReplicaID, n message.Sequence, id message.PageID) ([]byte, error) {
	p, err := ask[*message.Inspection](ctx, c, replica, func(nonce uint64) message.Message {
		return &message.Inspect{Nonce: nonce, Sequence: n, ID: id}
	})
	if err != nil {
		return nil, err
	}
	return p.Data, nil
}

// ask asks a replica something until ctx ends; an answer of another kind is
// none.
func ask[Answer message.Message](ctx context.Context, c *Client, replica message.ReplicaID, question func(nonce uint64) message.Message) (answer Answer, err error) {
	if int(replica) >= len(c.config.Group.Replicas) {
		return answer, fmt.Errorf("%w: there is no replica %d", ErrGroup, replica)
	}
	nonce, q, err := c.inquire(replica, question)
	if err != nil {
		return answer, err
	}
	defer c.forget(nonce)
	select {
	case m := <-q.answer:
		answer, ok := m.(Answer)
		if !ok {
			return answer, fmt.Errorf("%w: replica %d answers with %v", errAnswer, replica, m.Type())
		}
		return answer, nil
	case <-ctx.Done():
		return answer, c.noAnswer(replica, ctx.Err())
	}
}

var errAnswer = errors.New("an answer to another question")

func (c *Client) inquire(replica message.ReplicaID, question func(nonce uint64) message.Message) (uint64, *inquiry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return 0, nil, ErrClosed
	}
	c.nonce++
	q := &inquiry{replica: replica, question: question(c.nonce), answer: make(chan message.Message, 1)}
	c.inquiries[c.nonce] = q
	c.session.ask(q)
	return c.nonce, q, nil
}

func (s *session) ask(q *inquiry) {
	if s.connected[q.replica] {
		s.endpoint.Send(message.ReplicaNode(q.replica), message.Encode(q.question))
	}
}

// repeatInquiries asks a replica that is connected, perhaps again, what it has
// not answered. The caller holds mu.
func (c *Client) repeatInquiries(s *session, replica message.ReplicaID) {
	for _, q := range c.inquiries {
		if q.replica == replica {
			s.ask(q)
		}
	}
}

// answered hands an answer to who asked for it. The caller holds mu.
func (c *Client) answered(from message.Node, nonce uint64, by message.ReplicaID, m message.Message) {
	q := c.inquiries[nonce]
	if q == nil || from != message.ReplicaNode(q.replica) || by != q.replica {
		return
	}
	delete(c.inquiries, nonce)
	q.answer <- m
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

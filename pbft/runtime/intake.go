package runtime

import (
	"log/slog"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// intake turns the frames of connected peers into inputs. It is what the
// reader goroutines do, so that the loop need not: the transport has checked
// the frame's MAC; here it is decoded strictly, and the requests in it are
// checked against their authenticators.
type intake struct {
	group      *Group
	limits     message.Limits
	ring       *auth.Keyring
	complaints *complaints
	inbox      *inbox
	filter     Filter // nil, unless configured
}

// receive queues what a peer has sent; it is false if that was refused.
func (t *intake) receive(from message.Node, payload []byte) bool {
	m, err := message.Decode(payload, t.limits)
	if err != nil {
		t.complaints.refuse(slog.LevelWarn, from, "not a message", err)
		return false
	}
	if q, ok := m.(*message.Request); ok && from.Kind == message.KindClient && q.Client != from.Client {
		t.complaints.refuse(slog.LevelWarn, from, "another client's request", q)
		return false
	}
	if !t.signed(m) {
		t.complaints.refuse(slog.LevelWarn, from, "a wrong signature", m)
		return false
	}
	if t.filter != nil && !t.filter.Receive(from, m) {
		return false
	}
	return t.inbox.put(pbft.Input{From: from, Message: m, Vouched: t.vouched(m)}, len(payload))
}

// signed checks the signatures in a message: those of the view-change messages,
// the only ones that are shown to third parties.
func (t *intake) signed(m message.Message) bool {
	switch m := m.(type) {
	case *message.ViewChange:
		return t.group.Replicas[m.Replica].Key.Verify(t.group.Cluster, m.Digest(), m.Signature)
	case *message.NewView:
		for _, c := range m.Changes {
			if !t.signed(c) {
				return false
			}
		}
	}
	return true
}

// vouched says of each request in a message whether this replica's entry of
// its authenticator is right.
func (t *intake) vouched(m message.Message) []bool {
	switch m := m.(type) {
	case *message.Request:
		return []bool{t.authentic(m)}
	case *message.PrePrepare:
		flags := make([]bool, len(m.Requests))
		for i, q := range m.Requests {
			flags[i] = t.authentic(q)
		}
		return flags
	}
	return nil
}

func (t *intake) authentic(q *message.Request) bool {
	return t.ring.Check(q.Client, q.Digest(), q.Auth)
}

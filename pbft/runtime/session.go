package runtime

import (
	"errors"
	"fmt"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// session is one session of a client: a client core, and the connections that
// were made in the session's name. Its own lock is the client's.
//
// INVARIANT: calls are the core's outstanding requests by timestamp, or the
// session has ended.
type session struct {
	client   *Client
	number   uint64
	keys     *auth.RequestKeys   // has a lock of its own
	endpoint *transport.Endpoint // likewise
	limits   message.Limits      // never changes

	core      *pbft.Client
	calls     map[message.Timestamp]*call
	connected []bool // by replica
	links     int    // how often a connection has come or gone
	ready     bool   // a quorum has been connected
	expired   bool   // the replicas do not know it; a successor has taken over
	served    bool   // an operation has been executed in it
	ended     bool
	alarm     *time.Timer
	alarmAt   message.Time // 0 if it is not set
}

// openSession makes the session that takes operations from now on. Its number
// is the time, or floor if that is later: larger than those before it. The
// caller holds mu.
func (c *Client) openSession(floor uint64) error {
	g := c.config.Group
	number := max(uint64(c.clock.now()), floor)
	config := g.Params.Client(c.node(number).Client)
	config.Replicas, config.Quorum = len(g.Replicas), g.quorum()
	s := &session{
		client:    c,
		number:    number,
		keys:      auth.NewRequestKeys(len(g.Replicas)),
		limits:    g.messageLimits(),
		core:      pbft.NewClient(config),
		calls:     make(map[message.Timestamp]*call),
		connected: make([]bool, len(g.Replicas)),
	}
	endpoint, err := transport.New(transport.Config{
		Self:  c.node(number),
		Peers: g.peers(),
		Handshaker: &handshaker{
			auth:   auth.Handshaker{Self: c.node(number), Identity: c.config.Identity, Directory: g.directory(), Keys: s.keys},
			failed: c.unreached,
		},
		Handler: &sessionHandler{s},
		Logger:  c.log,
		Limits:  g.frameLimits(),
	})
	if err != nil {
		return fmt.Errorf("opening a session: %w", err)
	}
	s.endpoint = endpoint
	s.alarm = time.AfterFunc(time.Hour, s.tick)
	s.alarm.Stop()
	c.session = s
	c.sessions[s] = struct{}{}
	return nil
}

// endSession closes a session in the background: its connections may be
// calling us just now. The caller holds mu.
func (c *Client) endSession(s *session) {
	if s.ended {
		return
	}
	s.ended = true
	s.alarm.Stop()
	c.ending.Go(func() {
		err := s.endpoint.Close()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.closeError = errors.Join(c.closeError, err)
		c.past.add(s.endpoint.Stats())
		delete(c.sessions, s)
	})
}

// sessionHandler is what the transport's readers call.
type sessionHandler struct{ *session }

func (h *sessionHandler) Connected(peer message.Node) {
	s := h.session
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	s.connected[peer.Replica] = true
	s.links++
	s.client.reached(s, peer.Replica, reach{connected: true})
	n := 0
	for _, up := range s.connected {
		if up {
			n++
		}
	}
	if n >= s.client.config.Group.quorum() {
		s.ready = true
		s.client.admit()
	}
	s.client.repeatInquiries(s, peer.Replica)
}

func (h *sessionHandler) Disconnected(peer message.Node, reason error) {
	s := h.session
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	s.connected[peer.Replica] = false
	s.links++
	s.client.reached(s, peer.Replica, reach{why: reason})
}

func (h *sessionHandler) Receive(from message.Node, payload []byte) {
	s := h.session
	m, err := message.Decode(payload, s.limits)
	if err != nil {
		s.client.log.Debug("refused a message", "from", from.String(), "reason", err)
		return
	}
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	switch m := m.(type) {
	case *message.Reply:
		s.receiveReply(from, m)
	case *message.Report:
		s.client.answered(from, m.Nonce, m.Replica, m)
	case *message.Attestation:
		s.client.answered(from, m.Nonce, m.Replica, m)
	case *message.Inspection:
		s.client.answered(from, m.Nonce, m.Replica, m)
	}
}

func (s *session) receiveReply(from message.Node, p *message.Reply) {
	if s.ended {
		return
	}
	if k := s.calls[p.Timestamp]; k != nil && p.Status == message.ReplyExecuted {
		k.executed++
	}
	s.carryOut(s.core.Step(pbft.Input{Now: s.client.clock.now(), From: from, Message: p}))
}

// tick is called by the alarm.
func (s *session) tick() {
	s.client.mu.Lock()
	defer s.client.mu.Unlock()
	s.alarmAt = 0
	if !s.ended {
		s.carryOut(s.core.Tick(s.client.clock.now()))
	}
}

// invoke sends a call; the core must be ready for it.
func (s *session) invoke(k *call) {
	t, out, err := s.core.Invoke(s.client.clock.now(), k.operation, k.readOnly)
	if err != nil {
		panic("runtime: a request for a client core that is not ready: " + err.Error())
	}
	k.sent, k.resent, k.links, k.executed = true, false, s.links, 0
	s.calls[t] = k
	s.sendAll(out)
	s.setAlarm()
}

// carryOut does what the core asks for, and then uses the room that it may
// have made.
func (s *session) carryOut(out *pbft.ClientOutput) {
	s.sendAll(out)
	for i := range out.Completed {
		s.complete(&out.Completed[i])
	}
	s.setAlarm()
	s.client.admit()
}

func (s *session) sendAll(out *pbft.ClientOutput) {
	for i := range out.Sends {
		s.send(&out.Sends[i])
	}
}

// send sends a request with an authenticator of the keys of now.
func (s *session) send(out *pbft.Send) {
	q := out.Message.(*message.Request)
	q.Auth = s.keys.Authenticate(q.Digest())
	payload := message.Encode(q)
	if !out.All {
		s.endpoint.Send(message.ReplicaNode(out.To), payload)
		return
	}
	if k := s.calls[q.Timestamp]; k != nil {
		k.resent = true
	}
	for i := range s.connected {
		s.endpoint.Send(message.ReplicaNode(message.ReplicaID(i)), payload)
	}
}

// setAlarm makes sure that the alarm rings when the core wants it. It may
// ring too early: moving it for every request would cost more.
func (s *session) setAlarm() {
	wake := s.core.Wake()
	if wake == 0 || s.ended || s.alarmAt != 0 && s.alarmAt <= wake {
		return
	}
	s.alarmAt = wake
	s.alarm.Reset(s.client.clock.until(wake))
}

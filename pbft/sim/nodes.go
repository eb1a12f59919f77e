package sim

import (
	"encoding/binary"
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// authentic marks, in the simulator, an authenticator's entry as right: no
// node but the request's client makes such entries for it.
var authentic = message.MAC{1}

// replica drives one core.
type replica struct {
	world   *World
	node    message.Node
	core    *pbft.Replica
	service *counter
	skew    message.Time
	fault   Fault
	life    int          // counts restarts: events of an earlier life are void
	wake    message.Time // the earliest tick planned
	// corrupted: a bit of its state was flipped, and it has not fetched the
	// right one yet.
	corrupted bool
}

func newReplica(w *World, i int) *replica {
	r := &replica{world: w, node: message.ReplicaNode(message.ReplicaID(i))}
	if s := int64(w.settings.Skew); s > 0 {
		r.skew = message.Time(w.rng.Int64N(2*s) - s)
	}
	r.start()
	return r
}

// start gives the replica a new life with an empty memory.
func (r *replica) start() {
	r.life++
	r.wake = 0
	r.corrupted = false
	r.service = &counter{}
	core, err := pbft.NewReplica(pbft.Config{
		ID: r.node.Replica, Params: r.world.settings.Params, Service: r.service, Now: r.clock(),
		Sign: func(message.Digest) message.Signature { return signature(r.node.Replica) },
	})
	if err != nil {
		panic(fmt.Sprintf("sim: settings that the core refuses: %v", err))
	}
	r.core = core
	r.world.check.restarted(r)
	r.tickLater()
}

// signature marks, in the simulator, what a replica has signed: no other node
// makes it.
func signature(id message.ReplicaID) message.Signature { return message.Signature{1 + byte(id)} }

func (r *replica) clock() message.Time { return r.world.now + r.skew }

// corrupt flips a bit in the service's state.
func (r *replica) corrupt() {
	r.world.tracef("%v: memory corrupted", r.node)
	r.corrupted = true
	r.service.sum ^= 1 << r.world.rng.IntN(32)
}

func (r *replica) receive(from message.Node, m message.Message) {
	if !signed(m) {
		return
	}
	in := pbft.Input{Now: r.clock(), From: from, Message: m, Vouched: r.vouched(m)}
	r.carryOut(r.core.Step(in))
}

// signed checks the signatures in a message, as a driver does.
func signed(m message.Message) bool {
	switch m := m.(type) {
	case *message.ViewChange:
		return m.Signature == signature(m.Replica)
	case *message.NewView:
		for _, c := range m.Changes {
			if !signed(c) {
				return false
			}
		}
	}
	return true
}

func (r *replica) vouched(m message.Message) []bool {
	switch m := m.(type) {
	case *message.Request:
		return []bool{m.Auth[r.node.Replica] == authentic}
	case *message.PrePrepare:
		out := make([]bool, len(m.Requests))
		for i, q := range m.Requests {
			out[i] = q.Auth[r.node.Replica] == authentic
		}
		return out
	}
	return nil
}

func (r *replica) carryOut(out *pbft.Output) {
	w := r.world
	for _, s := range out.Sends {
		for i := range w.replicas {
			to := message.ReplicaNode(message.ReplicaID(i))
			if to != r.node && (s.All || s.To == to.Replica) {
				r.emit(to, s.Message)
			}
		}
	}
	for _, p := range out.Replies {
		r.emit(message.ClientNode(p.Client), p)
	}
	for _, e := range out.Events {
		w.tracef("%v: %v", r.node, e)
		w.check.event(r, e)
	}
	r.tickLater()
}

func (r *replica) emit(to message.Node, m message.Message) {
	for _, m := range wrap(r.world, r.fault, to, m) {
		r.world.send(r.node, to, m)
	}
}

func wrap(w *World, f Fault, to message.Node, m message.Message) []message.Message {
	if f == nil {
		return []message.Message{m}
	}
	return f.Send(w.rng, to, m)
}

// tickLater plans the core's next tick, unless an earlier one is planned.
func (r *replica) tickLater() {
	at := r.core.Wake() - r.skew
	if r.wake != 0 && r.wake <= at {
		return
	}
	r.wake = at
	life := r.life
	r.world.after(at-r.world.now, func() {
		if r.life != life || r.wake != at {
			return
		}
		r.wake = 0
		r.carryOut(r.core.Tick(r.clock()))
	})
}

// client drives one client core through its operations.
type client struct {
	world  *World
	node   message.Node
	core   *pbft.Client
	fault  Fault
	sent   int
	done   int
	values []uint64 // by timestamp - 1: what was added
	wake   message.Time
}

func newClient(w *World, i int) *client {
	p := w.settings.Params
	id := message.ClientID{Principal: uint32(i), Session: 1}
	c := &client{
		world: w,
		node:  message.ClientNode(id),
		core: pbft.NewClient(pbft.ClientConfig{ID: id, Replicas: p.Replicas(), Quorum: p.Quorum(),
			Window: p.ClientWindow, Retransmit: p.Retransmit}),
	}
	w.after(message.Time(w.rng.IntN(1_000_000)), c.invoke)
	return c
}

// invoke keeps as many operations outstanding as the settings say.
func (c *client) invoke() {
	s := c.world.settings
	for c.sent < s.Operations && c.core.Outstanding() < s.Outstanding && c.core.Ready() {
		value := uint64(c.node.Client.Principal)<<32 | uint64(c.sent+1)
		_, out, err := c.core.Invoke(c.world.now, binary.BigEndian.AppendUint64(nil, value), false)
		if err != nil {
			panic("sim: a client that was ready has no room")
		}
		c.sent++
		c.values = append(c.values, value)
		c.carryOut(out)
	}
}

func (c *client) receive(from message.Node, m message.Message) {
	c.carryOut(c.core.Step(pbft.Input{Now: c.world.now, From: from, Message: m}))
	c.invoke()
}

func (c *client) carryOut(out *pbft.ClientOutput) {
	for _, s := range out.Sends {
		q := *s.Message.(*message.Request)
		q.Auth = make(message.Authenticator, len(c.world.replicas))
		for i := range q.Auth {
			q.Auth[i] = authentic
		}
		for i := range c.world.replicas {
			to := message.ReplicaNode(message.ReplicaID(i))
			if !s.All && s.To != to.Replica {
				continue
			}
			for _, m := range wrap(c.world, c.fault, to, &q) {
				c.world.send(c.node, to, m)
			}
		}
	}
	for _, d := range out.Completed {
		c.done++
		c.world.tracef("%v: completed t=%d", c.node, d.Timestamp)
		c.world.check.completed(c, d)
	}
	c.tickLater()
}

func (c *client) tickLater() {
	at := c.core.Wake()
	if at == 0 || c.wake != 0 && c.wake <= at {
		return
	}
	c.wake = at
	c.world.after(at-c.world.now, func() {
		if c.wake == at {
			c.wake = 0
			c.carryOut(c.core.Tick(c.world.now))
		}
	})
}

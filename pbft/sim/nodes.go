package sim

import (
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
	service Service
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
	r.service = r.world.workload.Service()
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
	r.service.Corrupt(r.world.rng)
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
			out[i] = !q.IsBare() && q.Auth[r.node.Replica] == authentic
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

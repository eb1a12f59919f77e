package sim

import (
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// replica drives one core.
type replica struct {
	world   *World
	node    message.Node
	core    *pbft.Replica
	service Service
	clk     clock
	fault   *Seat
	half    half         // which of two twins it is
	stopped bool         // its process stands still
	life    int          // counts restarts: events of an earlier life are void
	wake    message.Time // the earliest tick planned
	// corrupted: a bit of its state was flipped, and it has not fetched the
	// right one yet.
	corrupted bool
	seen      observed
}

func newReplica(w *World, i int) *replica {
	r := &replica{world: w, node: message.ReplicaNode(message.ReplicaID(i))}
	r.clk = w.drawClock()
	r.start()
	return r
}

// start gives the replica a new life with an empty memory.
func (r *replica) start() {
	r.life++
	r.wake = 0
	r.corrupted = false
	r.seen = newObserved()
	r.service = r.world.workload.Service()
	core, err := pbft.NewReplica(pbft.Config{
		ID: r.node.Replica, Params: r.world.settings.Params, Service: r.service, Now: r.clock(),
		Sign: func(d message.Digest) message.Signature { return signature(r.node.Replica, d) },
	})
	if err != nil {
		panic(fmt.Sprintf("sim: settings that the core refuses: %v", err))
	}
	r.core = core
	r.world.check.restarted(r)
	r.tickLater()
}

func (r *replica) clock() message.Time { return r.clk.read(r.world.now) }

// corrupt flips a bit in the service's state.
func (r *replica) corrupt() {
	r.world.tracef("%v: memory corrupted", r.node)
	r.corrupted = true
	r.service.Corrupt(r.world.rng)
}

// hear lets a message in, by way of the replica's faults.
func (r *replica) hear(from message.Node, m message.Message) {
	if r.fault == nil {
		r.seen.hears(from, m)
		r.receive(from, m)
		return
	}
	switch keep := r.fault.in(from, m); {
	case keep == deaf:
	case keep > 0:
		r.world.after(keep, func() { r.receive(from, m) })
	default:
		r.receive(from, m)
	}
}

func (r *replica) receive(from message.Node, m message.Message) {
	if r.stopped {
		return
	}
	if !signed(m) {
		r.world.coverage.happened(PathBadSignature)
		return
	}
	in := pbft.Input{Now: r.clock(), From: from, Message: m, Vouched: vouched(m, r.node.Replica)}
	r.carryOut(r.core.Step(in))
}

// goOn lets a process that has stood still go on.
func (r *replica) goOn() {
	r.world.tracef("%v goes on", r.node)
	r.stopped = false
	r.carryOut(r.core.Tick(r.clock()))
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
		if r.fault == nil {
			r.seen.event(w.coverage, w.settings.Params.Weak(), e)
			w.check.event(r, e)
		}
	}
	if r.fault == nil {
		r.noteOccasions(out)
	}
	r.tickLater()
}

func (r *replica) emit(to message.Node, m message.Message) {
	if r.fault == nil {
		r.world.check.certain.says(m)
		r.seen.sends(r.world.coverage, r.world.settings.Params, r.node, to, m)
	}
	r.world.post(r.node, r.fault, to, m)
}

// tickLater plans the core's next tick, unless an earlier one is planned.
func (r *replica) tickLater() {
	at := r.world.now + r.clk.until(r.world.now, r.core.Wake())
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
		if r.stopped {
			return
		}
		r.carryOut(r.core.Tick(r.clock()))
	})
}

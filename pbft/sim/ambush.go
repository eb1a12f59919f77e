package sim

import (
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Ambushes are disturbances that wait for their moment. What goes wrong in a
// view change goes wrong when a message is lost that one replica has just acted
// on; at random times that happens once in thousands of runs. So the network
// watches for such a moment at a correct replica, and strikes right after: all
// that is on its way to or from those it strikes is lost, what they have just
// sent included. Clients still reach them.

// occasion is a moment to strike at.
type occasion uint8

const (
	onPrepared   occasion = iota // it has said COMMIT
	onExecuted                   // it has executed a committed batch
	onCheckpoint                 // it has taken a checkpoint
	onLeaving                    // it has left its view
	onAnnouncing                 // as the new primary it has sent NEW-VIEW
	onEntering                   // it has entered a view
	occasions                    // how many there are
)

var occasionNames = [occasions]string{"a batch is prepared", "a batch is executed", "a checkpoint is taken",
	"a view is left", "a new view is announced", "a view is entered"}

// strike is what an ambush does: it isolates some replicas, given the one that
// it is at, for a time, or something else.
type strike struct {
	name string
	hits func(w *World, at *replica) []*replica
}

var strikes = []strike{
	{"isolate it", func(_ *World, at *replica) []*replica { return []*replica{at} }},
	{"isolate it for longer", func(_ *World, at *replica) []*replica { return []*replica{at, at} }},
	{"isolate the primary", func(w *World, _ *replica) []*replica { return []*replica{w.presentPrimary()} }},
	{"isolate all", func(w *World, _ *replica) []*replica { return w.replicas }},
	{"isolate all, and it for longer", func(w *World, at *replica) []*replica { return append([]*replica{at}, w.replicas...) }},
	{"isolate some", func(w *World, _ *replica) []*replica { return w.someReplicas() }},
	{"silence the clients", nil},
}

// ambush is one that waits.
type ambush struct {
	occasion occasion
	strike   strike
	odds     int // it strikes at one of so many occasions
}

// layAmbush plans the next ambush, if any are left.
func (w *World) layAmbush() {
	w.ambush = nil
	if w.ambushes == 0 {
		return
	}
	w.ambushes--
	if w.settings.Hunt {
		w.ambush = &ambush{occasion: pick(w.rng, onPrepared, onExecuted), strike: strikes[0], odds: pick(w.rng, 1, 3)}
		return
	}
	w.ambush = &ambush{
		occasion: occasion(w.rng.IntN(int(occasions))),
		strike:   pick(w.rng, strikes...),
		odds:     pick(w.rng, 1, 1, 3, 10, 40),
	}
	if w.ambush.strike.hits == nil && w.ambushes > 0 {
		w.ambush.strike = strikes[0] // there is nothing to wait for without clients
	}
}

// occurs tells of an occasion at a correct replica.
func (w *World) occurs(o occasion, at *replica) {
	a := w.ambush
	if a == nil || w.phase != phaseFaulty || a.occasion != o || w.rng.IntN(a.odds) != 0 {
		return
	}
	w.layAmbush()
	w.tracef("ambush at %v when %s: %s", at.node, occasionNames[o], a.strike.name)
	w.coverage.ambushed(o, a.strike)
	if a.strike.hits == nil {
		w.silenceClients()
		return
	}
	timeout := w.settings.Params.ViewTimeout
	length := timeout/4 + message.Time(w.rng.Int64N(int64(pick(w.rng, timeout, 4*timeout))))
	seen := make(map[*replica]bool)
	for _, r := range a.strike.hits(w, at) {
		d := length
		if !seen[r] && r == at {
			d *= 3 // of two hits the first is for longer
		}
		seen[r] = true
		w.isolate(r, min(d, longestDisturbance))
	}
}

// isolate keeps a replica from all others for a time.
func (w *World) isolate(r *replica, d message.Time) {
	i := r.node.Replica
	w.tracef("%v is isolated for %dus", r.node, d/1000)
	w.links.lone[i]++
	w.disturbUntil = max(w.disturbUntil, w.now+d+pbft.Millisecond)
	w.after(d, func() {
		if w.phase == phaseFaulty {
			w.links.lone[i]--
		}
	})
}

// someReplicas draws a set of replicas.
func (w *World) someReplicas() []*replica {
	var out []*replica
	for _, r := range w.replicas {
		if w.rng.IntN(2) == 0 {
			out = append(out, r)
		}
	}
	return out
}

// silenceClients makes all clients give up what they wait for, and send nothing
// more until everything has to be in order.
func (w *World) silenceClients() {
	for _, c := range w.clients {
		c.open(0)
		c.sent, c.done = w.settings.Operations, w.settings.Operations
	}
}

// noteOccasions tells of those that a message of a correct replica is.
func (r *replica) noteOccasions(out *pbft.Output) {
	for _, s := range out.Sends {
		switch m := s.Message.(type) {
		case *message.Commit:
			r.world.occurs(onPrepared, r)
		case *message.NewView:
			if s.All && m.Replica == r.node.Replica {
				r.world.occurs(onAnnouncing, r)
			}
		}
	}
	for _, e := range out.Events {
		switch e.(type) {
		case pbft.Executed:
			r.world.occurs(onExecuted, r)
		case pbft.Checkpointed:
			r.world.occurs(onCheckpoint, r)
		case pbft.LeftView:
			r.world.occurs(onLeaving, r)
		case pbft.EnteredView:
			r.world.occurs(onEntering, r)
		}
	}
}

func (c Coverage) ambushed(o occasion, s strike) {
	c.Counts[ambushName(occasionNames[o])]++
	c.Counts[ambushName(s.name)]++
}

func ambushName(what string) string { return fmt.Sprintf("ambush: %s", what) }

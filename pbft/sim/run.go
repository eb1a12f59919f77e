package sim

import (
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// How long the phases last, in virtual time.
const (
	faultyTime  = 20 * pbft.Second
	healingTime = 120 * pbft.Second
)

// Result is what came of a run.
type Result struct {
	Coverage Coverage
	// Took is the virtual time until everything had converged.
	Took message.Time
}

// Run plays a run to its end. The error is the first violation, with the
// settings that replay it.
func Run(w *World) (Result, error) {
	w.tracef("%v", w.settings)
	w.planDisturbances()
	err := w.runUntil(epochStart+faultyTime, w.finished)
	if err == nil {
		w.heal()
		err = w.runUntil(w.now+healingTime, w.converged)
	}
	if err == nil && !w.converged() {
		err = w.stuck()
	}
	if err == nil {
		err = w.check.final(w)
	}
	if err != nil {
		err = fmt.Errorf("%w\n  settings: %v", err, w.settings)
	}
	return Result{Coverage: w.check.counts, Took: w.now - epochStart}, err
}

// planDisturbances cuts off a replica for a while, in so far as f allows beside
// those that are faulty for good; meanwhile it may lose its memory, or a bit of
// its state may flip.
func (w *World) planDisturbances() {
	spare := w.settings.Params.Faults
	for _, r := range w.replicas {
		if w.faulty(r) != nil {
			spare--
		}
	}
	if spare <= 0 || !w.settings.Disturb {
		return
	}
	n := len(w.replicas)
	victim := w.rng.IntN(n)
	for w.faulty(w.replicas[victim]) != nil {
		victim = w.rng.IntN(n)
	}
	begin := message.Time(w.rng.Int64N(int64(pbft.Second)))
	length := message.Time(w.rng.Int64N(int64(2 * pbft.Second)))
	w.after(begin, func() { w.setCut(victim, true) })
	happens := w.rng.IntN(3)
	w.after(begin+length, func() {
		switch happens {
		case 0: // it was only cut off
		case 1:
			w.replicas[victim].start()
		case 2:
			w.replicas[victim].corrupt()
		}
		w.setCut(victim, false)
	})
}

func (w *World) setCut(i int, cut bool) {
	w.tracef("%v cut off: %t", w.replicas[i].node, cut)
	w.cut[i] = cut
}

// heal ends the faults of the network; faulty nodes stay faulty.
func (w *World) heal() {
	w.tracef("the network heals")
	w.network.Loss = 0
	clear(w.cut)
}

func (w *World) faulty(r *replica) Fault { return r.fault }

// finished says whether every correct client has all its answers.
func (w *World) finished() bool {
	for _, c := range w.clients {
		if c.fault == nil && c.done < w.settings.Operations {
			return false
		}
	}
	return true
}

// converged says whether, besides, all correct replicas have executed the same,
// and everything.
func (w *World) converged() bool {
	if !w.finished() {
		return false
	}
	var top message.Sequence
	for _, r := range w.replicas {
		if w.faulty(r) == nil {
			top = max(top, r.core.Report().Executed)
		}
	}
	for _, r := range w.replicas {
		p := r.core.Report()
		if w.faulty(r) == nil && p.Executed < top {
			return false
		}
	}
	return w.check.final(w) == nil
}

func (w *World) stuck() error {
	line := "no convergence:"
	for _, r := range w.replicas {
		p := r.core.Report()
		line += fmt.Sprintf(" %v executed=%d stable=%d highest=%d behind=%t;", r.node, p.Executed, p.Stable, p.Highest, p.Behind)
	}
	for _, c := range w.clients {
		line += fmt.Sprintf(" %v %d of %d;", c.node, c.done, w.settings.Operations)
	}
	return fmt.Errorf("%s", line)
}

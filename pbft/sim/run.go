package sim

import (
	"errors"
	"fmt"
	"runtime/debug"

	"bfs/pbft"
	"bfs/pbft/message"
)

// How long the phases last at most, in virtual time, and how often the state of
// the world is looked at.
const (
	faultyTime    = 20 * pbft.Second
	coreTime      = 1200 * pbft.Second
	healingTime   = 300 * pbft.Second
	inspectionGap = 50 * pbft.Millisecond
	// measuredEvery: memory is measured at one inspection in so many.
	measuredEvery = 60
	// mostEvents bounds the events of a run: more of them mean that some
	// nodes set off each other without end.
	mostEvents = 20_000_000
)

// phase is a part of a run.
type phase uint8

const (
	// phaseFaulty: everything that can happen does. Nothing has to get on.
	phaseFaulty phase = iota
	// phaseCore: the network is whole again, but as many replicas as may
	// fail are faulty or away for good. Everything has to be answered.
	phaseCore
	// phaseWhole: those that were away are back. All correct replicas have
	// to come to the same state, though nobody sends anything.
	phaseWhole
)

// Result is what came of a run.
type Result struct {
	Coverage Coverage
	Verdict  Verdict
	// Took is the virtual time until everything had converged.
	Took message.Time
	// Held is the most memory that a correct replica's core was seen to take,
	// in bytes, without the service's state.
	Held int
}

// Run plays a run to its end. The error is the first violation, with the
// settings that replay it.
func Run(w *World) (Result, error) {
	err := w.survive()
	if err != nil {
		w.tracef("VIOLATION: %v", err)
		err = fmt.Errorf("%w\n  settings: %v", err, w.settings)
	}
	return Result{Coverage: w.coverage, Verdict: w.check.verdict, Took: w.now - epochStart, Held: w.check.mostHeld}, err
}

// survive plays a run; a panic in it is a violation.
func (w *World) survive() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.run()
}

func (w *World) run() error {
	w.planDisturbances()
	w.layAmbush()
	w.inspect()
	err := w.runUntil(epochStart+faultyTime, func() bool { return w.finished() && w.now > w.disturbUntil })
	if err != nil {
		return err
	}
	w.heal()
	if err := w.reach(coreTime); err != nil {
		return err
	}
	w.bringBack()
	if err := w.reach(healingTime); err != nil {
		return err
	}
	for _, c := range w.clients {
		c.readBack()
	}
	if err := w.reach(healingTime); err != nil {
		return err
	}
	w.check.small(w)
	return firstOf(w.check.violation, w.check.linearizable(w))
}

// reach lets time pass until everything has converged.
func (w *World) reach(limit message.Time) error {
	if err := w.runUntil(w.now+limit, w.converged); err != nil {
		return err
	}
	if !w.converged() {
		return w.stuck()
	}
	return nil
}

// inspect looks at all replicas from time to time.
func (w *World) inspect() {
	w.recovered()
	for _, r := range w.replicas {
		w.check.bounded(r)
	}
	if w.inspections%measuredEvery == 0 {
		w.check.small(w)
	}
	w.inspections++
	w.after(inspectionGap, w.inspect)
}

// heal ends the faults of the network. Faulty nodes stay faulty, and if f
// allows more, some correct replicas are away from now on.
func (w *World) heal() {
	w.tracef("the network heals")
	w.phase = phaseCore
	w.network.Loss, w.network.MaxDelay = 0, w.settings.Network.MaxDelay
	w.links.heal()
	for _, r := range w.replicas {
		if r.stopped {
			r.goOn()
		}
	}
	away := w.spare()
	for _, i := range w.rng.Perm(len(w.replicas)) {
		if r := w.replicas[i]; away > 0 && w.faulty(r) == nil && w.impaired[i] == nil {
			away--
			w.cutOff(r)
			w.coverage.happened(PathCoreOnly)
		}
	}
}

// bringBack ends all absences.
func (w *World) bringBack() {
	w.tracef("everyone is back")
	w.phase = phaseWhole
	w.links.heal()
}

// faulty is what is wrong with a replica for good, nil if nothing is.
func (w *World) faulty(r *replica) *Seat { return r.fault }

// present are the correct replicas that are not away.
func (w *World) present() []*replica {
	var out []*replica
	for i, r := range w.replicas {
		if w.faulty(r) == nil && !w.links.cut[i] {
			out = append(out, r)
		}
	}
	return out
}

// finished says whether every correct client has all its answers.
func (w *World) finished() bool {
	for _, c := range w.clients {
		if c.fault == nil && !c.finished() {
			return false
		}
	}
	return true
}

// converged says whether, besides, all correct replicas that are there have
// executed the same, and everything.
func (w *World) converged() bool {
	return w.finished() && w.alike() && w.check.settled(w) == nil
}

// alike says whether all correct replicas that are there have executed the
// same.
func (w *World) alike() bool {
	var top message.Sequence
	present := w.present()
	for _, r := range present {
		top = max(top, r.core.Report().Executed)
	}
	for _, r := range present {
		if p := r.core.Report(); p.Executed < top || p.Diverged {
			return false
		}
	}
	return true
}

// idle says whether no correct replica that is there knows of anything that it
// has yet to execute, or may have to undo.
func (w *World) idle() bool {
	for _, r := range w.present() {
		if p := r.core.Report(); p.Highest > p.Executed {
			return false
		}
	}
	return true
}

// stuck says why a run has not converged. If everything has been executed
// everywhere, that is a matter of safety.
func (w *World) stuck() error {
	if err := w.check.settled(w); err != nil && w.finished() && w.alike() && w.idle() {
		return err
	}
	line := "no convergence:"
	for _, r := range w.replicas {
		p := r.core.Report()
		line += fmt.Sprintf(" %v executed=%d stable=%d highest=%d behind=%t;", r.node, p.Executed, p.Stable, p.Highest, p.Behind)
	}
	for _, c := range w.clients {
		line += fmt.Sprintf(" %v %d of %d;", c.node, c.done, w.settings.Operations)
	}
	if err := w.check.settled(w); err != nil {
		line += fmt.Sprintf("\n  besides: %v", err)
	}
	return errors.New(line)
}

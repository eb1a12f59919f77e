package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// Disturbances happen to correct nodes and to the network in the first phase.
// Those of the network, and stops without loss of memory, may be of any extent:
// they cost time, never agreement. A replica that loses its memory, or whose
// memory is damaged, counts among the f faulty ones until it has recovered.

// disturbance is one kind. It begins when called, and returns what ends it, or
// nil if nothing could be disturbed.
type disturbance struct {
	name  string
	begin func(w *World) (end func())
}

var disturbances = []disturbance{
	{"cut-off", func(w *World) func() { return w.cutOff(w.anyone()) }},
	{"primary-cut-off", func(w *World) func() { return w.cutOff(w.presentPrimary()) }},
	{"partition", (*World).partition},
	{"one-way-links", (*World).oneWay},
	{"losses", (*World).losses},
	{"delays", (*World).delays},
	{"stop", func(w *World) func() { return w.stop(w.anyone()) }},
	{"primary-stop", func(w *World) func() { return w.stop(w.presentPrimary()) }},
	{"amnesia", (*World).amnesia},
	{"corruption", (*World).corruption},
}

// Longest times, and the longest delay of a message.
const (
	longestDisturbance = 3 * pbft.Second
	longestDelay       = 2 * pbft.Second
)

// planDisturbances plans as many as the settings say. Some come one on the
// other's heels, at the beginning, when there is the most to disturb.
func (w *World) planDisturbances() {
	spread := pick(w.rng, 100*pbft.Millisecond, pbft.Second, faultyTime/2)
	for range w.settings.Disturbances {
		d := pick(w.rng, disturbances...)
		begin := message.Time(w.rng.Int64N(int64(spread)))
		w.disturbUntil = max(w.disturbUntil, w.now+begin)
		w.after(begin, func() { w.disturb(d) })
	}
}

func (w *World) disturb(d disturbance) {
	if w.phase != phaseFaulty {
		return
	}
	length := message.Time(w.rng.Int64N(int64(pick(w.rng, longestDisturbance, longestDisturbance/20))))
	w.tracef("disturbance: %s for %dus", d.name, length/1000)
	end := d.begin(w)
	if end == nil {
		return
	}
	w.coverage.disturbed(d.name)
	w.disturbUntil = max(w.disturbUntil, w.now+length)
	w.after(length, func() {
		if w.phase == phaseFaulty {
			w.tracef("disturbance over: %s", d.name)
			end()
		}
	})
}

// anyone is some replica, faulty or not.
func (w *World) anyone() *replica { return pick(w.rng, w.replicas...) }

// presentPrimary is the primary of the latest view that a correct replica is in.
func (w *World) presentPrimary() *replica {
	var v message.View
	for _, r := range w.replicas {
		if w.faulty(r) == nil {
			v = max(v, r.core.Report().View)
		}
	}
	return w.replicas[w.settings.Params.Primary(v)]
}

func (w *World) cutOff(r *replica) func() {
	i := r.node.Replica
	w.tracef("%v is cut off", r.node)
	w.links.cut[i] = true
	return func() { w.links.cut[i] = false }
}

func (w *World) partition() func() {
	line := ""
	for i := range w.links.side {
		w.links.side[i] = w.rng.IntN(2)
		line += string("ab"[w.links.side[i]])
	}
	w.tracef("partition: %s", line)
	return func() { clear(w.links.side) }
}

// oneWay takes down some links, each in one direction, also those of clients.
func (w *World) oneWay() func() {
	places := len(w.replicas) + len(w.clients)
	for range 1 + w.rng.IntN(places) {
		l := [2]int{w.rng.IntN(places), w.rng.IntN(places)}
		w.links.down[l] = true
		w.tracef("link %d -> %d is down", l[0], l[1])
	}
	return func() { clear(w.links.down) }
}

func (w *World) losses() func() {
	w.network.Loss = 500 + w.rng.IntN(500)
	return func() { w.network.Loss = w.settings.Network.Loss }
}

func (w *World) delays() func() {
	w.network.MaxDelay = longestDelay
	return func() { w.network.MaxDelay = w.settings.Network.MaxDelay }
}

// stop stops a process that keeps its memory.
func (w *World) stop(r *replica) func() {
	if r.stopped {
		return nil
	}
	w.tracef("%v stops", r.node)
	r.stopped = true
	return r.goOn
}

// amnesia restarts a replica with an empty memory, if f allows another fault.
func (w *World) amnesia() func() {
	r := w.impair()
	if r == nil {
		return nil
	}
	w.tracef("%v loses its memory", r.node)
	w.coverage.happened(PathAmnesia)
	r.start()
	return func() {}
}

// corruption flips a bit in a replica's state, if f allows another fault.
func (w *World) corruption() func() {
	r := w.impair()
	if r == nil {
		return nil
	}
	r.corrupt()
	return func() {}
}

// impaired is what has to come about until a replica that was damaged is
// trusted again: it may then have forgotten, or got wrong, only what is below a
// stable checkpoint of its own, in views that are over.
type impaired struct {
	highest message.Sequence
	view    message.View
}

// impair chooses a correct replica that may be damaged, or nil if it would be
// one too many.
func (w *World) impair() *replica {
	var candidates []*replica
	for _, r := range w.replicas {
		if w.faulty(r) == nil && w.impaired[r.node.Replica] == nil {
			candidates = append(candidates, r)
		}
	}
	if w.spare() <= 0 {
		return nil
	}
	r := pick(w.rng, candidates...)
	p := r.core.Report()
	w.impaired[r.node.Replica] = &impaired{highest: max(p.Highest, p.Executed), view: p.View}
	return r
}

// spare is how many more replicas may fail.
func (w *World) spare() int {
	n := w.settings.Params.Faults
	for i, r := range w.replicas {
		if w.faulty(r) != nil || w.impaired[i] != nil {
			n--
		}
	}
	return n
}

// recovered notes which impaired replicas can be trusted again.
func (w *World) recovered() {
	for i, was := range w.impaired {
		if was == nil {
			continue
		}
		r := w.replicas[i]
		p := r.core.Report()
		if p.Stable >= was.highest && p.View >= was.view && !p.Diverged && !r.corrupted {
			w.impaired[i] = nil
			w.coverage.happened(PathTrusted)
			w.tracef("%v is trusted again", r.node)
		}
	}
}

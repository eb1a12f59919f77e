package sim

import (
	"container/heap"
	"fmt"
	"io"
	"math/rand/v2"

	"bfs/pbft/message"
)

// epochStart is the time at which every run begins.
const epochStart message.Time = 1_000_000_000_000_000_000

// event is something that happens at a time; those of one time happen in the
// order in which they were planned.
type event struct {
	at    message.Time
	order uint64
	run   func()
}

type schedule []event

func (s schedule) Len() int { return len(s) }
func (s schedule) Less(i, j int) bool {
	return s[i].at < s[j].at || s[i].at == s[j].at && s[i].order < s[j].order
}
func (s schedule) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s *schedule) Push(x any)   { *s = append(*s, x.(event)) }
func (s *schedule) Pop() any {
	old := *s
	e := old[len(old)-1]
	*s = old[:len(old)-1]
	return e
}

// World is one run.
type World struct {
	settings Settings
	limits   message.Limits
	rng      *rand.Rand
	trace    io.Writer

	now      message.Time
	planned  uint64
	schedule schedule

	phase    phase
	workload Workload
	replicas []*replica
	pairs    map[message.ReplicaID]*pair // the replicas that run twice
	clients  []*client
	sessions map[message.ClientID]*client
	opened   []uint64 // by principal: the largest session number in use
	network  Network
	links    links
	check    checker
	coverage Coverage

	// impaired are the replicas that count as faulty for a time.
	impaired []*impaired
	// ambush is the one that waits, and ambushes how many are to come.
	ambush   *ambush
	ambushes int
	// inspections counts how often the state of the world was looked at.
	inspections int
	// disturbUntil is when the last disturbance begun so far is over.
	disturbUntil message.Time
}

// New prepares a run. Every event is written to trace, one line each, unless
// it is nil.
func New(s Settings, trace io.Writer) *World {
	n := s.Params.Replicas()
	w := &World{
		settings: s,
		limits:   s.Params.Limits(),
		rng:      rand.New(rand.NewPCG(s.Seed, 0xb5)),
		trace:    trace,
		now:      epochStart,
		network:  s.Network,
		pairs:    make(map[message.ReplicaID]*pair),
		links:    newLinks(n),
		workload: s.Workload(),
		sessions: make(map[message.ClientID]*client),
		opened:   make([]uint64, s.Clients),
		coverage: NewCoverage(),
		impaired: make([]*impaired, n),
		ambushes: s.Ambushes,
	}
	w.explain()
	w.check = newChecker(w)
	for i := range n {
		w.replicas = append(w.replicas, newReplica(w, i))
	}
	for _, p := range s.Faults {
		if !p.Client {
			w.plant(w.replicas[p.Node], p.Attacks)
		}
	}
	for i := range s.Clients {
		w.clients = append(w.clients, newClient(w, i, clientAttacksOf(s, i)))
	}
	return w
}

// plant makes a replica faulty.
func (w *World) plant(r *replica, attacks []Attack) {
	r.fault = newSeat(w, r.node, attacks)
	for _, a := range attacks {
		if a.Name == twins.Name {
			w.addTwin(r)
		}
	}
}

// clientAttacksOf is what a client does that is faulty, nil if it is correct.
func clientAttacksOf(s Settings, i int) []Attack {
	for _, p := range s.Faults {
		if p.Client && p.Node == i {
			return p.Attacks
		}
	}
	return nil
}

// after plans something.
func (w *World) after(d message.Time, run func()) {
	w.planned++
	heap.Push(&w.schedule, event{at: w.now + max(d, 0), order: w.planned, run: run})
}

// runUntil lets time pass until a time, or until done says so.
func (w *World) runUntil(end message.Time, done func() bool) error {
	for len(w.schedule) > 0 && w.schedule[0].at <= end && !done() {
		e := heap.Pop(&w.schedule).(event)
		w.now = e.at
		e.run()
		if w.check.violation != nil {
			return w.check.violation
		}
		if w.planned > mostEvents {
			return fmt.Errorf("more than %d events", mostEvents)
		}
	}
	if !done() {
		w.now = end
	}
	return nil
}

// post sends a message of a node by way of its faults, if it has any.
func (w *World) post(from message.Node, fault *Seat, to message.Node, m message.Message) {
	p := Parcel{To: to, Message: m}
	if fault == nil {
		w.send(from, single, p)
		return
	}
	for _, p := range fault.out(p) {
		w.send(from, fault.half, p)
	}
}

// send carries a parcel from a node to another, when it no longer keeps it back.
func (w *World) send(from message.Node, h half, p Parcel) {
	if p.Delay > 0 {
		later := p
		later.Delay = 0
		w.after(p.Delay, func() { w.send(from, h, later) })
		return
	}
	if w.unseen(from, h, p.To) {
		return
	}
	frame := p.Frame
	if frame == nil {
		w.tracef("%v -> %v %v", from, p.To, p.Message)
		frame = message.Encode(p.Message)
	} else {
		w.tracef("%v -> %v %d bytes that are no %v", from, p.To, len(frame), p.Message.Type())
	}
	if w.links.blocked(from, p.To) || w.chance(w.network.Loss) {
		return
	}
	copies := 1
	if w.chance(w.network.Duplicate) {
		copies = 2
	}
	for range copies {
		w.after(w.delay(), func() { w.deliver(from, p.To, frame) })
	}
}

// deliver decodes a message for its receiver: what the sender has in memory is
// never shared.
func (w *World) deliver(from, to message.Node, frame []byte) {
	if w.links.blocked(from, to) {
		return
	}
	m, err := message.Decode(frame, w.limits)
	if err != nil {
		w.refused(from, to, err)
		return
	}
	if b, ok := m.(*message.PrePrepare); ok && w.check.reference.batches[b.Digest()] == nil {
		w.check.certain.travels(b)
	}
	w.check.reference.saw(m, w.now)
	if to.Kind == message.KindReplica {
		for _, r := range w.at(to, from) {
			r.hear(from, m)
		}
	} else if c := w.sessions[to.Client]; c != nil {
		c.receive(from, m)
	}
}

// refused counts a frame that does not decode. A correct node sends none.
func (w *World) refused(from, to message.Node, err error) {
	w.tracef("%v refuses a frame of %v: %v", to, from, err)
	w.coverage.happened(PathBadFrame)
	if !w.isFaulty(from) {
		w.check.fail(fmt.Errorf("%v sent %v a message that does not decode: %w", from, to, err))
	}
}

// isFaulty says whether a node is. Of faulty clients each has a principal of its
// own.
func (w *World) isFaulty(n message.Node) bool {
	if n.Kind == message.KindReplica {
		return w.replicas[n.Replica].fault != nil
	}
	return clientAttacksOf(w.settings, int(n.Client.Principal)) != nil
}

func (w *World) chance(perThousand int) bool {
	return perThousand > 0 && w.rng.IntN(1000) < perThousand
}

func (w *World) delay() message.Time {
	spread := w.network.MaxDelay - w.network.MinDelay
	return w.network.MinDelay + message.Time(w.rng.Int64N(int64(spread)+1))
}

// explain begins the trace.
func (w *World) explain() {
	if w.trace != nil {
		fmt.Fprintln(w.trace, legend)
	}
	w.tracef("%v", w.settings)
}

const legend = `# One event per line: the time since the beginning, then
#   A -> B MESSAGE     A sends B a message (v: view, n: sequence number, t: timestamp, d: digest);
#                      it may be lost, repeated or late
#   A: EVENT           something that happens in A
#   disturbance: ...   something that happens to nodes or links
#   ambush ...         the same, at a bad moment
# The first line has everything that the run is made from.`

func (w *World) tracef(format string, args ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%10dus %s\n", (w.now-epochStart)/1000, fmt.Sprintf(format, args...))
	}
}

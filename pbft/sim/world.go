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

	replicas []*replica
	clients  []*client
	network  Network
	cut      []bool // replicas that nothing reaches and that reach nobody
	check    checker
}

// New prepares a run. Every event is written to trace, one line each, unless
// it is nil.
func New(s Settings, trace io.Writer) *World {
	p := s.Params
	w := &World{
		settings: s,
		limits:   p.Limits(),
		rng:      rand.New(rand.NewPCG(s.Seed, 0xb5)),
		trace:    trace,
		now:      epochStart,
		network:  s.Network,
		cut:      make([]bool, p.Replicas()),
		check:    newChecker(),
	}
	for i := range p.Replicas() {
		w.replicas = append(w.replicas, newReplica(w, i))
	}
	for i := range s.Clients {
		w.clients = append(w.clients, newClient(w, i))
	}
	for _, f := range s.Faults {
		if f.Client {
			w.clients[f.Node].fault = f.Fault
		} else {
			w.replicas[f.Node].fault = f.Fault
		}
	}
	return w
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
	}
	if !done() {
		w.now = end
	}
	return nil
}

// send carries a message from one node to another.
func (w *World) send(from, to message.Node, m message.Message) {
	w.tracef("%v -> %v %v", from, to, m)
	if w.isCut(from) || w.isCut(to) || w.chance(w.network.Loss) {
		return
	}
	copies := 1
	if w.chance(w.network.Duplicate) {
		copies = 2
	}
	frame := message.Encode(m)
	for range copies {
		w.after(w.delay(), func() { w.deliver(from, to, frame) })
	}
}

// deliver decodes a message for its receiver: what the sender has in memory is
// never shared.
func (w *World) deliver(from, to message.Node, frame []byte) {
	if w.isCut(to) {
		return
	}
	m, err := message.Decode(frame, w.limits)
	if err != nil {
		w.check.fail(fmt.Errorf("%v sent %v a message that does not decode: %w", from, to, err))
		return
	}
	if to.Kind == message.KindClient {
		w.clients[to.Client.Principal].receive(from, m)
	} else {
		w.replicas[to.Replica].receive(from, m)
	}
}

func (w *World) isCut(n message.Node) bool {
	return n.Kind == message.KindReplica && w.cut[n.Replica]
}

func (w *World) chance(perThousand int) bool {
	return perThousand > 0 && w.rng.IntN(1000) < perThousand
}

func (w *World) delay() message.Time {
	spread := w.network.MaxDelay - w.network.MinDelay
	return w.network.MinDelay + message.Time(w.rng.Int64N(int64(spread)+1))
}

func (w *World) tracef(format string, args ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%10dus %s\n", (w.now-epochStart)/1000, fmt.Sprintf(format, args...))
	}
}

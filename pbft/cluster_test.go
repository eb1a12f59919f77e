package pbft_test

import (
	"fmt"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
	"bfs/pbft/sim"
)

const start message.Time = 1_000_000_000_000_000_000

// ledger is a service that remembers the operations applied to it.
type ledger struct {
	applied []string
	// damage, if not nil, is what has happened to its memory, and will be
	// seen when that is next checked.
	damage func()
}

func (l *ledger) Execute(op pbft.Operation) []byte {
	l.applied = append(l.applied[:len(l.applied):len(l.applied)], string(op.Body))
	return fmt.Appendf(nil, "%d:%s", len(l.applied), op.Body)
}

// Query answers "?" with all that was applied, and refuses everything else.
func (l *ledger) Query(op pbft.Operation) ([]byte, bool) {
	return []byte(strings.Join(l.applied, " ")), string(op.Body) == "?"
}

func (l *ledger) Checkpoint() pbft.Version { return l.applied }
func (l *ledger) Rollback(v pbft.Version)  { l.applied = v.([]string) }
func (l *ledger) Digest() message.Digest   { return l.blob().Digest() }
func (l *ledger) blob() sim.Blob           { return sim.Blob(strings.Join(l.applied, "\x00")) }

func (l *ledger) Scrub(budget int) {
	if l.damage != nil && budget > 0 {
		l.damage()
		l.damage = nil
	}
}

func (l *ledger) Page(v pbft.Version, id pbft.PageID) []byte {
	old := ledger{applied: v.([]string)}
	return old.blob().Page(id)
}

func (l *ledger) Assemble(root message.Digest) pbft.Assembly {
	return l.blob().Assemble(root, func(b sim.Blob) pbft.Version { return strings.Split(string(b), "\x00") })
}

// group is 3f+1 replicas, and a wire between them on which messages lie until
// the test lets them arrive, in order.
type group struct {
	t        *testing.T
	params   pbft.Params
	now      message.Time
	replicas []*pbft.Replica
	services []*ledger
	wire     []flight
	replies  []*message.Reply
	events   []string
	log      strings.Builder // transcript
	// skew is how far each replica's clock is ahead of now.
	skew map[message.ReplicaID]message.Time
	// drop says which messages are lost.
	drop func(from, to message.ReplicaID, m message.Message) bool
	// silent are the replicas whose replies are lost.
	silent map[message.ReplicaID]bool
	// mute is a type of messages that are not sent at all, if not 0.
	mute message.Type
	// watch, if not nil, sees every event; events and log are then left empty.
	watch func(message.ReplicaID, pbft.Event)
	// lie, if not nil, returns what a replica sends instead of a message.
	lie func(from message.ReplicaID, m message.Message) message.Message
}

type flight struct {
	from, to message.ReplicaID
	frame    []byte
}

func newGroup(t *testing.T, p pbft.Params) *group {
	t.Helper()
	g := &group{t: t, params: p, now: start}
	for i := range p.Replicas() {
		g.services = append(g.services, &ledger{})
		r, err := pbft.NewReplica(pbft.Config{ID: message.ReplicaID(i), Params: p, Service: g.services[i], Now: g.now, Sign: func(message.Digest) message.Signature { return message.Signature{1} }})
		if err != nil {
			t.Fatal(err)
		}
		g.replicas = append(g.replicas, r)
	}
	return g
}

// small is parameters with which windows and intervals are soon exhausted.
func small() pbft.Params {
	p := pbft.DefaultParams(1)
	p.CheckpointInterval, p.LogSize = 4, 8
	p.BatchRequests, p.InFlight, p.ClientWindow, p.Sessions = 4, 2, 4, 2
	return p
}

// request makes an authentic request.
func (g *group) request(session uint64, t, ack message.Timestamp, op string) *message.Request {
	q := &message.Request{
		Client:    message.ClientID{Principal: 7, Session: session},
		Timestamp: t, Ack: ack, Operation: []byte(op),
		Auth: make(message.Authenticator, g.params.Replicas()),
	}
	for i := range q.Auth {
		q.Auth[i] = message.MAC{1}
	}
	q.Seal()
	return q
}

// step hands a message to a replica and puts what it sends on the wire.
func (g *group) step(to, from message.Node, m message.Message) []pbft.Event {
	in := pbft.Input{Now: g.now + g.skew[to.Replica], From: from, Message: m}
	switch m := m.(type) {
	case *message.Request:
		in.Vouched = []bool{vouches(m, to)}
	case *message.PrePrepare:
		for _, q := range m.Requests {
			in.Vouched = append(in.Vouched, vouches(q, to))
		}
	}
	return g.collect(to.Replica, g.replicas[to.Replica].Step(in))
}

// vouches says whether a replica finds a request authentic; one that is only
// named it does not.
func vouches(q *message.Request, to message.Node) bool {
	return !q.IsBare() && q.Auth[to.Replica] != message.MAC{}
}

func (g *group) collect(from message.ReplicaID, out *pbft.Output) []pbft.Event {
	for _, s := range out.Sends {
		var to []message.ReplicaID
		for i := range g.replicas {
			if id := message.ReplicaID(i); id != from && (s.All || s.To == id) {
				to = append(to, id)
			}
		}
		g.send(from, s.Message, to...)
	}
	for _, p := range out.Replies {
		if g.silent[from] {
			continue
		}
		g.replies = append(g.replies, p)
		g.note("%d -> client  %v\n", from, p)
	}
	events := append([]pbft.Event(nil), out.Events...)
	for _, e := range events {
		if g.watch != nil {
			g.watch(from, e)
			continue
		}
		g.events = append(g.events, fmt.Sprintf("%d %v", from, e))
		g.note("%d: %v\n", from, e)
	}
	return events
}

// note adds to the transcript.
func (g *group) note(format string, args ...any) {
	if g.watch == nil {
		fmt.Fprintf(&g.log, format, args...)
	}
}

// send puts a message on the wire, once for each receiver.
func (g *group) send(from message.ReplicaID, m message.Message, to ...message.ReplicaID) {
	if g.lie != nil {
		m = g.lie(from, m)
	}
	if g.mute == m.Type() {
		return
	}
	all, lost := "", ""
	for _, id := range to {
		all += fmt.Sprintf(" %d", id)
		if g.drop != nil && g.drop(from, id, m) {
			lost += fmt.Sprintf(" %d", id)
		} else {
			g.wire = append(g.wire, flight{from, id, message.Encode(m)})
		}
	}
	if lost != "" {
		lost = "  (lost:" + lost + ")"
	}
	g.note("%d ->%s  %v%s\n", from, all, m, lost)
}

// deliver lets everything arrive until the wire is empty.
func (g *group) deliver() {
	g.t.Helper()
	for len(g.wire) > 0 {
		f := g.wire[0]
		g.wire = g.wire[1:]
		m, err := message.Decode(f.frame, g.params.Limits())
		if err != nil {
			g.t.Fatalf("replica %d sent what does not decode: %v", f.from, err)
		}
		g.step(message.ReplicaNode(f.to), message.ReplicaNode(f.from), m)
	}
}

// tick lets time pass at all replicas, then everything arrive. They are woken
// often enough not to think that they have slept.
func (g *group) tick(d message.Time) {
	g.t.Helper()
	for step := g.params.ViewTimeout / 4; d > step; d -= step {
		g.pass(step)
	}
	g.pass(d)
	g.deliver()
}

func (g *group) pass(d message.Time) {
	g.t.Helper()
	g.now += d
	for i, r := range g.replicas {
		id := message.ReplicaID(i)
		g.collect(id, r.Tick(g.now+g.skew[id]))
	}
}

// ask gives a request to the primary and lets everything arrive.
func (g *group) ask(q *message.Request) {
	g.t.Helper()
	g.step(message.ReplicaNode(0), message.ClientNode(q.Client), q)
	g.deliver()
}

// run executes n operations of one session, one after the other.
func (g *group) run(session uint64, first, n int) {
	g.t.Helper()
	for i := first; i < first+n; i++ {
		t := message.Timestamp(i)
		g.ask(g.request(session, t, t, fmt.Sprintf("op%d", i)))
	}
}

// same checks that all replicas have applied the same operations.
func (g *group) same(want ...string) {
	g.t.Helper()
	for i, s := range g.services {
		if strings.Join(s.applied, " ") != strings.Join(want, " ") {
			g.t.Errorf("replica %d has applied %q, want %q", i, s.applied, want)
		}
	}
}

func (g *group) hasEvent(part string) bool {
	for _, e := range g.events {
		if strings.Contains(e, part) {
			return true
		}
	}
	return false
}

func ops(first, n int) []string {
	var out []string
	for i := first; i < first+n; i++ {
		out = append(out, fmt.Sprintf("op%d", i))
	}
	return out
}

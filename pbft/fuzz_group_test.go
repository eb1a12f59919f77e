package pbft_test

import (
	"fmt"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// quarrel is a group with one faulty replica, in which the input decides what
// is sent, lost, repeated and overtaken, and how time passes. The faulty
// replica runs the honest core, and the input lets it say other things, too.
type quarrel struct {
	*liars
	faulty message.ReplicaID
	cut    int // the replica that hears nothing and is not heard; none if negative
	sent   map[uint64]message.Timestamp
	agreed map[message.Sequence]message.Digest // of executed batches
	states map[message.Sequence]message.Digest // of checkpoints
}

// quarrelWire bounds the messages on their way: the oldest beyond it are lost.
const quarrelWire = 200

func newQuarrel(t *testing.T, data []byte) *quarrel {
	q := &quarrel{liars: newLiars(t, data), cut: -1, sent: make(map[uint64]message.Timestamp),
		agreed: make(map[message.Sequence]message.Digest), states: make(map[message.Sequence]message.Digest)}
	q.faulty = message.ReplicaID(q.below(4))
	q.drop = func(from, to message.ReplicaID, _ message.Message) bool {
		return int(from) == q.cut || int(to) == q.cut
	}
	q.watch = q.agree
	for i, b := range q.batches[:6] {
		var of []*message.Request
		for k := range b.Requests {
			of = append(of, q.variant(uint64(1+i%3), message.Timestamp(1+k+i/2), i))
		}
		q.batches[i] = batch(0, 1, b.Time, of...)
		q.digests[i] = q.batches[i].Digest()
	}
	return q
}

// variant is a request of which there are several under one timestamp; its
// operation tells which request it is.
func (q *quarrel) variant(session uint64, t message.Timestamp, which int) *message.Request {
	return q.request(session, t, max(t, 3)-2, fmt.Sprintf("%d.%d/%s", session, t, strings.Repeat("x", which)))
}

// asks lets a client send its next request, its last again, or one with few
// right entries in its authenticator.
func (q *quarrel) asks() {
	session := uint64(1 + q.below(3))
	b := q.byte()
	if b%4 != 0 || q.sent[session] == 0 {
		q.sent[session]++
	}
	r := q.variant(session, q.sent[session], int(b/4%3)*6)
	for i := range r.Auth {
		if b >= 224 && b>>i&1 == 0 {
			r.Auth[i] = message.MAC{}
		}
	}
	r.ReadOnly = b == 223
	r.Seal()
	for to := range message.ReplicaID(4) {
		if b%8 < 3 || to == q.params.Primary(q.report(to).View) {
			q.step(message.ReplicaNode(to), message.ClientNode(r.Client), r)
		}
	}
}

func (q *quarrel) report(id message.ReplicaID) message.Report { return q.replicas[id].Report() }

// lies lets the faulty replica say something to some others.
func (q *quarrel) lies() {
	to := q.byte()
	for i := range message.ReplicaID(4) {
		if q.me = i; i != q.faulty && to>>i&1 == 0 {
			if m := q.lie(); m != nil {
				q.send(q.faulty, m, i)
			}
		}
	}
}

// lie is what one replica can say: it cannot forge another's signature.
func (q *quarrel) lie() message.Message {
	if q.below(4) == 0 {
		return q.echo(q.faulty)
	}
	m := q.message(q.faulty)
	switch m := m.(type) {
	case *message.NewView:
		return q.newViewOf(m.View)
	case *message.Request:
		return q.variant(1+m.Client.Session%3, m.Timestamp, len(m.Operation))
	}
	return m
}

// newViewOf is made of VIEW-CHANGE messages that were sent, some left out.
func (q *quarrel) newViewOf(v message.View) message.Message {
	m := &message.NewView{View: v, Replica: q.faulty}
	for i := range message.ReplicaID(4) {
		for _, h := range q.heard {
			if c, ok := h.(*message.ViewChange); ok && c.View == v && c.Replica == i && q.below(4) > 0 {
				m.Changes = append(m.Changes, c)
				break
			}
		}
	}
	if len(m.Changes) < 3 {
		return nil
	}
	return m
}

// arrive lets the flight at a place in the wire arrive.
func (q *quarrel) arrive(at int) {
	if at >= len(q.wire) {
		return
	}
	f := q.wire[at]
	q.wire = append(q.wire[:at:at], q.wire[at+1:]...)
	m, err := message.Decode(f.frame, q.params.Limits())
	switch {
	case err != nil && f.from == q.faulty:
		return
	case err != nil:
		q.t.Fatalf("replica %d sent what does not decode: %v", f.from, err)
	}
	q.heard = append(q.heard[max(0, len(q.heard)-63):], m)
	q.step(message.ReplicaNode(f.to), message.ReplicaNode(f.from), m)
}

// place is somewhere in the wire.
func (q *quarrel) place() int { return q.below(max(1, len(q.wire))) }

// passes lets time go by at one replica or all.
func (q *quarrel) passes(d message.Time, who int) {
	q.now += d
	for i, r := range q.replicas {
		if id := message.ReplicaID(i); who&(1<<i) != 0 {
			q.collect(id, r.Tick(q.now))
		}
	}
}

// next lets one thing happen.
func (q *quarrel) next() {
	switch k := q.below(32); {
	case k < 14:
		for n := 4 << (k % 4); n > 0 && len(q.wire) > 0; n-- {
			q.arrive(0)
		}
	case k < 16:
		q.arrive(q.place())
	case k == 16 && len(q.wire) > 0:
		at := q.place()
		q.wire = append(q.wire[:at:at], q.wire[at+1:]...)
	case k == 17 && len(q.wire) > 0:
		q.wire = append(q.wire, q.wire[q.place()])
	case k < 22:
		q.asks()
	case k < 24:
		q.passes(message.Time(1+q.below(8))*50*pbft.Millisecond, 15)
	case k == 24:
		q.passes(q.params.ViewTimeout<<q.below(4), 15)
	case k == 25:
		q.passes(0, q.below(16))
	case k == 26:
		q.cut = q.below(16) - 4 // mostly none
	case k == 27:
		q.replicas[q.faulty] = newGroup(q.t, q.params).replicas[q.faulty]
	default:
		q.lies()
	}
	q.wire = q.wire[max(0, len(q.wire)-quarrelWire):]
}

// agree holds what a correct replica has committed against what others have.
func (q *quarrel) agree(by message.ReplicaID, e pbft.Event) {
	if by == q.faulty {
		return
	}
	switch e := e.(type) {
	case pbft.Executed:
		q.once(q.agreed, by, e.Sequence, e.Digest, e)
	case pbft.Checkpointed:
		q.once(q.states, by, e.Sequence, e.Digest, e)
	case pbft.Fetched:
		q.once(q.states, by, e.Sequence, q.report(by).StableDigest, e)
	case pbft.Diverged:
		q.t.Fatalf("replica %d: %v", by, e)
	}
}

func (q *quarrel) once(known map[message.Sequence]message.Digest, by message.ReplicaID, n message.Sequence, d message.Digest, e pbft.Event) {
	if other, ok := known[n]; ok && other != d {
		q.t.Fatalf("replica %d: %v, and another has d=%x", by, e, other[:4])
	}
	known[n] = d
}

// check: correct replicas stay within their bounds and execute nothing twice.
func (q *quarrel) check() {
	for i := range message.ReplicaID(4) {
		if i == q.faulty {
			continue
		}
		q.me = i
		q.bounded()
		seen := make(map[string]bool)
		for _, op := range q.services[i].applied {
			id, _, _ := strings.Cut(op, "/")
			if seen[id] {
				q.t.Fatalf("replica %d has executed %s twice: %q", i, id, q.services[i].applied)
			}
			seen[id] = true
		}
	}
	q.replies = nil
}

// quarrelEnd is how long correct replicas may take, when the quarrel is over,
// to execute a request: some view changes with timeouts that have doubled.
const quarrelEnd = 300 * pbft.Second

// ends silences the faulty replica and lets all others be heard: they must
// execute a new client's request and come to one state.
func (q *quarrel) ends() {
	q.wire = nil
	q.drop = func(from, _ message.ReplicaID, _ message.Message) bool { return from == q.faulty }
	last := q.request(9, 1, 1, "9.1/")
	for end := q.now + quarrelEnd; q.now < end; {
		for i := range message.ReplicaID(4) {
			q.step(message.ReplicaNode(i), message.ClientNode(last.Client), last)
		}
		for range 5 {
			q.tick(200 * pbft.Millisecond)
		}
		if q.settled() {
			return
		}
	}
	for i := range message.ReplicaID(4) {
		q.t.Logf("replica %d (faulty: %t): %+v %q", i, i == q.faulty, q.report(i), q.services[i].applied)
	}
	q.t.Fatal("the correct replicas do not get a request executed")
}

func (q *quarrel) settled() bool {
	all := ""
	for i, s := range q.services {
		text := strings.Join(s.applied, " ")
		if message.ReplicaID(i) == q.faulty {
			continue
		}
		if all == "" {
			all = text
		}
		if text != all || !strings.Contains(text, "9.1/") {
			return false
		}
	}
	return true
}

// FuzzGroup plays a small group with one faulty replica: whatever the input
// lets happen, the correct ones execute the same batches, have the same
// checkpoints, execute no request twice, and stay within their bounds; and when
// it is over, they go on.
func FuzzGroup(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(noise(100+seed, 500))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		q := newQuarrel(t, data)
		for n := 0; n < fuzzSteps && len(q.rest) > 0; n++ {
			q.next()
			q.check()
		}
		if len(data)%4 == 0 {
			q.ends()
		}
	})
}

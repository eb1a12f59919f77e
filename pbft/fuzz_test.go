package pbft_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// fuzzSteps bounds one run of a fuzz target.
const fuzzSteps = 400

// feed turns bytes into choices; at its end it gives zeros.
type feed struct{ rest []byte }

func (f *feed) byte() byte {
	if len(f.rest) == 0 {
		return 0
	}
	b := f.rest[0]
	f.rest = f.rest[1:]
	return b
}

func (f *feed) below(n int) int { return int(f.byte()) % n }

// number is mostly small, and now and then at one of the ends of uint64.
func (f *feed) number() uint64 {
	switch b := f.byte(); {
	case b < 240:
		return uint64(b % 16)
	case b < 248:
		return 1 << (8 * (b % 8))
	default:
		return -uint64(b - 247)
	}
}

// liars are the peers of one replica: they say well-formed things about few
// requests, batches, digests and views, so that what they say often fits
// together, or nearly, and they pass on what the replica itself and an honest
// group have said.
type liars struct {
	feed
	*group
	me      message.ReplicaID
	batches []*message.PrePrepare
	digests []message.Digest // of the batches, of honest checkpoints, of nothing
	donor   *group           // has honest checkpoints and their pages
	heard   []message.Message
}

func newLiars(t *testing.T, data []byte) *liars {
	p := small()
	p.LargeRequest, p.MaxQueued = 8, 16
	l := &liars{feed: feed{data}, group: newGroup(t, p), donor: newGroup(t, p)}
	l.watch = func(message.ReplicaID, pbft.Event) {}
	l.me = message.ReplicaID(l.below(4))
	sums := keep[*message.Checkpoint](l.donor)
	l.donor.run(1, 1, 12)
	for i := range 6 {
		var q []*message.Request
		for k := range i % 3 {
			q = append(q, l.someRequest(uint64(i), uint64(k)))
		}
		l.batches = append(l.batches, batch(0, 1, start+message.Time(i), q...))
		l.digests = append(l.digests, l.batches[i].Digest())
	}
	for _, c := range (*sums)[:1] {
		l.digests = append(l.digests, c.Digest)
	}
	l.digests = append(l.digests, batch(0, 1, 0).Digest(), message.Digest{})
	l.batches = append(l.batches, batch(0, 1, 0))
	return l
}

// someRequest is one of a few requests: some are large, some are authentic for
// some replicas only.
func (l *liars) someRequest(a, b uint64) *message.Request {
	t := message.Timestamp(1 + b%5)
	q := l.request(1+a%3, t, 1+message.Timestamp(a)%t, strings.Repeat("x", int(a+b)%12))
	for i := range q.Auth {
		if (a+b)%4 == uint64(i) && a%2 == 0 {
			q.Auth[i] = message.MAC{}
		}
	}
	return q
}

func (l *liars) digest() message.Digest { return l.digests[l.below(len(l.digests))] }

func (l *liars) peer() message.ReplicaID { return message.ReplicaID(l.below(4)) }

// view is mostly the replica's.
func (l *liars) view() message.View {
	v := l.replicas[l.me].Report().View
	switch b := l.byte(); {
	case b < 192:
		return v
	case b < 224:
		return v + 1
	}
	return message.View(l.number() >> 1) // the last views are out of reach of f liars
}

func (l *liars) sequence() message.Sequence { return message.Sequence(l.number()) }

// entries is a set of a VIEW-CHANGE: in order, as the decoder makes sure.
func (l *liars) entries(above message.Sequence, below message.View) []message.Entry {
	var out []message.Entry
	for n := above + 1; n <= above+8 && n > above; n++ {
		if b := l.byte(); b%4 == 0 {
			out = append(out, message.Entry{Sequence: n, View: min(message.View(b/64), below-1), Digest: l.digest()})
		}
	}
	return out
}

func (l *liars) viewChange(from message.ReplicaID, v message.View) *message.ViewChange {
	v = max(v, 1)
	m := &message.ViewChange{View: v, Replica: from, Stable: l.sequence() &^ 3, Signature: message.Signature{1}}
	m.Checkpoints = []message.Entry{{Sequence: m.Stable, Digest: l.digest()}}
	if m.Stable == 0 {
		m.Checkpoints[0].Digest = message.Digest{}
	}
	if c := m.Stable + 4; l.below(2) == 0 && c > m.Stable {
		m.Checkpoints = append(m.Checkpoints, message.Entry{Sequence: c, Digest: l.digest()})
	}
	m.Prepared, m.PrePrepared = l.entries(m.Stable, v), l.entries(m.Stable, v)
	m.Seal()
	return m
}

// newView is of messages that mostly agree.
func (l *liars) newView() *message.NewView {
	v := max(l.view(), 1)
	m := &message.NewView{View: v, Replica: l.params.Primary(v)}
	first := l.viewChange(0, v)
	for i := range message.ReplicaID(4) {
		c := *first
		c.Replica = i
		c.Seal()
		switch l.below(8) {
		case 0:
			m.Changes = append(m.Changes, l.viewChange(i, v))
		case 1:
		default:
			m.Changes = append(m.Changes, &c)
		}
	}
	return m
}

// chorus is what all peers say alike.
func (l *liars) chorus() {
	v, n, d, kind := l.view(), message.Sequence(1+l.below(9)), l.digest(), l.below(5)
	for from := range message.ReplicaID(4) {
		if from == l.me {
			continue
		}
		var m message.Message
		switch kind {
		case 0:
			m = &message.Prepare{View: v, Sequence: n, Digest: d, Replica: from}
		case 1:
			m = &message.Commit{View: v, Sequence: n, Digest: d, Replica: from}
		case 2:
			m = &message.Committed{Sequence: n, Digest: d, Replica: from}
		case 3:
			m = &message.Checkpoint{Sequence: n &^ 3, Digest: d, Replica: from}
		default:
			m = l.viewChange(from, v)
		}
		l.step(message.ReplicaNode(l.me), message.ReplicaNode(from), m)
	}
}

func (l *liars) prePrepare() *message.PrePrepare {
	b := *l.batches[l.below(len(l.batches))]
	b.View, b.Sequence = l.view(), message.Sequence(1+l.below(9))
	b.Requests = append([]*message.Request(nil), b.Requests...)
	for i, q := range b.Requests {
		if l.below(4) == 0 {
			b.Requests[i] = message.Bare(q.Digest())
		}
	}
	return &b
}

// message is something that a peer says.
func (l *liars) message(from message.ReplicaID) message.Message {
	switch l.below(14) {
	case 0:
		return l.someRequest(l.number()%8, l.number()%8)
	case 1, 2:
		return l.prePrepare()
	case 3:
		return &message.Prepare{View: l.view(), Sequence: l.sequence(), Digest: l.digest(), Replica: from}
	case 4:
		return &message.Commit{View: l.view(), Sequence: l.sequence(), Digest: l.digest(), Replica: from}
	case 5:
		return &message.Committed{Sequence: l.sequence(), Digest: l.digest(), Replica: from}
	case 6:
		return &message.Checkpoint{Sequence: l.sequence(), Digest: l.digest(), Replica: from}
	case 7:
		bits := []byte{l.byte()}
		return &message.Status{Replica: from, View: l.view(), Changing: l.below(2) == 0, Has: []byte{l.byte()},
			Stable: l.sequence(), Executed: l.sequence(), PrePrepared: bits, Prepared: bits, Committed: bits}
	case 8:
		return l.viewChange(from, l.view())
	case 9:
		return l.newView()
	case 10:
		return &message.Fetch{Sequence: l.sequence(), Digest: l.digest(), Replica: from}
	case 11:
		return l.echo(from)
	case 12:
		return l.page(from)
	default:
		return &message.FetchState{Replica: from, Sequence: l.sequence(),
			Pages: []message.PageID{{Path: string(l.rest[:min(len(l.rest), 3)]), Digest: l.digest()}}}
	}
}

// echo is what the replica itself has said, in a peer's name.
func (l *liars) echo(from message.ReplicaID) message.Message {
	if len(l.heard) == 0 {
		return &message.Status{Replica: from}
	}
	switch m := l.heard[l.below(len(l.heard))].(type) {
	case *message.Prepare:
		c := *m
		c.Replica = from
		return &c
	case *message.Commit:
		c := *m
		c.Replica = from
		return &c
	case *message.Checkpoint:
		c := *m
		c.Replica = from
		return &c
	case *message.ViewChange:
		c := *m
		c.Replica = from
		c.Seal()
		return &c
	case *message.FetchState:
		return l.answer(from, m)
	default:
		return m
	}
}

// answer is an honest page, or one with a flipped bit.
func (l *liars) answer(from message.ReplicaID, f *message.FetchState) message.Message {
	l.donor.wire = nil
	c := *f
	c.Replica = 1
	l.donor.step(message.ReplicaNode(0), message.ReplicaNode(1), &c)
	if len(l.donor.wire) == 0 {
		return &message.Status{Replica: from}
	}
	frame := l.donor.wire[l.below(len(l.donor.wire))].frame
	m, err := message.Decode(frame, l.params.Limits())
	if err != nil {
		l.t.Fatal(err)
	}
	p := m.(*message.StatePage)
	p.Replica = from
	if l.below(4) == 0 && len(p.Data) > 0 {
		p.Data = append([]byte(nil), p.Data...)
		p.Data[l.below(len(p.Data))] ^= 1
	}
	return p
}

func (l *liars) page(from message.ReplicaID) message.Message {
	return &message.StatePage{Replica: from, Sequence: l.sequence(), ID: message.PageID{Path: "r", Digest: l.digest()}, Data: l.rest[:min(len(l.rest), 40)]}
}

// next lets one thing happen to the replica.
func (l *liars) next() {
	me := message.ReplicaNode(l.me)
	switch k := l.below(16); {
	case k == 0:
		l.now += message.Time(l.byte()) * 50 * pbft.Millisecond
		l.collect(l.me, l.replicas[l.me].Tick(l.now))
	case k == 1:
		q := l.someRequest(l.number()%8, l.number()%8)
		q.ReadOnly = l.below(4) == 0
		q.Seal()
		l.step(me, message.ClientNode(q.Client), q)
	case k < 6:
		l.chorus()
	case k < 8:
		from := l.params.Primary(l.replicas[l.me].Report().View)
		l.step(me, message.ReplicaNode(from), l.prePrepare())
	case k == 8:
		m := l.newView()
		l.step(me, message.ReplicaNode(m.Replica), m)
	default:
		from := l.peer()
		l.step(me, message.ReplicaNode(from), l.message(from))
	}
	for _, f := range l.wire {
		m, err := message.Decode(f.frame, l.params.Limits())
		if err != nil {
			l.t.Fatalf("it sent what does not decode: %v", err)
		}
		l.heard = append(l.heard, m)
	}
	if len(l.wire) > 3*3*200 {
		l.t.Fatalf("%d messages in answer to three", len(l.wire))
	}
	l.heard = l.heard[max(0, len(l.heard)-64):]
	l.wire, l.replies = nil, nil
}

// bounded checks that nothing grows beyond what the parameters allow.
func (l *liars) bounded() {
	r, p := l.replicas[l.me].Report(), l.params
	if int(r.LogSlots) > p.LogSize+p.CheckpointInterval || int(r.Queued) > p.MaxQueued || r.LogBytes > 1<<12 || int(r.Clients) > 2*p.Sessions {
		l.t.Fatalf("grown: %d slots, %d bytes, %d queued, %d sessions", r.LogSlots, r.LogBytes, r.Queued, r.Clients)
	}
}

// FuzzStep lies to a replica with everything that decodes: it must not panic,
// nor grow, nor send what does not decode.
func FuzzStep(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(noise(seed, 600))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l := newLiars(t, data)
		for n := 0; n < fuzzSteps && len(l.rest) > 0; n++ {
			l.next()
			l.bounded()
		}
	})
}

// noise is bytes that look random, the same for one seed.
func noise(seed uint64, n int) []byte {
	var out []byte
	for i := uint64(0); len(out) < n; i++ {
		d := message.Sum(binary.BigEndian.AppendUint64([]byte(fmt.Sprint("noise", seed)), i))
		out = append(out, d[:]...)
	}
	return out
}

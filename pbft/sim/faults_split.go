package sim

import (
	"math/rand/v2"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Faults that split the correct replicas: each helps a few of them as far as
// honesty would, and leaves the others where a careless rule goes wrong.

// helpsOne lets one other replica, another in each view, get as far as it can,
// and helps nobody else: its votes go to that one only, and as primary it leaves
// f backups out. In a view change it remembers nothing. To clients it is honest,
// so that few correct replies complete theirs.
type helpsOne struct {
	favourites map[message.View]message.Node
}

func newHelpsOne(*rand.Rand) Fault {
	return &helpsOne{favourites: make(map[message.View]message.Node)}
}

func (f *helpsOne) favourite(s *Seat, v message.View) message.Node {
	if _, ok := f.favourites[v]; !ok {
		f.favourites[v] = s.Other()
	}
	return f.favourites[v]
}

// Send is Fault's.
func (f *helpsOne) Send(s *Seat, p Parcel) []Parcel {
	switch m := p.Message.(type) {
	case *message.PrePrepare:
		n := s.Params.Replicas()
		first := int(f.favourite(s, m.View).Replica)
		if distance := (int(p.To.Replica) - first + n) % n; distance > s.Params.Quorum() {
			return nil
		}
	case *message.Prepare:
		return f.only(s, m.View, p)
	case *message.Commit:
		return f.only(s, m.View, p)
	case *message.Committed, *message.Status:
		return nil
	case *message.ViewChange:
		if m.Replica == s.Node.Replica {
			return p.With(sealed(&message.ViewChange{View: m.View, Replica: m.Replica, Stable: m.Stable, Checkpoints: m.Checkpoints}))
		}
	}
	return p.AsIs()
}

func (f *helpsOne) only(s *Seat, v message.View, p Parcel) []Parcel {
	if p.To != f.favourite(s, v) {
		return nil
	}
	return p.AsIs()
}

// joinsStale answers reads that are not ordered as a correct replica does that
// lags: with what the state was there. It knows what all replicas have.
type joinsStale struct{}

// Send is Fault's.
func (joinsStale) Send(_ *Seat, p Parcel) []Parcel {
	if r, ok := p.Message.(*message.Reply); ok && r.ReadOnly {
		return nil
	}
	return p.AsIs()
}

// Receive is Listener's.
func (joinsStale) Receive(s *Seat, from message.Node, m message.Message) message.Time {
	q, ok := m.(*message.Request)
	if !ok || !q.ReadOnly || from.Kind != message.KindClient {
		return 0
	}
	if lie := s.world.staleAnswer(s, q); lie != nil {
		s.Post(from, lie)
	}
	return deaf
}

// staleAnswer is what the correct replica that has executed the least would
// answer to a read, or at times one drawn.
func (w *World) staleAnswer(s *Seat, q *message.Request) *message.Reply {
	at := w.check.reference.executed
	var view message.View
	for _, r := range w.replicas {
		if w.faulty(r) != nil || w.impaired[r.node.Replica] != nil {
			continue
		}
		report := r.core.Report()
		if report.Executed < at || s.sometimes(20) {
			at, view = min(report.Executed, w.check.reference.executed), report.View
		}
	}
	result := w.check.reference.query(at, pbft.Operation{Client: q.Client, Body: q.Operation})
	if result == nil {
		return nil
	}
	return &message.Reply{View: view, Client: q.Client, Timestamp: q.Timestamp, Replica: s.Node.Replica, ReadOnly: true, Position: at,
		Status: message.ReplyExecuted, Digest: message.ResultDigest(result), Full: true, Result: result}
}

// inventsBatches claims in its VIEW-CHANGEs that in the view before a batch was
// prepared which is the null request, or one of its own making that it hands
// out to those who ask for it.
type inventsBatches struct{ batch *message.PrePrepare }

func newInventsBatches(*rand.Rand) Fault {
	q := &message.Request{Client: message.ClientID{Principal: 1 << 20, Session: 1}, Timestamp: 1, Ack: 1, Operation: []byte("invented")}
	q.Seal()
	b := &message.PrePrepare{Time: epochStart, Requests: []*message.Request{q}}
	b.Seal()
	return &inventsBatches{b}
}

// Send is Fault's.
func (f *inventsBatches) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.ViewChange)
	if !ok || v.Replica != s.Node.Replica {
		return p.AsIs()
	}
	lie := &message.ViewChange{View: v.View, Replica: v.Replica, Stable: v.Stable,
		Checkpoints: v.Checkpoints, Prepared: v.Prepared, PrePrepared: v.PrePrepared}
	digest := nullSum
	if s.sometimes(50) {
		digest = f.batch.Digest()
	}
	first := v.Stable + 1 + message.Sequence(s.Rng.IntN(2))
	for n := first; n <= min(first+message.Sequence(s.Rng.IntN(3)), v.Stable+message.Sequence(s.Params.LogSize)); n++ {
		e := message.Entry{Sequence: n, View: v.View - 1, Digest: digest}
		lie.Prepared = withEntry(lie.Prepared, e)
		lie.PrePrepared = withEntry(lie.PrePrepared, e)
	}
	return p.With(sealed(lie))
}

// Receive is Listener's: it hands out its batch.
func (f *inventsBatches) Receive(s *Seat, from message.Node, m message.Message) message.Time {
	if q, ok := m.(*message.Fetch); ok && q.Digest == f.batch.Digest() {
		b := *f.batch
		b.Sequence = q.Sequence
		b.Seal()
		s.Post(from, &b)
	}
	return 0
}

// newViewForSome begins the views whose primary it is at some replicas only.
type newViewForSome struct{ some recipients }

// Send is Fault's.
func (f newViewForSome) Send(_ *Seat, p Parcel) []Parcel {
	if _, ok := p.Message.(*message.NewView); ok && !f.some.has(p.To) {
		return nil
	}
	return p.AsIs()
}

// far is about where a liar claims to be.
const far message.Sequence = 1 << 60

// farAhead says of everything with a sequence number or a view that it is near
// 1<<60, beside what is so.
type farAhead struct{}

// Send is Fault's.
func (farAhead) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.Status)
	if !ok {
		return p.AsIs()
	}
	k := message.Sequence(s.Params.CheckpointInterval)
	n := (far/k + message.Sequence(s.Rng.IntN(3))) * k
	id, d := s.Node.Replica, message.Digest{1, 3}
	status := *v
	status.Executed, status.Stable = n, n-k
	status.PrePrepared, status.Prepared, status.Committed = nil, nil, nil
	change := &message.ViewChange{View: v.View + 1 + message.View(s.Rng.IntN(2))*message.View(far), Replica: id, Stable: n,
		Checkpoints: []message.Entry{{Sequence: n, Digest: d}}, Prepared: []message.Entry{{Sequence: n + 1, Digest: d}}}
	out := p.AsIs()
	for _, m := range []message.Message{
		&status, sealed(change), &message.Checkpoint{Sequence: n, Digest: d, Replica: id},
		&message.Commit{View: v.View, Sequence: n, Digest: d, Replica: id}, &message.Committed{Sequence: n, Digest: d, Replica: id},
		&message.Fetch{Sequence: n, Digest: d, Replica: id}, &message.FetchState{Replica: id, Sequence: n, Pages: []message.PageID{{Path: "r", Digest: d}}},
	} {
		if s.sometimes(50) {
			out = append(out, Parcel{To: p.To, Message: m})
		}
	}
	return out
}

var splitAttacks = []Attack{
	{Name: "helps-one", New: newHelpsOne},
	{Name: "joins-stale-reads", New: func(*rand.Rand) Fault { return joinsStale{} }},
	{Name: "invents-batches", New: newInventsBatches},
	{Name: "new-view-for-some", New: func(rng *rand.Rand) Fault { return newViewForSome{recipients(rng.Uint64())} }},
	{Name: "far-ahead", New: func(*rand.Rand) Fault { return farAhead{} }},
}

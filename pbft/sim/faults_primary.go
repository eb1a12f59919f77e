package sim

import (
	"math/rand/v2"

	"bfs/pbft"
	"bfs/pbft/message"
)

// What a faulty primary does with its proposals.

// proposalFault changes PRE-PREPAREs and leaves everything else alone.
type proposalFault func(s *Seat, p Parcel, b *message.PrePrepare) []Parcel

// Send is Fault's.
func (f proposalFault) Send(s *Seat, p Parcel) []Parcel {
	if b, ok := p.Message.(*message.PrePrepare); ok {
		return f(s, p, b)
	}
	return p.AsIs()
}

// rewritten is the batch with another time and other requests.
func rewritten(b *message.PrePrepare, t message.Time, requests []*message.Request) *message.PrePrepare {
	lie := &message.PrePrepare{View: b.View, Sequence: b.Sequence, Time: t, Requests: requests}
	lie.Seal()
	return lie
}

// equivocateTime gives some backups a batch with another time.
func equivocateTime(rng *rand.Rand) Fault {
	some := drawRecipients(rng)
	return proposalFault(func(_ *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if !some.has(p.To) {
			return p.AsIs()
		}
		return p.With(rewritten(b, b.Time+1, b.Requests))
	})
}

// equivocateRequests gives some backups only part of the batch, or none of it.
func equivocateRequests(rng *rand.Rand) Fault {
	some := drawRecipients(rng)
	return proposalFault(func(s *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if !some.has(p.To) || len(b.Requests) == 0 {
			return p.AsIs()
		}
		return p.With(rewritten(b, b.Time, b.Requests[:s.Rng.IntN(len(b.Requests))]))
	})
}

// equivocateOrder gives some backups the batch in the opposite order.
func equivocateOrder(rng *rand.Rand) Fault {
	some := drawRecipients(rng)
	return proposalFault(func(_ *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if !some.has(p.To) || len(b.Requests) < 2 {
			return p.AsIs()
		}
		var reversed []*message.Request
		for _, q := range b.Requests {
			reversed = append([]*message.Request{q}, reversed...)
		}
		return p.With(rewritten(b, b.Time, reversed))
	})
}

// equivocateTwice sends each backup two batches, in either order.
func equivocateTwice(*rand.Rand) Fault {
	return proposalFault(func(s *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		other := p
		other.Message = rewritten(b, b.Time+1, b.Requests)
		if s.sometimes(50) {
			return []Parcel{other, p}
		}
		return []Parcel{p, other}
	})
}

// omitBackups leaves f backups out of the ordering (SRDS'21): they get no
// proposals, and are not helped either.
func omitBackups(rng *rand.Rand) Fault {
	first := rng.IntN(64)
	return proposalFault(func(s *Seat, p Parcel, _ *message.PrePrepare) []Parcel {
		if p.To.Kind != message.KindReplica {
			return p.AsIs()
		}
		n := s.Params.Replicas()
		if (int(p.To.Replica)+first)%n < s.Params.Faults+1 {
			return nil
		}
		return p.AsIs()
	})
}

// repeatRequests puts a request twice in a batch, or one of an earlier batch
// in again.
type repeatRequests struct{ earlier *message.Request }

// Send is Fault's.
func (f *repeatRequests) Send(s *Seat, p Parcel) []Parcel {
	b, ok := p.Message.(*message.PrePrepare)
	if !ok || len(b.Requests) == 0 || len(b.Requests) >= s.Params.BatchRequests {
		return p.AsIs()
	}
	again := b.Requests[0]
	if f.earlier != nil && b.Sequence%2 == 0 {
		again = f.earlier
	}
	if b.Sequence%3 == 0 {
		f.earlier = b.Requests[0]
	}
	return p.With(rewritten(b, b.Time, append(b.Requests[:len(b.Requests):len(b.Requests)], again)))
}

// madeUpRequests orders what no client has asked for.
func madeUpRequests(*rand.Rand) Fault {
	return proposalFault(func(s *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if len(b.Requests) == 0 || b.Sequence%2 == 1 {
			return p.AsIs()
		}
		q := *b.Requests[0]
		q.Operation = append([]byte("forged"), q.Operation...)
		q.Seal()
		return p.With(rewritten(b, b.Time, []*message.Request{&q}))
	})
}

// oversizedBatch proposes more than a batch may hold.
func oversizedBatch(*rand.Rand) Fault {
	return proposalFault(func(s *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if len(b.Requests) == 0 || !s.sometimes(30) {
			return p.AsIs()
		}
		var many []*message.Request
		for len(many) <= s.Params.BatchRequests {
			many = append(many, b.Requests...)
		}
		return p.With(rewritten(b, b.Time, many))
	})
}

// wrongTimes proposes times far from every clock, or that go back.
func wrongTimes(rng *rand.Rand) Fault {
	far := pick(rng, -3600*pbft.Second, -1, 3600*pbft.Second, pbft.Second)
	return proposalFault(func(_ *Seat, p Parcel, b *message.PrePrepare) []Parcel {
		if len(b.Requests) == 0 || b.Sequence%2 == 0 {
			return p.AsIs()
		}
		return p.With(rewritten(b, b.Time+far, b.Requests))
	})
}

// slowPrimary keeps every proposal back for just less than backups wait.
func slowPrimary(*rand.Rand) Fault {
	return proposalFault(func(s *Seat, p Parcel, _ *message.PrePrepare) []Parcel {
		p.Delay += s.Params.ViewTimeout * 9 / 10
		return []Parcel{p}
	})
}

// favouritism never hears the requests of some clients, or hears them late: as
// primary it orders them never, or late.
type favouritism struct {
	unloved uint32
	late    bool
}

// Send is Fault's.
func (favouritism) Send(_ *Seat, p Parcel) []Parcel { return p.AsIs() }

// Receive is Listener's.
func (f favouritism) Receive(s *Seat, _ message.Node, m message.Message) message.Time {
	q, ok := m.(*message.Request)
	switch {
	case !ok || q.Client.Principal%3 != f.unloved:
		return 0
	case f.late:
		return s.Params.ViewTimeout * 9 / 10
	}
	return deaf
}

var primaryAttacks = []Attack{
	{Name: "equivocates-time", New: equivocateTime},
	{Name: "equivocates-requests", New: equivocateRequests},
	{Name: "equivocates-order", New: equivocateOrder},
	{Name: "equivocates-twice", New: equivocateTwice},
	{Name: "omits-backups", New: omitBackups},
	{Name: "repeats-requests", New: func(*rand.Rand) Fault { return &repeatRequests{} }},
	{Name: "makes-up-requests", New: madeUpRequests},
	{Name: "oversized-batches", New: oversizedBatch},
	{Name: "wrong-times", New: wrongTimes},
	{Name: "slow-primary", New: slowPrimary},
	{Name: "never-orders-some", New: func(rng *rand.Rand) Fault { return favouritism{unloved: uint32(rng.IntN(3))} }},
	{Name: "orders-some-late", New: func(rng *rand.Rand) Fault { return favouritism{unloved: uint32(rng.IntN(3)), late: true} }},
}

package sim

import (
	"math/rand/v2"

	"bfs/pbft/message"
)

// What a faulty client does. Operations of its own making are none that the
// service knows, so that the checkers need not know them either: what is
// attacked is the protocol.

// requestFault changes requests.
type requestFault func(s *Seat, p Parcel, q *message.Request) []Parcel

// Send is Fault's.
func (f requestFault) Send(s *Seat, p Parcel) []Parcel {
	if q, ok := p.Message.(*message.Request); ok {
		return f(s, p, q)
	}
	return p.AsIs()
}

// remade is a request with changes, authentic for all.
func (s *Seat) remade(q *message.Request, change func(*message.Request)) *message.Request {
	c := *q
	change(&c)
	c.Seal()
	c.Auth = authenticator(&c, s.Params.Replicas())
	return &c
}

// partlyAuthentic has authenticators that are right for some replicas only,
// others each time.
func partlyAuthentic(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		return p.With(spoilt(q, func(message.ReplicaID) bool { return s.sometimes(50) }))
	})
}

// authenticForSome has authenticators that are right for the same replicas
// always.
func authenticForSome(rng *rand.Rand) Fault {
	some := drawRecipients(rng)
	return requestFault(func(_ *Seat, p Parcel, q *message.Request) []Parcel {
		return p.With(spoilt(q, func(id message.ReplicaID) bool { return some.has(message.ReplicaNode(id)) }))
	})
}

// authenticForOne has authenticators that are right for one replica only: one
// that is mostly a backup.
func authenticForOne(rng *rand.Rand) Fault {
	one := message.ReplicaID(1 + rng.IntN(3))
	return requestFault(func(_ *Seat, p Parcel, q *message.Request) []Parcel {
		return p.With(spoilt(q, func(id message.ReplicaID) bool { return id == one }))
	})
}

func spoilt(q *message.Request, right func(message.ReplicaID) bool) *message.Request {
	lie := *q
	lie.Auth = make(message.Authenticator, len(q.Auth))
	for i := range q.Auth {
		if right(message.ReplicaID(i)) {
			lie.Auth[i] = q.Auth[i]
		}
	}
	return &lie
}

// twoFaced gives replicas different requests under one timestamp.
func twoFaced(rng *rand.Rand) Fault {
	some := drawRecipients(rng)
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		other := p
		other.Message = s.remade(q, func(q *message.Request) { q.Operation = []byte("another") })
		other.To = s.Other()
		if some.has(p.To) {
			return []Parcel{other, p}
		}
		return []Parcel{p, other}
	})
}

// reusesTimestamps sends other operations under timestamps used before, and
// under some far ahead.
func reusesTimestamps(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		again := p
		again.Message = s.remade(q, func(q *message.Request) {
			q.Operation = []byte("reused")
			if s.sometimes(50) {
				q.Timestamp = 1 + message.Timestamp(s.Rng.Uint64N(uint64(q.Timestamp)))
			} else {
				q.Timestamp += message.Timestamp(s.Rng.IntN(4 * s.Params.ClientWindow))
			}
			q.Ack = min(q.Ack, q.Timestamp)
		})
		return []Parcel{p, again}
	})
}

// acknowledges says that replies have arrived which have not, or the opposite.
func acknowledges(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		return p.With(s.remade(q, func(q *message.Request) {
			switch s.Rng.IntN(3) {
			case 0:
				q.Ack = q.Timestamp
			case 1:
				q.Ack = 1
			case 2:
				q.Ack = 1 + message.Timestamp(s.Rng.Uint64N(uint64(q.Timestamp)))
			}
		}))
	})
}

// acknowledgesFirst says of every reply that it has arrived before it sends the
// request.
func acknowledgesFirst(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		next := p
		next.Message = s.remade(q, func(q *message.Request) {
			q.Timestamp, q.Ack, q.Operation = q.Timestamp+1, q.Timestamp+1, []byte("next")
		})
		late := p
		late.Delay += message.Time(s.Rng.Int64N(int64(s.Params.ViewTimeout)))
		return []Parcel{next, late}
	})
}

// oversized sends operations that are too large, beside its own.
func oversized(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		large := p
		large.Message = s.remade(q, func(q *message.Request) {
			q.Operation = make([]byte, s.Params.MaxOperation+s.Rng.IntN(2))
			q.Timestamp += message.Timestamp(s.Params.ClientWindow)
		})
		return []Parcel{p, large}
	})
}

// changesSessions opens session after session, and goes back to old ones.
func changesSessions(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		other := p
		other.Message = s.remade(q, func(q *message.Request) {
			q.Client.Session += s.Rng.Uint64N(2*uint64(s.Params.Sessions)) + 1
			q.Operation = []byte("session")
		})
		return []Parcel{p, other}
	})
}

// falseReads asks for changes as if they were reads.
func falseReads(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		if s.sometimes(50) {
			return p.AsIs()
		}
		return p.With(s.remade(q, func(q *message.Request) { q.ReadOnly = !q.ReadOnly }))
	})
}

// clientFloods fills its window and more, at every replica.
func clientFloods(*rand.Rand) Fault {
	return requestFault(func(s *Seat, p Parcel, q *message.Request) []Parcel {
		out := p.AsIs()
		for i := range 2 * floodSize {
			more := p
			more.To = s.Other()
			more.Message = s.remade(q, func(q *message.Request) {
				q.Timestamp += message.Timestamp(i)
				q.Operation = []byte("flood")
			})
			out = append(out, more)
		}
		return out
	})
}

var clientAttacks = []Attack{
	{Name: "partly-authentic", ByClient: true, New: partlyAuthentic},
	{Name: "authentic-for-some", ByClient: true, New: authenticForSome},
	{Name: "authentic-for-one", ByClient: true, New: authenticForOne},
	{Name: "acknowledges-first", ByClient: true, New: acknowledgesFirst},
	{Name: "two-faced", ByClient: true, New: twoFaced},
	{Name: "reuses-timestamps", ByClient: true, New: reusesTimestamps},
	{Name: "acknowledges-wrongly", ByClient: true, New: acknowledges},
	{Name: "oversized-operations", ByClient: true, New: oversized},
	{Name: "changes-sessions", ByClient: true, New: changesSessions},
	{Name: "false-reads", ByClient: true, New: falseReads},
	{Name: "client-floods", ByClient: true, New: clientFloods},
	{Name: "client-broken-frames", ByClient: true, New: func(*rand.Rand) Fault { return brokenFrames{} }},
}

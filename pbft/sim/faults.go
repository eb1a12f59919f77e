package sim

import (
	"math/rand/v2"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Parcel is one message on its way out of a node.
type Parcel struct {
	To      message.Node
	Message message.Message
	// Frame, if not nil, is sent in place of the message's encoding.
	Frame []byte
	// Delay is how long the node keeps it back.
	Delay message.Time
}

// Fault changes what a node sends. It is handed every message of the honest
// node inside, and returns what is sent instead: nothing, another message, more
// of them. It must not change the message it was given, and it signs and
// authenticates in the name of its own node only.
type Fault interface {
	Send(s *Seat, p Parcel) []Parcel
}

// Listener is a Fault that also decides what the honest node inside gets to
// hear: it returns how long the message is kept from it, or deaf. What it wants
// to send on the occasion it posts.
type Listener interface {
	Fault
	Receive(s *Seat, from message.Node, m message.Message) (keep message.Time)
}

// deaf is for ever.
const deaf message.Time = -1

// Attack is a kind of fault. Names and kinds are fixed; what New returns may
// keep what it needs, and is used for one run.
type Attack struct {
	Name string
	// ByClient: it is for clients; others are for replicas.
	ByClient bool
	New      func(rng *rand.Rand) Fault
}

// Seat is a faulty node: its place, and what is wrong with it.
type Seat struct {
	Node   message.Node
	Params pbft.Params
	Rng    *rand.Rand

	world   *World
	half    half
	attacks []Attack
	faults  []Fault
}

func newSeat(w *World, node message.Node, attacks []Attack) *Seat {
	s := &Seat{Node: node, Params: w.settings.Params, Rng: w.rng, world: w, attacks: attacks}
	for _, a := range attacks {
		s.faults = append(s.faults, a.New(s.Rng))
	}
	return s
}

// out passes a parcel of the honest node through the faults, one after the
// other.
func (s *Seat) out(p Parcel) []Parcel {
	parcels := []Parcel{p}
	for i, f := range s.faults {
		var next []Parcel
		for _, p := range parcels {
			sent := f.Send(s, p)
			if len(sent) != 1 || !same(sent[0], p) {
				s.world.coverage.attacked(s.attacks[i])
			}
			next = append(next, sent...)
		}
		parcels = next
	}
	return parcels
}

func same(a, b Parcel) bool {
	return a.To == b.To && a.Message == b.Message && a.Delay == b.Delay && a.Frame == nil && b.Frame == nil
}

// in says how long a message is kept from the honest node.
func (s *Seat) in(from message.Node, m message.Message) message.Time {
	var kept message.Time
	for i, f := range s.faults {
		l, ok := f.(Listener)
		if !ok {
			continue
		}
		keep := l.Receive(s, from, m)
		if keep != 0 {
			s.world.coverage.attacked(s.attacks[i])
		}
		if keep == deaf {
			return deaf
		}
		kept += keep
	}
	return kept
}

// Post sends a message of the fault's own.
func (s *Seat) Post(to message.Node, m message.Message) {
	s.world.send(s.Node, s.half, Parcel{To: to, Message: m})
}

// Others are the other replicas.
func (s *Seat) Others() []message.Node {
	var out []message.Node
	for i := range s.Params.Replicas() {
		if n := message.ReplicaNode(message.ReplicaID(i)); n != s.Node {
			out = append(out, n)
		}
	}
	return out
}

// Other is some other replica.
func (s *Seat) Other() message.Node {
	others := s.Others()
	return others[s.Rng.IntN(len(others))]
}

// With returns the parcel with another message.
func (p Parcel) With(m message.Message) []Parcel {
	p.Message = m
	return []Parcel{p}
}

// AsIs returns the parcel unchanged.
func (p Parcel) AsIs() []Parcel { return []Parcel{p} }

// sometimes is true in so many of a hundred cases.
func (s *Seat) sometimes(percent int) bool { return s.Rng.IntN(100) < percent }

// digest is one that nothing has.
func (s *Seat) digest() message.Digest { return message.Digest{byte(s.Rng.IntN(256)), 1} }

// recipients is a fixed set of replicas that a fault treats differently.
type recipients uint64

// drawRecipients draws some replicas, at least one.
func drawRecipients(rng *rand.Rand) recipients {
	return recipients(rng.Uint64() | 1<<rng.IntN(4))
}

func (r recipients) has(n message.Node) bool {
	return n.Kind == message.KindReplica && r>>(n.Replica%64)&1 == 1
}

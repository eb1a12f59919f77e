package sim

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// twins runs a replica twice under one identity, and lets the network decide
// which of the two each other node hears and is heard by, differently from time
// to time (Twins, OPODIS'21): each is honest, together they are not.
var twins = Attack{Name: "twins", New: func(*rand.Rand) Fault { return honest{} }}

// honest changes nothing.
type honest struct{}

// Send is Fault's.
func (honest) Send(_ *Seat, p Parcel) []Parcel { return p.AsIs() }

// Attacks are all the kinds of fault there are.
func Attacks() []Attack {
	return slices.Concat(primaryAttacks, voteAttacks, viewAttacks, splitAttacks, noiseAttacks, []Attack{twins}, clientAttacks)
}

// AttackNamed finds an attack; it panics if there is none of the name.
func AttackNamed(name string) Attack {
	for _, a := range Attacks() {
		if a.Name == name {
			return a
		}
	}
	panic("sim: there is no attack named " + name)
}

// Planned is what is wrong in a run with a replica or, if Client, with a client.
type Planned struct {
	Client  bool
	Node    int
	Attacks []Attack
}

// names of its attacks.
func (p Planned) names() string {
	var names []string
	for _, a := range p.Attacks {
		names = append(names, a.Name)
	}
	return strings.Join(names, "+")
}

// drawFaults draws at most f faulty replicas, and sometimes a faulty client
// beside honest ones. Where fewer than f are faulty, others may be damaged.
func drawFaults(rng *rand.Rand, s Settings) []Planned {
	f := s.Params.Faults
	count := pick(rng, f, f, f, f-1, rng.IntN(f+1))
	var out []Planned
	for _, i := range drawNodes(rng, s.Params.Replicas(), count) {
		out = append(out, Planned{Node: i, Attacks: drawAttacks(rng)})
	}
	if s.Clients > 1 && rng.IntN(3) == 0 {
		p := Planned{Client: true, Node: rng.IntN(s.Clients), Attacks: []Attack{pick(rng, clientAttacks...)}}
		if rng.IntN(3) == 0 {
			p.Attacks = append(p.Attacks, pick(rng, clientAttacks...))
		}
		out = append(out, p)
	}
	return out
}

// drawNodes draws replicas, the first primary more often than others.
func drawNodes(rng *rand.Rand, n, count int) []int {
	nodes := rng.Perm(n)
	if rng.IntN(2) == 0 {
		i := slices.Index(nodes, 0)
		nodes[0], nodes[i] = nodes[i], nodes[0]
	}
	return nodes[:count]
}

// drawAttacks draws the attacks of one replica: one kind, or up to three of
// them together.
func drawAttacks(rng *rand.Rand) []Attack {
	if rng.IntN(12) == 0 {
		return []Attack{twins}
	}
	groups := [][]Attack{primaryAttacks, voteAttacks, viewAttacks, splitAttacks, noiseAttacks}
	var out []Attack
	for range 1 + rng.IntN(3) {
		out = append(out, pick(rng, pick(rng, groups...)...))
	}
	return out
}

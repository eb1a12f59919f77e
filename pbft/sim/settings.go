package sim

import (
	"fmt"
	"math/rand/v2"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Network is how messages travel. Chances are per thousand messages.
type Network struct {
	MinDelay, MaxDelay message.Time
	Loss               int
	Duplicate          int
}

// Settings are everything that a run is made from.
type Settings struct {
	Seed   uint64
	Params pbft.Params
	// Clients each run Operations operations, Outstanding at a time.
	Clients, Operations, Outstanding int
	// Replies is how many equal replies clients wait for; 0: the 2f+1 that
	// they need.
	Replies int
	// Workload makes what the clients do.
	Workload func() Workload
	// Principals is how many principals the correct clients share; 0: each
	// is its own. Restarts is how many of a thousand calls a client begins a
	// new session for, without waiting for what is outstanding.
	Principals, Restarts int
	// Network is that of the first phase; the second loses nothing.
	Network Network
	// Skew bounds how far a replica's clock is from the true time.
	Skew message.Time
	// Think is how long a client waits between an answer and its next
	// operation.
	Think message.Time
	// Disturbances is how many times something happens to the network or to
	// correct replicas.
	Disturbances int
	// Ambushes is how many disturbances wait for a bad moment.
	Ambushes int
	// Hunt: all of them isolate a replica that has just prepared a batch, or
	// executed one, so that it is the only one to know.
	Hunt bool
	// Faults lists what is wrong with which replica or client.
	Faults []Planned
}

// String is the settings in one line.
func (s Settings) String() string {
	p := s.Params
	line := fmt.Sprintf("seed=%d f=%d K=%d L=%d batch=%d/%dB inflight=%d window=%d sessions=%d queue=%d status=%dms view=%dms retransmit=%dms clockbound=%ds",
		s.Seed, p.Faults, p.CheckpointInterval, p.LogSize, p.BatchRequests, p.BatchBytes, p.InFlight, p.ClientWindow, p.Sessions, p.MaxQueued,
		p.StatusInterval/pbft.Millisecond, p.ViewTimeout/pbft.Millisecond, p.Retransmit/pbft.Millisecond, p.ClockBound/pbft.Second)
	line += fmt.Sprintf(" large=%d workload=%s clients=%dx%d/%d principals=%d restarts=%d think=%dus delay=%d..%dus loss=%d dup=%d skew=%dus disturbances=%d ambushes=%d hunt=%t",
		p.LargeRequest, s.Workload().Name(), s.Clients, s.Operations, s.Outstanding, s.Principals, s.Restarts, s.Think/1000, s.Network.MinDelay/1000, s.Network.MaxDelay/1000,
		s.Network.Loss, s.Network.Duplicate, s.Skew/1000, s.Disturbances, s.Ambushes, s.Hunt)
	for _, f := range s.Faults {
		kind := "replica"
		if f.Client {
			kind = "client"
		}
		line += fmt.Sprintf(" %s%d:%s", kind, f.Node, f.names())
	}
	return line
}

// DrawFaults draws the number of faults to be tolerated that belongs to a seed:
// mostly 1, since larger clusters take longer.
func DrawFaults(seed uint64) int {
	return pick(rand.New(rand.NewPCG(seed, 0xf)), 1, 1, 1, 1, 1, 1, 2, 2, 2, 3)
}

// Draw makes the settings that belong to a seed, with f faults tolerated.
func Draw(seed uint64, f int) Settings {
	rng := rand.New(rand.NewPCG(seed, 0x5e77))
	p := drawParams(rng, f)
	s := Settings{
		Seed:        seed,
		Params:      p,
		Clients:     1 + rng.IntN(5),
		Operations:  5 + rng.IntN(60),
		Outstanding: 1 + rng.IntN(p.ClientWindow),
		Network: Network{
			MinDelay:  message.Time(rng.IntN(200)) * 1000,
			Loss:      pick(rng, 0, 0, 10, 50, 200),
			Duplicate: pick(rng, 0, 10, 100),
		},
		Skew:         pick(rng, 0, pbft.Millisecond, pbft.Second/2),
		Think:        pick(rng, 0, 0, pbft.Millisecond, 20*pbft.Millisecond, 200*pbft.Millisecond),
		Disturbances: pick(rng, 0, 0, 1, 3, 10, 20),
	}
	s.Network.MaxDelay = s.Network.MinDelay + pick[message.Time](rng, 1, 100, 5000, 100000)*1000
	s.Faults = drawFaults(rng, s)
	m := drawMix(rng)
	s.Workload = func() Workload { return &registers{mix: m} }
	s.Principals = pick(rng, 0, 0, 0, 1, 2)
	if s.Principals > 0 { // who share one need their sessions to live
		s.Params.Sessions = max(s.Params.Sessions, s.Clients)
	}
	s.Restarts = pick(rng, 0, 0, 20, 200)
	s.Ambushes = pick(rng, 0, 0, 1, 4, 12)
	if rng.IntN(huntIn) == 0 {
		s.hunt(rng)
	}
	return s
}

// huntIn: one run in so many is a hunt.
const huntIn = 4

// hunt makes the network and liars work together for forks: what a careless
// rule loses in a view change is known to one correct replica alone, with the
// help of a liar, and that one is isolated. With little else going wrong views
// change in time.
func (s *Settings) hunt(rng *rand.Rand) {
	s.Hunt, s.Ambushes, s.Disturbances = true, 20, 0
	s.Network.Loss = min(s.Network.Loss, 10)
	s.Params.ViewTimeout = min(s.Params.ViewTimeout, pbft.Second)
	for i := range s.Faults {
		p := &s.Faults[i]
		if p.Client {
			continue
		}
		helps, invents := AttackNamed("helps-one"), AttackNamed("invents-batches")
		p.Attacks = pick(rng, p.Attacks, []Attack{helps}, []Attack{helps}, []Attack{helps}, []Attack{helps, invents}, []Attack{invents})
	}
}

// drawParams draws parameters: small ones, so that limits are reached.
func drawParams(rng *rand.Rand, f int) pbft.Params {
	p := pbft.DefaultParams(f)
	p.CheckpointInterval = pick(rng, 1, 2, 4, 8, 16)
	p.LogSize = p.CheckpointInterval * pick(rng, 2, 3, 4)
	p.BatchRequests = pick(rng, 1, 2, 4, 16)
	p.BatchBytes = pick(rng, 1, 20, 1<<20)
	p.InFlight = pick(rng, 1, 2, 4, 8)
	p.ClientWindow = pick(rng, 1, 2, 8, 32)
	p.Sessions = pick(rng, 2, 4, 16)
	p.MaxOperation = 4096
	p.LargeRequest = pick(rng, 1, 4, 1<<20)
	p.MaxQueued = pick(rng, 16, 64, 1024)
	p.MaxQueuedBytes = pick(rng, 4096, 1<<20)
	p.StatusInterval = pick[message.Time](rng, 20, 150, 150, 500) * pbft.Millisecond
	p.Retransmit = pick[message.Time](rng, 50, 150, 1000) * pbft.Millisecond
	p.ViewTimeout = pick[message.Time](rng, 100, 300, 1000, 4000) * pbft.Millisecond
	p.ClockBound = pick[message.Time](rng, 2, 10) * pbft.Second
	return p
}

func pick[T any](rng *rand.Rand, choices ...T) T { return choices[rng.IntN(len(choices))] }

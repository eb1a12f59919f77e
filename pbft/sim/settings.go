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
	// Network is that of the first phase; the second loses nothing.
	Network Network
	// Skew bounds how far a replica's clock is from the true time.
	Skew message.Time
	// Disturb: a correct backup is cut off for a while, and may lose its
	// memory meanwhile.
	Disturb bool
	// Faults lists what is wrong with which replica or client.
	Faults []Planned
}

// Planned is one fault of a run: of a replica or, if Client, of a client.
type Planned struct {
	Client bool
	Node   int
	Fault  Fault
}

// String is the settings in one line.
func (s Settings) String() string {
	p := s.Params
	line := fmt.Sprintf("seed=%d f=%d K=%d L=%d batch=%d inflight=%d window=%d clients=%dx%d/%d delay=%d..%dus loss=%d dup=%d skew=%dus disturb=%t",
		s.Seed, p.Faults, p.CheckpointInterval, p.LogSize, p.BatchRequests, p.InFlight, p.ClientWindow,
		s.Clients, s.Operations, s.Outstanding, s.Network.MinDelay/1000, s.Network.MaxDelay/1000,
		s.Network.Loss, s.Network.Duplicate, s.Skew/1000, s.Disturb)
	for _, f := range s.Faults {
		kind := "replica"
		if f.Client {
			kind = "client"
		}
		line += fmt.Sprintf(" %s%d:%s", kind, f.Node, f.Fault.Name())
	}
	return line
}

// Draw makes the settings that belong to a seed, with f faults tolerated.
func Draw(seed uint64, f int) Settings {
	rng := rand.New(rand.NewPCG(seed, 0x5e77))
	p := pbft.DefaultParams(f)
	p.CheckpointInterval = pick(rng, 2, 4, 8, 16)
	p.LogSize = p.CheckpointInterval * pick(rng, 2, 3, 4)
	p.BatchRequests = pick(rng, 1, 2, 4, 16)
	p.InFlight = pick(rng, 1, 2, 4, 8)
	p.ClientWindow = pick(rng, 1, 2, 8, 32)
	p.Sessions = pick(rng, 2, 4, 16)
	p.MaxQueued = pick(rng, 16, 64, 1024)
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
		Skew: pick(rng, 0, pbft.Millisecond, pbft.Second),
	}
	s.Network.MaxDelay = s.Network.MinDelay + pick[message.Time](rng, 1, 100, 5000, 100000)*1000
	s.Faults = drawFaults(rng, s)
	s.Disturb = rng.IntN(2) == 0
	return s
}

func pick[T any](rng *rand.Rand, choices ...T) T { return choices[rng.IntN(len(choices))] }

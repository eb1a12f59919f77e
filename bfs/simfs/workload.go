package simfs

import (
	"math/rand/v2"
	"slices"

	"github.com/anishathalye/porcupine"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
	"bfs/pbft/sim"
)

// The bounds of a run: longer histories of more clients at once take too long
// to check.
const (
	maxClients     = 4
	maxOperations  = 40
	maxOutstanding = 3
)

// lease is longer than any run, in virtual nanoseconds.
const lease = int64(24 * 3600 * pbft.Second)

// Draw makes the settings of a seed, as sim.Draw does, for this workload.
func Draw(seed uint64, f int) sim.Settings {
	s := sim.Draw(seed, f)
	s.Workload = New
	s.Clients = min(s.Clients, maxClients)
	s.Operations = min(s.Operations, maxOperations)
	s.Outstanding = min(s.Outstanding, maxOutstanding)
	s.Faults = slices.DeleteFunc(s.Faults, func(p sim.Planned) bool { return p.Client && p.Node >= s.Clients })
	return s
}

// New returns the workload of one run.
func New() sim.Workload { return &workload{inputs: make(map[string]input)} }

// workload remembers what the operations mean that were made in a run.
type workload struct{ inputs map[string]input }

// Name is the workload's name.
func (*workload) Name() string { return "bfs" }

// Service returns an empty file system.
func (*workload) Service() sim.Service {
	state := fsstate.New(fsstate.Config{
		Limits:   fsstate.Limits{Bytes: 16 << 20, Inodes: 1000, Lease: lease},
		RootMode: rootMode,
	})
	return &service{bfs.NewService(state), state}
}

// Script returns a script that does anything at random.
func (w *workload) Script(id message.ClientID) sim.Script {
	return &script{run: w, session: id, dirs: []fsstate.Ino{fsstate.RootIno}}
}

// Explain says what an operation was, if it was made in this run. What only
// looks, or is refused, changes nothing.
func (w *workload) Explain(id message.ClientID, operation, result []byte) (any, any, bool) {
	in, ok := w.inputs[string(operation)]
	if !ok {
		return nil, nil, false
	}
	in.session = id
	p := player{answers: [][]byte{result}}
	out, err := in.perform(bfs.NewClient(&p))
	if err == nil && (in.kind <= doReaddir || out.status != fsstate.OK) {
		return nil, nil, true
	}
	return in, out, err == nil
}

// Model is the file system.
func (*workload) Model() porcupine.Model {
	return porcupine.Model{
		Init:  func() any { return newTree() },
		Equal: func(a, b any) bool { return a.(*tree).key == b.(*tree).key },
		Step: func(state, in, out any) (bool, any) {
			want, next := state.(*tree).step(in.(input))
			return want == out.(output), next
		},
		DescribeOperation: describe,
	}
}

// service is the real one.
type service struct {
	*bfs.Service
	state *fsstate.State
}

// Corrupt changes the root directory behind the service's back.
func (s *service) Corrupt(rng *rand.Rand) {
	c := fsstate.Context{}
	s.state.Setattr(&c, fsstate.RootIno, fsstate.SetAttr{
		Mask: fsstate.SetMode | fsstate.SetMtime, Mode: uint32(rng.IntN(0o1000)), Mtime: rng.Int64(),
	})
}

// CheckInvariants is the state's.
func (s *service) CheckInvariants() error { return s.state.CheckInvariants() }

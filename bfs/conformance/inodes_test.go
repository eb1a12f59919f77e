package conformance

import (
	"testing"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft/message"
)

// startTime is when the tests' clocks start, in nanoseconds: in 2001, and
// above longAgo.
const startTime = longAgo + 1_000_000

const gigabyte, day = 1 << 30, 86_400_000_000_000

var configuration = fsstate.Config{
	Limits:   fsstate.Limits{Bytes: gigabyte, Inodes: 100_000, Lease: day, Linger: day},
	RootMode: 0o755,
	Now:      startTime,
}

func newState() *fsstate.State { return fsstate.New(configuration) }

// ticker returns a clock that moves on a millisecond per call.
func ticker() func() int64 {
	now := startTime
	return func() int64 {
		now += 1_000_000
		return now
	}
}

func checkInvariants(t *testing.T, state *fsstate.State) {
	t.Helper()
	if err := state.CheckInvariants(); err != nil {
		t.Error(err)
	}
}

func TestState(t *testing.T) {
	state := newState()
	ops := NewState(state, fsstate.Session{Principal: 1, Number: 1}, ticker())
	Run(t, Inodes{t.Context(), ops})
	checkInvariants(t, state)
}

// The suite holds also where every read and lookup is ordered.
func TestStrictAtime(t *testing.T) {
	cfg := configuration
	cfg.Limits.Atime = fsstate.AtimeStrict
	state := fsstate.New(cfg)
	local := bfs.NewLocal(bfs.LocalConfig{Service: bfs.NewService(state), Clock: ticker()})
	Run(t, Inodes{t.Context(), bfs.NewClient(local.Session(message.ClientID{Principal: 1, Session: 1}))})
	checkInvariants(t, state)
}

func TestClient(t *testing.T) {
	state := newState()
	local := bfs.NewLocal(bfs.LocalConfig{Service: bfs.NewService(state), Clock: ticker()})
	client := bfs.NewClient(local.Session(message.ClientID{Principal: 1, Session: 1}))
	Run(t, Inodes{t.Context(), client})
	RunSnapshots(t, Inodes{t.Context(), client}, client)
	checkInvariants(t, state)
}

// sessions gives each user a client with a session of its own, as if each had
// a mount of its own.
type sessions struct {
	Inodes
	local *bfs.Local
}

func (s sessions) As(caller fsstate.Caller) Process {
	session := s.local.Session(message.ClientID{Principal: caller.UID, Session: 1})
	return Inodes{s.Context, bfs.NewClient(session)}.As(caller)
}

func TestSessions(t *testing.T) {
	state := newState()
	local := bfs.NewLocal(bfs.LocalConfig{Service: bfs.NewService(state), Clock: ticker()})
	Run(t, sessions{Inodes{Context: t.Context()}, local})
	checkInvariants(t, state)
}

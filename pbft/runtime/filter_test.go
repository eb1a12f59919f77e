package runtime

import (
	"sync/atomic"
	"testing"

	"bfs/pbft/message"
)

// sieve drops what comes from clients, and gives every reply another result.
type sieve struct {
	send    func(to message.Node, m message.Message)
	dropped atomic.Int64
	altered atomic.Int64
}

func (s *sieve) Receive(from message.Node, _ message.Message) bool {
	if from.Kind == message.KindClient {
		s.dropped.Add(1)
		return false
	}
	return true
}

func (s *sieve) Send(to message.Node, m message.Message) {
	if p, ok := m.(*message.Reply); ok {
		s.altered.Add(1)
		lie := *p
		lie.Full, lie.Result = true, []byte("another result")
		lie.Digest = message.ResultDigest(lie.Result)
		m = &lie
	}
	s.send(to, m)
}

// With a filter at one replica the others serve, what the filter drops does
// not arrive, and what it alters is outvoted.
func TestFilterStandsBetweenCoreAndConnections(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, nil)
	g.stop(t, 2)
	s := &sieve{}
	g.services[2] = &tally{}
	config := g.replicaConfig(2)
	config.Filter = func(send func(to message.Node, m message.Message)) Filter {
		s.send = send
		return s
	}
	filtered, err := StartReplica(config)
	if err != nil {
		t.Fatal(err)
	}
	g.replicas[2] = filtered
	c := g.dial(t, 0)
	for want := uint64(1); s.altered.Load() == 0 || want <= 20; want++ {
		if got := add(t, c, "x"); got != want {
			t.Fatalf("total %d after %d operations", got, want)
		}
	}
	if queued := filtered.Report().Queued; queued != 0 {
		t.Errorf("%d requests of clients have passed the filter", queued)
	}
	// A request to everybody reaches the filter, too.
	for s.dropped.Load() == 0 {
		add(t, c, string(make([]byte, g.Params.LargeRequest+1)))
	}
}

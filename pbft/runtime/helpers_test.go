package runtime

import (
	"context"
	"encoding/binary"
	"log/slog"
	"net"
	goruntime "runtime"
	"sync"
	"testing"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/sim"
)

// patience bounds tests that would otherwise wait for ever.
const patience = 30 * time.Second

var quiet = slog.New(slog.DiscardHandler)

// tally is a service that counts: each operation adds one, and its result is
// the new total and the operation itself.
type tally struct {
	total uint64
}

func (s *tally) Execute(op pbft.Operation) []byte {
	s.total++
	return append(binary.BigEndian.AppendUint64(nil, s.total), op.Body...)
}

func (s *tally) Query(pbft.Operation) ([]byte, bool) { return nil, false }

func (s *tally) Checkpoint() pbft.Version { return s.total }

func (s *tally) Rollback(v pbft.Version) { s.total = v.(uint64) }

func (s *tally) Digest() message.Digest { return s.blob().Digest() }

func (s *tally) Scrub(int) {}

func (s *tally) blob() sim.Blob { return binary.BigEndian.AppendUint64(nil, s.total) }

func (s *tally) Page(v pbft.Version, id pbft.PageID) []byte {
	return (&tally{total: v.(uint64)}).blob().Page(id)
}

func (s *tally) Assemble(root message.Digest) pbft.Assembly {
	return s.blob().Assemble(root, func(b sim.Blob) pbft.Version { return binary.BigEndian.Uint64(b) })
}

// testGroup is a group with all its keys and, for each member, a listener.
type testGroup struct {
	Group
	replicaKeys []*auth.Identity
	clientKeys  []*auth.Identity
	replicas    []*Replica // nil for those that are down
	services    []*tally
}

// newGroup makes a group that nobody runs yet. Its listeners are closed again,
// so that members can be started and restarted on their addresses.
func newGroup(t testing.TB, unreplicated bool, clients int) *testGroup {
	t.Helper()
	g := &testGroup{Group: Group{Cluster: "test", Params: pbft.DefaultParams(1), Unreplicated: unreplicated}}
	for range g.size() {
		id := newIdentity(t)
		g.replicaKeys = append(g.replicaKeys, id)
		g.Replicas = append(g.Replicas, Member{Key: id.Public()})
	}
	for i := range clients {
		id := newIdentity(t)
		g.clientKeys = append(g.clientKeys, id)
		g.Clients = append(g.Clients, Principal{Number: uint32(i), Name: "tester", Key: id.Public()})
	}
	g.replicas = make([]*Replica, g.size())
	g.services = make([]*tally, g.size())
	return g
}

func newIdentity(t testing.TB) *auth.Identity {
	t.Helper()
	id, err := auth.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// startGroup starts all members, and stops them when the test ends.
func startGroup(t testing.TB, unreplicated bool, clients int, change func(*pbft.Params)) *testGroup {
	t.Helper()
	return startGroupWith(t, unreplicated, clients, func(g *testGroup) {
		if change != nil {
			change(&g.Params)
		}
	})
}

// startGroupWith is startGroup for changes of more than the parameters.
func startGroupWith(t testing.TB, unreplicated bool, clients int, change func(*testGroup)) *testGroup {
	t.Helper()
	g := newGroup(t, unreplicated, clients)
	change(g)
	listeners := make([]net.Listener, g.size())
	for i := range listeners {
		listeners[i] = listen(t, "127.0.0.1:0")
		g.Replicas[i].Address = listeners[i].Addr().String()
	}
	for i, l := range listeners {
		g.start(t, i, l)
	}
	t.Cleanup(func() { g.stopAll(t) })
	return g
}

func listen(t testing.TB, address string) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// start runs a member; without a listener it listens on its address.
func (g *testGroup) start(t testing.TB, i int, l net.Listener) {
	t.Helper()
	g.services[i] = &tally{}
	c := g.replicaConfig(i)
	c.Listener = l
	run := StartReplica
	if g.Unreplicated {
		run = StartServer
	}
	r, err := run(c)
	if err != nil {
		t.Fatal(err)
	}
	g.replicas[i] = r
}

func (g *testGroup) replicaConfig(i int) ReplicaConfig {
	return ReplicaConfig{
		ID:       message.ReplicaID(i),
		Group:    &g.Group,
		Identity: g.replicaKeys[i],
		Service:  g.services[i],
		Logger:   quiet,
		Version:  "test",
	}
}

func (g *testGroup) stop(t testing.TB, i int) {
	t.Helper()
	if r := g.replicas[i]; r != nil {
		g.replicas[i] = nil
		if err := r.Close(); err != nil {
			t.Errorf("closing replica %d: %v", i, err)
		}
	}
}

func (g *testGroup) stopAll(t testing.TB) {
	t.Helper()
	var all sync.WaitGroup
	for i := range g.replicas {
		all.Go(func() { g.stop(t, i) })
	}
	all.Wait()
}

func (g *testGroup) clientConfig(principal int) ClientConfig {
	return ClientConfig{Group: &g.Group, Principal: uint32(principal), Identity: g.clientKeys[principal], Logger: quiet}
}

// dial starts a client that is connected to all members that run, so that its
// requests are authentic for all of them, and stops it when the test ends.
func (g *testGroup) dial(t testing.TB, principal int) *Client {
	t.Helper()
	c, err := Dial(soon(t), g.clientConfig(principal))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeClient(t, c) })
	c.await(func() bool {
		for i, r := range g.replicas {
			if r != nil && !c.session.connected[i] {
				return false
			}
		}
		return true
	})
	return c
}

// await waits for a condition on the client's state.
func (c *Client) await(holds func() bool) {
	for {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		goruntime.Gosched()
	}
}

func closeClient(t testing.TB, c *Client) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Errorf("closing a client: %v", err)
	}
}

// soon is a context that ends only if something hangs.
func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// add invokes one operation and returns the total after it.
func add(t testing.TB, c *Client, body string) uint64 {
	t.Helper()
	result, err := c.Invoke(soon(t), []byte(body), false)
	if err != nil {
		t.Errorf("invoking %q: %v", body, err)
		return 0
	}
	if len(result) < 8 || string(result[8:]) != body {
		t.Errorf("invoking %q: result %q", body, result)
		return 0
	}
	return binary.BigEndian.Uint64(result)
}

// both runs a test on a replicated group and on a server without replication.
func both(t *testing.T, test func(t *testing.T, unreplicated bool)) {
	for name, unreplicated := range map[string]bool{"replicated": false, "unreplicated": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, unreplicated)
		})
	}
}

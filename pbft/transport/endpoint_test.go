package transport

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"bfs/pbft/message"
)

// pair starts replicas 0 and 1, and returns them connected.
func pair(t testing.TB, limits Limits) (lower, higher *Endpoint, atLower, atHigher recorder) {
	t.Helper()
	listener := listen(t)
	peers := map[message.Node]string{replica(0): listener.Addr().String(), replica(1): "unused:1"}
	atLower, atHigher = newRecorder(), newRecorder()
	lower = start(t, Config{Self: replica(0), Listener: listener, Peers: peers, Handler: atLower, Limits: limits})
	higher = start(t, Config{Self: replica(1), Peers: peers, Handler: atHigher, Limits: limits})
	if a := atLower.next(t, "connected"); a.peer != replica(1) {
		t.Fatalf("replica 0 is connected with %v", a.peer)
	}
	if a := atHigher.next(t, "connected"); a.peer != replica(0) {
		t.Fatalf("replica 1 is connected with %v", a.peer)
	}
	return lower, higher, atLower, atHigher
}

func TestDeliversInOrderBothWays(t *testing.T) {
	t.Parallel()
	lower, higher, atLower, atHigher := pair(t, Limits{})
	const count = 3000
	var senders sync.WaitGroup
	send := func(from *Endpoint, to message.Node) {
		for i := range count {
			from.Send(to, fmt.Appendf(nil, "%d %s", i, strings.Repeat("x", i%5000)))
		}
	}
	senders.Go(func() { send(lower, replica(1)) })
	senders.Go(func() { send(higher, replica(0)) })
	senders.Wait()
	for i := range count {
		want := fmt.Sprintf("%d %s", i, strings.Repeat("x", i%5000))
		if a := atLower.next(t, "received"); a.payload != want || a.peer != replica(1) {
			t.Fatalf("replica 0: message %d is %.20q of %v", i, a.payload, a.peer)
		}
		if a := atHigher.next(t, "received"); a.payload != want || a.peer != replica(0) {
			t.Fatalf("replica 1: message %d is %.20q of %v", i, a.payload, a.peer)
		}
	}
	sent, received := lower.Stats().Peers[replica(1)].Sent, higher.Stats().Peers[replica(0)].Received
	if received.Messages != count || sent != received {
		t.Errorf("sent %+v, received %+v", sent, received)
	}
}

// TestConcurrentSenders: each sender's messages keep their order, whoever
// happens to write them.
func TestConcurrentSenders(t *testing.T) {
	t.Parallel()
	lower, _, _, atHigher := pair(t, Limits{})
	const senders, count = 8, 500
	var running sync.WaitGroup
	for s := range senders {
		running.Go(func() {
			for i := range count {
				lower.Send(replica(1), []byte{byte(s), byte(i >> 8), byte(i)})
			}
		})
	}
	running.Wait()
	var next [senders]int
	for range senders * count {
		p := atHigher.next(t, "received").payload
		if i := int(p[1])<<8 | int(p[2]); i != next[p[0]] {
			t.Fatalf("sender %d: message %d instead of %d", p[0], i, next[p[0]])
		}
		next[p[0]]++
	}
}

func TestLargeFrames(t *testing.T) {
	t.Parallel()
	lower, _, _, atHigher := pair(t, Limits{Replica: PeerLimits{FrameBytes: 8 << 20, QueueBytes: 32 << 20}})
	for _, size := range []int{0, copyBytes, copyBytes + 1, scratchBytes, 1 << 20, 8 << 20} {
		payload := pattern(size)
		lower.Send(replica(1), []byte("before"))
		lower.Send(replica(1), payload)
		lower.Send(replica(1), []byte("after"))
		for _, want := range [][]byte{[]byte("before"), payload, []byte("after")} {
			if got := atHigher.next(t, "received").payload; !bytes.Equal([]byte(got), want) {
				t.Fatalf("around %d bytes: received %d bytes instead of %d", size, len(got), len(want))
			}
		}
	}
	lower.Send(replica(1), make([]byte, 8<<20+1))
	if dropped := lower.Stats().Peers[replica(1)].Dropped; dropped.Large != 1 {
		t.Errorf("a payload above the limit: %+v", dropped)
	}
}

// cluster starts n replicas that know each other, and waits until all are
// connected.
func cluster(t *testing.T, n int) ([]*Endpoint, []recorder, map[message.Node]string) {
	var listeners []net.Listener
	peers := make(map[message.Node]string)
	for i := range n {
		listeners = append(listeners, listen(t))
		peers[replica(i)] = listeners[i].Addr().String()
	}
	var endpoints []*Endpoint
	var recorders []recorder
	for i, listener := range listeners {
		recorders = append(recorders, newRecorder())
		endpoints = append(endpoints, start(t, Config{Self: replica(i), Listener: listener, Peers: peers, Handler: recorders[i]}))
	}
	for _, r := range recorders {
		for range n - 1 {
			r.next(t, "connected")
		}
	}
	return endpoints, recorders, peers
}

func TestClusterMulticast(t *testing.T) {
	t.Parallel()
	endpoints, recorders, peers := cluster(t, 4)
	atClient := newRecorder()
	c := start(t, Config{Self: client(7, 1), Peers: peers, Handler: atClient})
	for range 4 {
		atClient.next(t, "connected")
	}
	all := []message.Node{replica(0), replica(1), replica(2), replica(3)}
	c.Multicast(all, []byte("request"))
	for i, r := range recorders {
		if a := r.next(t, "received"); a.peer != client(7, 1) || a.payload != "request" {
			t.Fatalf("replica %d received %q of %v", i, a.payload, a.peer)
		}
		endpoints[i].Send(client(7, 1), []byte("reply"))
		if a := atClient.next(t, "received"); a.peer != replica(i) || a.payload != "reply" {
			t.Fatalf("the client received %q of %v", a.payload, a.peer)
		}
	}
	for i, e := range endpoints {
		for node, s := range e.Stats().Peers {
			if !s.Connected || s.Connections != 1 {
				t.Errorf("replica %d and %v: %d connections, connected: %v", i, node, s.Connections, s.Connected)
			}
		}
	}
}

func TestSendToAbsentPeersIsCounted(t *testing.T) {
	t.Parallel()
	e := start(t, Config{Self: replica(0), Listener: listen(t), Peers: map[message.Node]string{replica(1): ""}})
	e.Send(replica(1), []byte("x"))
	e.Send(client(1, 1), []byte("x"))
	s := e.Stats()
	if s.Peers[replica(1)].Dropped.Away != 1 || s.Departed.Dropped.Away != 1 {
		t.Errorf("%+v", s)
	}
}

// startClient starts a client of one replica, and returns it connected.
func startClient(t testing.TB, self message.Node, server net.Listener) (*Endpoint, recorder) {
	t.Helper()
	handler := newRecorder()
	c := start(t, Config{
		Self: self, Handler: handler,
		Peers: map[message.Node]string{replica(0): server.Addr().String()},
	})
	handler.next(t, "connected")
	return c, handler
}

func TestDepartedClientsAreSummedUp(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
	for session := range 3 {
		c, _ := startClient(t, client(1, session), listener)
		c.Send(replica(0), []byte("x"))
		handler.next(t, "received")
		c.Close()
		handler.next(t, "disconnected")
	}
	eventually(t, "the clients leave the table", func() bool { return len(e.Stats().Peers) == 0 })
	if s := e.Stats().Departed; s.Connections != 3 || s.Received.Messages != 3 {
		t.Errorf("%+v", s)
	}
}

func TestBadConfig(t *testing.T) {
	t.Parallel()
	good := func() Config {
		return Config{
			Self: replica(1), Peers: map[message.Node]string{replica(2): ""},
			Handler: newRecorder(), Handshaker: &fakeHandshaker{},
		}
	}
	cases := map[string]func(*Config){
		"no handler":          func(c *Config) { c.Handler = nil },
		"no handshaker":       func(c *Config) { c.Handshaker = nil },
		"nobody":              func(c *Config) { c.Self = message.Node{} },
		"no way to connect":   func(c *Config) { c.Peers = nil },
		"client to be dialed": func(c *Config) { c.Peers[client(1, 1)] = "" },
		"negative":            func(c *Config) { c.Limits.Clients = -1 },
		"frame above 1 GiB":   func(c *Config) { c.Limits.Client.FrameBytes = maxFrameBytes + 1 },
		"queue below frame":   func(c *Config) { c.Limits.Replica.QueueBytes = 1 << 20 },
	}
	for name, spoil := range cases {
		config := good()
		spoil(&config)
		if e, err := New(config); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				e.Close()
			}
		}
	}
	e, err := New(good())
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
}

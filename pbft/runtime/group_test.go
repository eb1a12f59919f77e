package runtime

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/transport"
)

// placed is a valid group that nobody runs.
func placed(t *testing.T, unreplicated bool) *testGroup {
	g := newGroup(t, unreplicated, 2)
	for i := range g.Replicas {
		g.Replicas[i].Address = net.JoinHostPort("127.0.0.1", string(rune('1'+i)))
		g.services[i] = &tally{}
	}
	return g
}

func TestGroupValidate(t *testing.T) {
	t.Parallel()
	for _, unreplicated := range []bool{false, true} {
		if err := placed(t, unreplicated).Validate(); err != nil {
			t.Errorf("a valid group, unreplicated=%t: %v", unreplicated, err)
		}
	}
	for says, spoil := range map[string]func(*Group){
		"cluster id has 0 bytes":                  func(g *Group) { g.Cluster = "" },
		"cluster id has 257 bytes":                func(g *Group) { g.Cluster = strings.Repeat("c", 257) },
		"faults is 0":                             func(g *Group) { g.Params.Faults = 0 },
		"there are 3 replicas; there must be 4":   func(g *Group) { g.Replicas = g.Replicas[:3] },
		"there are 4 replicas; there must be 1":   func(g *Group) { g.Unreplicated = true },
		`replica 1 has address ""`:                func(g *Group) { g.Replicas[1].Address = "" },
		`replica 1 has address "host"`:            func(g *Group) { g.Replicas[1].Address = "host" },
		`replica 1 has address "host:0"`:          func(g *Group) { g.Replicas[1].Address = "host:0" },
		"replica 2 has no public key":             func(g *Group) { g.Replicas[2].Key = auth.PublicKey{} },
		"replica 0 and replica 2 have the same":   func(g *Group) { g.Replicas[2].Key = g.Replicas[0].Key },
		"replica 1 and replica 3 have the same a": func(g *Group) { g.Replicas[3].Address = g.Replicas[1].Address },
		"client 1 (tester) has no public key":     func(g *Group) { g.Clients[1].Key = auth.PublicKey{} },
		"replica 0 and client 1 (tester) have":    func(g *Group) { g.Clients[1].Key = g.Replicas[0].Key },
		"have the same number 0":                  func(g *Group) { g.Clients[1].Number = 0 },
	} {
		g := placed(t, false)
		spoil(&g.Group)
		if err := g.Validate(); !errors.Is(err, ErrGroup) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want it to say %q", err, says)
		}
	}
}

func TestFramesFitEveryMessage(t *testing.T) {
	t.Parallel()
	g := placed(t, false)
	limits := g.frameLimits()
	q := &message.Request{Client: message.ClientID{Principal: 1 << 31, Session: 1 << 63}, Timestamp: 1 << 63, Ack: 1 << 63,
		Operation: make([]byte, g.Params.MaxOperation), Auth: make(message.Authenticator, 4)}
	small := *q
	small.Operation = make([]byte, g.Params.BatchBytes/g.Params.BatchRequests)
	batch := &message.PrePrepare{View: 1 << 63, Sequence: 1 << 63, Time: -1 << 63}
	for range g.Params.BatchRequests {
		batch.Requests = append(batch.Requests, &small)
	}
	window := make([]byte, (g.Params.LogSize+7)/8)
	for limit, messages := range map[int][]message.Message{
		limits.Client.FrameBytes: {q, &message.Inquiry{Nonce: 1 << 63}},
		limits.Replica.FrameBytes: {q, batch, &message.PrePrepare{Requests: []*message.Request{q}},
			&message.Reply{Full: true, Result: make([]byte, g.Params.MaxResult)},
			&message.Status{PrePrepared: window, Prepared: window, Committed: window}},
	} {
		for _, m := range messages {
			if size := len(message.Encode(m)); size > limit {
				t.Errorf("%v has %d bytes, the limit is %d", m.Type(), size, limit)
			}
		}
	}
}

func TestStartRefusesBadConfigurations(t *testing.T) {
	t.Parallel()
	taken := listen(t, "127.0.0.1:0")
	defer taken.Close()
	for _, test := range []struct {
		name         string
		unreplicated bool
		spoil        func(*ReplicaConfig)
		want         error
		says         string
	}{
		{"bad group", false, func(c *ReplicaConfig) { c.Group.Cluster = "" }, ErrGroup, "cluster id"},
		{"no such replica", false, func(c *ReplicaConfig) { c.ID = 4 }, ErrGroup, "no replica 4"},
		{"another's key", false, func(c *ReplicaConfig) { c.ID = 1 }, ErrIdentity, "replica 1 has the public key"},
		{"replica of an unreplicated group", true, func(*ReplicaConfig) {}, ErrGroup, "start a server"},
		{"version", false, func(c *ReplicaConfig) { c.Version = strings.Repeat("v", 65) }, nil, "longer than 64"},
		{"address in use", false, func(c *ReplicaConfig) { c.Group.Replicas[0].Address = taken.Addr().String() }, nil, "address already in use"},
	} {
		g := placed(t, test.unreplicated)
		c := g.replicaConfig(0)
		test.spoil(&c)
		_, err := StartReplica(c)
		if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want it to say %q", test.name, err, test.says)
		}
	}
	if _, err := StartServer(placed(t, false).replicaConfig(0)); !errors.Is(err, ErrGroup) {
		t.Errorf("a server of a replicated group: %v", err)
	}
}

func TestDialRefusesBadConfigurations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(*ClientConfig)
		want  error
	}{
		"bad group":    {func(c *ClientConfig) { c.Group.Cluster = "" }, ErrGroup},
		"no such":      {func(c *ClientConfig) { c.Principal = 9 }, ErrGroup},
		"other's key":  {func(c *ClientConfig) { c.Principal = 1 }, ErrIdentity},
		"unknown host": {func(*ClientConfig) {}, ErrUnreachable},
	} {
		config := placed(t, false).clientConfig(0)
		test.spoil(&config)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Dial(ctx, config); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestComplaintsAreLoggedOnceInAWhile(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := newComplaints(slog.New(slog.NewTextHandler(&log, nil)), newClock())
	for range 100 {
		c.refuse(slog.LevelWarn, alice, "reason", "x")
		c.refuse(slog.LevelWarn, bob, "reason", "x")
		c.refuse(slog.LevelWarn, backup, "reason", "x")
	}
	if n := strings.Count(log.String(), "\n"); n != 2 {
		t.Errorf("%d lines for clients and one replica, want 2:\n%s", n, &log)
	}
	for _, n := range c.kinds {
		n.next -= message.Time(logInterval)
	}
	log.Reset()
	c.refuse(slog.LevelWarn, alice, "reason", "x")
	if !strings.Contains(log.String(), "times=200") || c.count() != 301 {
		t.Errorf("after a while: %q, count %d", &log, c.count())
	}
}

// hostile is a client that has a key and says what it likes.
type hostile struct {
	endpoint  *transport.Endpoint
	connected chan struct{}
}

func (h *hostile) Connected(message.Node)               { h.connected <- struct{}{} }
func (h *hostile) Receive(message.Node, []byte)         {}
func (h *hostile) Disconnected(_ message.Node, _ error) {}

func newHostile(t *testing.T, g *testGroup, principal int) *hostile {
	t.Helper()
	h := &hostile{connected: make(chan struct{}, 1)}
	self := message.ClientNode(message.ClientID{Principal: uint32(principal), Session: 1})
	endpoint, err := transport.New(transport.Config{
		Self:  self,
		Peers: map[message.Node]string{message.ReplicaNode(0): g.Replicas[0].Address},
		Handshaker: &handshaker{
			auth: auth.Handshaker{Self: self, Identity: g.clientKeys[principal], Directory: g.directory(), Keys: auth.NewRequestKeys(g.size())},
		},
		Handler: h,
		Logger:  quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	h.endpoint = endpoint
	t.Cleanup(func() { _ = endpoint.Close() })
	<-h.connected
	return h
}

// What a client with a key can send to a replica is refused and counted, and
// the replica goes on.
func TestHostileClientIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		g := startGroup(t, unreplicated, 2, nil)
		c := g.dial(t, 0)
		h := newHostile(t, g, 1)
		to := message.ReplicaNode(0)
		stolen := &message.Request{Client: c.node(c.session.number).Client, Timestamp: 1, Ack: 1, Auth: make(message.Authenticator, g.size())}
		forged := &message.Request{Client: message.ClientID{Principal: 1, Session: 1}, Timestamp: 1, Ack: 1, Auth: make(message.Authenticator, g.size())}
		batch := &message.PrePrepare{Sequence: 1, Requests: []*message.Request{forged}}
		payloads := [][]byte{nil, []byte("garbage"), message.Encode(stolen), message.Encode(forged), message.Encode(batch),
			message.Encode(&message.Commit{Sequence: 1, Replica: 0}), message.Encode(&message.Report{})}
		for _, p := range payloads {
			h.endpoint.Send(to, p)
		}
		for {
			p, err := c.Inquire(soon(t), 0)
			if err != nil {
				t.Fatal(err)
			}
			if p.Requests != 0 {
				t.Fatal("something hostile was executed")
			}
			if p.Rejected == uint64(len(payloads)) {
				break
			}
		}
		if total := add(t, c, "honest"); total != 1 {
			t.Errorf("total %d after one operation", total)
		}
	})
}

func TestLevelsOfRefusals(t *testing.T) {
	t.Parallel()
	if levelOf(pbft.OutsideWindow) != slog.LevelDebug || levelOf(pbft.Conflict) != slog.LevelWarn {
		t.Error("a late message is as bad as a contradiction")
	}
}

package main

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// outbox is what a filter has sent, by receiver.
type outbox struct {
	mu   sync.Mutex
	sent map[message.Node][]message.Message
}

func (o *outbox) send(to message.Node, m message.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sent == nil {
		o.sent = make(map[message.Node][]message.Message)
	}
	o.sent[to] = append(o.sent[to], m)
}

// to is what a replica was sent.
func (o *outbox) to(id message.ReplicaID) []message.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent[message.ReplicaNode(id)]
}

func newTestAttack(t *testing.T) *attack {
	t.Helper()
	identity, err := auth.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	g := &runtime.Group{Cluster: "test", Params: pbft.DefaultParams(1), Replicas: make([]runtime.Member, 4)}
	return &attack{group: g, identity: identity, log: slog.New(slog.DiscardHandler), victim: 7}
}

// samples are one message of each kind that the filters look at.
func samples() []message.Message {
	batch := &message.PrePrepare{Sequence: 5, Time: 9}
	batch.Seal()
	change := &message.ViewChange{View: 1, Checkpoints: []message.Entry{{}}}
	change.Seal()
	return []message.Message{
		batch,
		&message.Prepare{Sequence: 5, Digest: message.Digest{1}},
		&message.Commit{Sequence: 5, Digest: message.Digest{1}},
		&message.Committed{Sequence: 5, Digest: message.Digest{1}},
		&message.Checkpoint{Sequence: 128, Digest: message.Digest{1}},
		&message.Status{Stable: 128, Executed: 130},
		&message.StatePage{Sequence: 128, Data: []byte("page")},
		change,
		&message.NewView{View: 1, Changes: []*message.ViewChange{change}},
	}
}

// What every filter sends is well formed, so that it reaches the honest cores.
func TestFiltersSendWhatDecodes(t *testing.T) {
	t.Parallel()
	a := newTestAttack(t)
	limits := a.group.Params.Limits()
	for _, b := range behaviours {
		if b.filter == nil || b.name == "flood" || b.name == "delay" {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			sent := &outbox{}
			filter := b.filter(a, sent.send)
			differs := false
			for range 20 {
				for _, m := range samples() {
					filter.Receive(message.ReplicaNode(1), m)
					for i := range message.ReplicaID(4) {
						filter.Send(message.ReplicaNode(i), m)
					}
				}
			}
			want := fmt.Sprint(slices.Repeat(samples(), 20))
			for i := range message.ReplicaID(4) {
				got := sent.to(i)
				differs = differs || fmt.Sprint(got) != want
				for _, m := range got {
					if _, err := message.Decode(message.Encode(m), limits); err != nil && m.Type() != message.TypeNewView {
						t.Errorf("%v: %v", m, err)
					}
				}
			}
			if !differs && b.name != "starve" {
				t.Error("it sends what an honest replica does")
			}
		})
	}
}

func TestEquivocatorIsConsistentWithEachReceiver(t *testing.T) {
	t.Parallel()
	sent := &outbox{}
	f := newEquivocator(newTestAttack(t), sent.send)
	batch := samples()[0]
	for i := range message.ReplicaID(3) {
		f.Send(message.ReplicaNode(i+1), batch)
	}
	one := sent.to(1)
	if len(one) != 2 || one[0].(*message.PrePrepare).Digest() != one[1].(*message.Commit).Digest {
		t.Errorf("replica 1 got %v, want a batch and a commit of it", one)
	}
	if two := sent.to(2); len(two) != 1 || two[0].(*message.PrePrepare).Digest() == one[1].(*message.Commit).Digest {
		t.Errorf("replica 2 got %v, want another batch", two)
	}
}

func TestDelayerHoldsOnlyProposalsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent, node := &outbox{}, message.ReplicaNode(1)
		a := newTestAttack(t)
		f := newDelayer(a, sent.send)
		f.Send(node, samples()[0])
		f.Send(node, samples()[1])
		if len(sent.to(1)) != 1 || sent.to(1)[0].Type() != message.TypePrepare {
			t.Fatalf("at once it sends %v, want the PREPARE", sent.to(1))
		}
		time.Sleep(time.Duration(a.group.Params.ViewTimeout))
		synctest.Wait()
		if len(sent.to(1)) != 2 {
			t.Errorf("within the timeout it sends %v, want both", sent.to(1))
		}
	})
}

func TestStarverIgnoresItsVictim(t *testing.T) {
	t.Parallel()
	f := newStarver(newTestAttack(t), (&outbox{}).send)
	for principal, want := range map[uint32]bool{7: false, 8: true} {
		q := &message.Request{Client: message.ClientID{Principal: principal}}
		if got := f.Receive(message.ReplicaNode(1), q); got != want {
			t.Errorf("a request of client %d is taken: %t, want %t", principal, got, want)
		}
	}
	if !f.Receive(message.ReplicaNode(1), samples()[0]) {
		t.Error("it refuses a proposal")
	}
}

func TestJunkIsAskedForByAReplica(t *testing.T) {
	t.Parallel()
	f := &flooder{attack: newTestAttack(t)}
	kinds := map[message.Type]bool{}
	for range 200 {
		m := f.junk()
		b := message.Encode(m)
		decoded, err := message.Decode(b, f.group.Params.Limits())
		if err == nil {
			kinds[decoded.Type()] = true
		} else if _, isNoise := m.(noise); !isNoise {
			t.Fatalf("%v: %v", m, err)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("of junk that is well formed there are the types %v, want 4", kinds)
	}
}

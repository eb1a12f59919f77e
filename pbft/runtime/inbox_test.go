package runtime

import (
	"sync"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

var (
	backup = message.ReplicaNode(1)
	alice  = message.ClientNode(message.ClientID{Principal: 1, Session: 1})
	bob    = message.ClientNode(message.ClientID{Principal: 2, Session: 1})
)

func inboxWith(peers ...message.Node) *inbox {
	b := newInbox()
	for _, p := range peers {
		b.open(p)
	}
	return b
}

func from(peer message.Node) pbft.Input { return pbft.Input{From: peer} }

// takeAll empties the inbox and returns who the inputs came from.
func takeAll(b *inbox) []message.Node {
	var all []message.Node
	for {
		in, ok := b.take()
		if !ok {
			return all
		}
		all = append(all, in.From)
	}
}

func TestReplicasComeFirst(t *testing.T) {
	t.Parallel()
	b := inboxWith(backup, alice)
	for _, peer := range []message.Node{alice, backup, alice, backup} {
		if !b.put(from(peer), 1) {
			t.Fatal("no room")
		}
	}
	want := []message.Node{backup, backup, alice, alice}
	for i, got := range takeAll(b) {
		if got != want[i] {
			t.Errorf("input %d is of %v, want %v", i, got, want[i])
		}
	}
	if !b.empty() {
		t.Error("not empty after all was taken")
	}
}

func TestReplicasDoNotStarveClients(t *testing.T) {
	t.Parallel()
	b := inboxWith(backup, alice)
	for range 3 * streak {
		b.put(from(backup), 1)
	}
	b.put(from(alice), 1)
	for i, peer := range takeAll(b) {
		if peer == alice {
			if i != streak {
				t.Errorf("the client's input came after %d others, want %d", i, streak)
			}
			return
		}
	}
	t.Error("the client's input never came")
}

func TestFullReplicaLaneDrops(t *testing.T) {
	t.Parallel()
	other := message.ReplicaNode(2)
	b := inboxWith(backup, other)
	for i := range replicaLaneInputs + 10 {
		if got, want := b.put(from(backup), 1), i < replicaLaneInputs; got != want {
			t.Fatalf("input %d: %v", i, got)
		}
	}
	if !b.put(from(other), 1) {
		t.Error("one replica's inputs take another's room")
	}
	if b.refused() != 10 {
		t.Errorf("%d refused, want 10", b.refused())
	}
	takeAll(b)
	if !b.put(from(backup), replicaLaneBytes+1) {
		t.Error("no room for one input of any size in an empty lane")
	}
	if b.put(from(backup), 1) {
		t.Error("room beyond the bytes of a lane")
	}
}

func TestFullClientLaneWaits(t *testing.T) {
	t.Parallel()
	b := inboxWith(alice, bob)
	for range clientLaneInputs {
		b.put(from(alice), 1)
	}
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if !b.put(from(alice), 1) {
			t.Error("dropped instead of waiting")
		}
	})
	awaitWaiting(b, alice)
	if !b.put(from(bob), 1) {
		t.Error("one client's inputs take another's room")
	}
	if _, ok := b.take(); !ok {
		t.Error("nothing to take")
	}
	waiting.Wait()
	if n := len(takeAll(b)); n != clientLaneInputs+1 {
		t.Errorf("%d inputs left, want %d", n, clientLaneInputs+1)
	}
}

func TestClosingLetsWaitingReadersGo(t *testing.T) {
	t.Parallel()
	b := inboxWith(alice)
	b.put(from(alice), clientLaneBytes)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if b.put(from(alice), 1) {
			t.Error("queued without room")
		}
	})
	awaitWaiting(b, alice)
	b.close()
	waiting.Wait()
}

func awaitWaiting(b *inbox, peer message.Node) {
	for waiting := false; !waiting; {
		b.mu.Lock()
		waiting = b.lanes[peer].waiting
		b.mu.Unlock()
	}
}

func TestOnlyConnectedPeersHaveALane(t *testing.T) {
	t.Parallel()
	b := inboxWith(alice)
	b.put(from(alice), 1)
	b.shut(alice)
	if b.put(from(alice), 1) || b.put(from(bob), 1) {
		t.Error("queued an input of a peer that is not connected")
	}
	b.open(alice) // connected again: what is queued still comes
	b.put(from(alice), 1)
	if n := len(takeAll(b)); n != 2 {
		t.Errorf("%d inputs, want 2", n)
	}
}

func TestFifoKeepsOrderAndLetsMemoryGo(t *testing.T) {
	t.Parallel()
	var f fifo[int]
	next, put := 0, 0
	for round := range 200 {
		for range round {
			f.push(put)
			put++
		}
		for f.len() > round/2 {
			if got := f.pop(); got != next {
				t.Fatalf("got %d, want %d", got, next)
			}
			next++
		}
	}
	for range 100 * fifoKeep {
		f.push(0)
	}
	for f.len() > 0 {
		f.pop()
	}
	if cap(f.slots) > fifoKeep {
		t.Errorf("an empty queue keeps %d slots", cap(f.slots))
	}
}

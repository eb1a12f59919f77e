package transport

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bfs/pbft/message"
)

// restless replaces connections all the time, and never ends one that is late.
var restless = Limits{KeyLifetime: 2 * time.Millisecond, KeyGrace: patience}

// streamBothWays sends numbered messages of many sizes in both directions until
// enough says so, and checks that all arrive in order.
func streamBothWays(t *testing.T, lower, higher *Endpoint, atLower, atHigher recorder, enough func() bool) {
	t.Helper()
	stop, counts := atomic.Bool{}, [2]int{}
	var senders, readers sync.WaitGroup
	for i, from := range []*Endpoint{lower, higher} {
		senders.Go(func() {
			for !stop.Load() {
				from.Send(replica(1-i), numbered(counts[i]))
				counts[i]++
				for from.Stats().Peers[replica(1-i)].QueuedMessages > 100 {
					runtime.Gosched()
				}
			}
			from.Send(replica(1-i), []byte("end"))
		})
	}
	for i, r := range []recorder{atHigher, atLower} {
		readers.Go(func() {
			for n := 0; ; n++ {
				a := <-r
				switch {
				case a.what == "received" && a.payload == "end":
					return
				case a.what != "received" || a.payload != string(numbered(n)):
					t.Errorf("replica %d: %s %.20q (%v) in place of message %d", 1-i, a.what, a.payload, a.reason, n)
					stop.Store(true)
					return
				}
			}
		})
	}
	for deadline := time.Now().Add(patience); !enough() && !stop.Load() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	stop.Store(true)
	senders.Wait()
	readers.Wait()
	if !enough() {
		t.Errorf("there were only %d connections", lower.Stats().Peers[replica(1)].Connections)
	}
	for i, e := range []*Endpoint{lower, higher} {
		s := e.Stats().Peers[replica(1-i)]
		if s.Dropped != (Drops{}) || s.Sent.Messages != uint64(counts[i]+1) {
			t.Errorf("replica %d has sent %d: %+v", i, counts[i]+1, s)
		}
	}
}

// numbered is a message that shows its place; some are large.
func numbered(n int) []byte {
	return fmt.Appendf(nil, "%d %s", n, strings.Repeat("x", n*n%5000+n%500/499*50_000))
}

// TestRefreshLosesNothing: while keys are replaced every few milliseconds all
// messages arrive, once and in order, and the Handler notices nothing.
func TestRefreshLosesNothing(t *testing.T) {
	t.Parallel()
	lower, higher, atLower, atHigher := pair(t, restless)
	streamBothWays(t, lower, higher, atLower, atHigher, func() bool {
		return lower.Stats().Peers[replica(1)].Connections > 8
	})
}

// TestRefreshAfterFrames: the number of frames wears keys out, too.
func TestRefreshAfterFrames(t *testing.T) {
	t.Parallel()
	const frames = 2000
	lower, _, _, atHigher := pair(t, Limits{KeyFrames: frames})
	sent := 0
	send := func() {
		lower.Send(replica(1), numbered(sent))
		sent++
	}
	for round := range uint64(4) {
		for range frames {
			send()
		}
		eventually(t, "the connection is replaced", func() bool {
			send() // some may still have gone to the one before
			return lower.Stats().Peers[replica(1)].Connections >= round+2
		})
	}
	for i := range sent {
		if got := atHigher.next(t, "received").payload; got != string(numbered(i)) {
			t.Fatalf("message %d is %.20q", i, got)
		}
	}
	if dropped := lower.Stats().Peers[replica(1)].Dropped; dropped != (Drops{}) {
		t.Errorf("%+v", dropped)
	}
}

// TestRefreshWithSlowHandler: what the Handler has not taken yet is delivered
// before what comes over the newer connection.
func TestRefreshWithSlowHandler(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newBlockingHandler()
	server := start(t, Config{Self: replica(0), Listener: listener, Handler: handler, Limits: restless})
	atClient := newRecorder()
	c := start(t, Config{
		Self: client(1, 1), Handler: atClient, Limits: restless,
		Peers: map[message.Node]string{replica(0): listener.Addr().String()},
	})
	handler.next(t, "connected")
	atClient.next(t, "connected")
	for round := range 5 {
		c.Send(replica(0), []byte("block"))
		awaitClosed(t, handler.entered, "nothing was received")
		for i := range 100 {
			c.Send(replica(0), fmt.Append(nil, i))
		}
		eventually(t, "the connection is being replaced", func() bool { return len(server.peers.lookup(client(1, 1)).inLine()) == 2 })
		c.Send(replica(0), []byte("after"))
		handler.release <- struct{}{}
		for i, want := range append(append([]string{"block"}, counted(100)...), "after") {
			if a := <-handler.recorder; a.what != "received" || a.payload != want {
				t.Fatalf("round %d, message %d: %s %q (%v), not %q", round, i, a.what, a.payload, a.reason, want)
			}
		}
	}
}

func counted(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprint(i))
	}
	return out
}

// TestPeerThatKeepsItsKeysIsCut by the side that cannot replace them.
func TestPeerThatKeepsItsKeysIsCut(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{KeyLifetime: 20 * time.Millisecond, KeyGrace: 10 * time.Millisecond},
	})
	lazy, _ := startClient(t, client(1, 1), listener) // refreshes after 15 minutes
	for range 3 {
		if a := handler.next(t, "disconnected"); !errors.Is(a.reason, ErrKeysOld) {
			t.Fatalf("disconnected because %v, not ErrKeysOld", a.reason)
		}
		handler.next(t, "connected") // it comes back with fresh keys
	}
	lazy.Close()
}

// TestPeerThatWearsItsKeysOutIsCut.
func TestPeerThatWearsItsKeysOutIsCut(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	start(t, Config{Self: replica(0), Listener: listener, Handler: handler, Limits: Limits{KeyFrames: 100}})
	conn := dialRaw(t, listener, client(1, 1))
	for i := range uint64(150) {
		_, _ = conn.Write(frameOf(i+1, []byte("x")))
	}
	for range 149 {
		handler.next(t, "received")
	}
	if a := <-handler; a.what != "disconnected" || !errors.Is(a.reason, ErrKeysOld) {
		t.Errorf("%s, because %v", a.what, a.reason)
	}
	gone(t, conn)
}

// TestHandOversThatNeverEnd: a peer that keeps old connections open while it
// opens newer ones has two at most.
func TestHandOversThatNeverEnd(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
	first := dialRaw(t, listener, client(1, 1))
	handler.next(t, "connected")
	second := dialSuccessor(t, listener, client(1, 1))
	_, _ = second.Write(frameOf(1, []byte("second")))
	_, _ = first.Write(frameOf(1, []byte("first")))
	if a := <-handler; a.payload != "first" {
		t.Fatalf("%s %q", a.what, a.payload)
	}
	third := dialSuccessor(t, listener, client(1, 1))
	gone(t, first)
	for _, want := range []string{"disconnected ", "connected ", "received second"} {
		if a := <-handler; fmt.Sprint(a.what, " ", a.payload) != want {
			t.Fatalf("%s %q, not %s", a.what, a.payload, want)
		}
	}
	third.Close()
	second.Close()
	if a := <-handler; a.what != "disconnected" && a.what != "connected" {
		t.Errorf("%s", a.what)
	}
	eventually(t, "the client leaves", func() bool { return len(e.Stats().Peers) == 0 })
}

// TestSuccessorThatDiesFirst: the Handler is told of the end, although nobody
// had its turn after the connection that handed over.
func TestSuccessorThatDiesFirst(t *testing.T) {
	t.Parallel()
	for round := range 20 {
		listener, handler := listen(t), newRecorder()
		e := start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
		first := dialRaw(t, listener, client(1, 1))
		handler.next(t, "connected")
		second := dialSuccessor(t, listener, client(1, 1))
		ends := []io.Closer{first, second}
		rand.Shuffle(2, func(i, j int) { ends[i], ends[j] = ends[j], ends[i] })
		ends[0].Close()
		ends[1].Close()
		handler.next(t, "disconnected")
		eventually(t, fmt.Sprint("the client leaves in round ", round), func() bool { return len(e.Stats().Peers) == 0 })
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefreshLeavesNothingBehind runs alone, since it counts the process's
// goroutines.
func TestRefreshLeavesNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	handshaker := &fakeHandshaker{self: client(1, 1)}
	for range 3 {
		listener, handler := listen(t), newRecorder()
		server := start(t, Config{Self: replica(0), Listener: listener, Handler: handler, Limits: restless})
		c := start(t, Config{
			Self: client(1, 1), Handshaker: handshaker, Limits: restless,
			Peers: map[message.Node]string{replica(0): listener.Addr().String()},
		})
		eventually(t, "keys are replaced", func() bool {
			c.Send(replica(0), []byte("x"))
			return server.Stats().Peers[client(1, 1)].Connections > 10
		})
		if err := errors.Join(c.Close(), server.Close()); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	if open := handshaker.links.Load(); open != 0 {
		t.Errorf("%d links are open", open)
	}
}

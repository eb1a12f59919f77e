package transport

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"bfs/pbft/message"
)

// TestCloseSendsWhatIsQueued: also what is still in the queue.
func TestCloseSendsWhatIsQueued(t *testing.T) {
	t.Parallel()
	lower, _, _, atHigher := pair(t, Limits{FlushTimeout: patience})
	const count = 200
	for i := range count {
		lower.Send(replica(1), fmt.Appendf(nil, "%d %s", i, make([]byte, 50<<10)))
	}
	if err := lower.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range count {
		if got := atHigher.next(t, "received").payload; got[:len(fmt.Sprint(i))] != fmt.Sprint(i) {
			t.Fatalf("message %d is %.10q", i, got)
		}
	}
	lower.Send(replica(1), []byte("late"))
	if got := lower.Stats().Peers[replica(1)]; got.Dropped != (Drops{Away: 1}) || got.Connected {
		t.Errorf("after Close: %+v", got)
	}
}

// TestCloseWithStuckPeers: peers that do not read, or do not finish their
// handshake, do not keep Close from returning.
func TestCloseWithStuckPeers(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{FlushTimeout: 50 * time.Millisecond, WriteTimeout: time.Hour, HandshakeTimeout: time.Hour},
	})
	dialRaw(t, listener, message.Node{})
	dialRaw(t, listener, client(1, 1)) // never reads
	handler.next(t, "connected")
	eventually(t, "its queue is full", func() bool {
		e.Send(client(1, 1), make([]byte, 1<<20))
		return e.Stats().Peers[client(1, 1)].Dropped.Full > 0
	})
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if a := handler.next(t, "disconnected"); !errors.Is(a.reason, ErrClosed) {
		t.Errorf("disconnected because %v, not ErrClosed", a.reason)
	}
	if e.Close() != nil {
		t.Error("closing again must give the same result")
	}
}

func TestCloseWithStuckHandler(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newBlockingHandler()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{FlushTimeout: 20 * time.Millisecond},
	})
	c, _ := startClient(t, client(1, 1), listener)
	c.Send(replica(0), []byte("block"))
	awaitClosed(t, handler.entered, "nothing was received")
	if err := e.Close(); !errors.Is(err, ErrStuck) {
		t.Errorf("closed with %v, not ErrStuck", err)
	}
	close(handler.release)
	handler.next(t, "disconnected")
}

// TestNoGoroutinesAreLeft runs alone, since it counts the process's
// goroutines.
func TestNoGoroutinesAreLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	handshakers := []*fakeHandshaker{{self: replica(0)}, {self: replica(1)}, {self: client(1, 1)}}
	for range 5 {
		listener, handler := listen(t), newRecorder()
		peers := map[message.Node]string{replica(0): listener.Addr().String(), replica(1): "127.0.0.1:1"}
		server := start(t, Config{Self: replica(0), Listener: listener, Peers: peers, Handler: handler, Handshaker: handshakers[0]})
		other := start(t, Config{Self: replica(1), Peers: peers, Handshaker: handshakers[1]})
		user := start(t, Config{Self: client(1, 1), Peers: peers, Handshaker: handshakers[2]})
		handler.next(t, "connected")
		handler.next(t, "connected")
		gone(t, dialRaw(t, listener, replica(9)))
		for _, e := range []*Endpoint{user, server, other} {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	eventually(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
	for _, h := range handshakers {
		if open := h.links.Load(); open != 0 {
			t.Errorf("%v has %d links open", h.self, open)
		}
	}
}

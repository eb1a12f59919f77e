package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"bfs/pbft/message"
)

func awaitClosed(t testing.TB, c <-chan struct{}, otherwise string) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatal(otherwise)
	}
}

// TestReconnectsAfterRestart: the dialling side comes back to a peer that has
// started again at its address.
func TestReconnectsAfterRestart(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	address := listener.Addr().String()
	peers := map[message.Node]string{replica(0): address, replica(1): ""}
	server := start(t, Config{Self: replica(0), Listener: listener, Peers: peers})
	handler := newRecorder()
	dialler := start(t, Config{Self: replica(1), Peers: peers, Handler: handler})
	for restart := range 3 {
		handler.next(t, "connected")
		server.Close()
		if a := handler.next(t, "disconnected"); !errors.Is(a.reason, io.EOF) {
			t.Errorf("restart %d: disconnected because %v, not io.EOF", restart, a.reason)
		}
		again, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		server = start(t, Config{Self: replica(0), Listener: again, Peers: peers})
	}
	handler.next(t, "connected")
	dialler.Send(replica(0), []byte("x"))
	if got := dialler.Stats().Peers[replica(0)].Connections; got != 4 {
		t.Errorf("%d connections, not 4", got)
	}
}

// TestBackoffGrowsAndStartsAgain: failures count up, until a connection
// has carried something.
func TestBackoffGrowsAndStartsAgain(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	asked, goOn := make(chan int), make(chan struct{})
	handshaker := &fickleHandshaker{fakeHandshaker: fakeHandshaker{self: replica(1)}}
	handshaker.fail.Store(3)
	handler := newRecorder()
	e := start(t, Config{
		Self: replica(1), Handler: handler, Handshaker: handshaker,
		Peers: map[message.Node]string{replica(0): listener.Addr().String()},
		Backoff: func(failures int) time.Duration {
			asked <- failures
			<-goOn
			return 0
		},
	})
	atServer := newRecorder()
	server := start(t, Config{
		Self: replica(0), Listener: listener, Peers: map[message.Node]string{replica(1): ""}, Handler: atServer,
	})
	for want := 1; want <= 3; want++ {
		if got := <-asked; got != want {
			t.Errorf("after %d failures, the backoff is asked for %d", want, got)
		}
		goOn <- struct{}{}
	}
	atServer.next(t, "connected")
	server.Send(replica(1), []byte("x"))
	handler.next(t, "received")
	server.Close()
	if got := <-asked; got != 1 {
		t.Errorf("after a connection, the backoff is asked for %d", got)
	}
	close(goOn)
	go func() {
		for range asked { // let it go on until it is closed
		}
	}()
	e.Close()
	close(asked)
}

// fickleHandshaker fails some times before it succeeds.
type fickleHandshaker struct {
	fakeHandshaker
	fail atomic.Int64
}

func (h *fickleHandshaker) Initiate(conn net.Conn, expect message.Node) (Link, error) {
	if h.fail.Add(-1) >= 0 {
		return nil, errors.New("not today")
	}
	return h.fakeHandshaker.Initiate(conn, expect)
}

func TestExponentialBackoff(t *testing.T) {
	t.Parallel()
	for failures := 1; failures < 100; failures++ {
		most := backoffMost
		if failures < 10 {
			most = min(most, backoffFirst<<(failures-1))
		}
		for range 20 {
			if d := exponentialBackoff(failures); d < most/2-1 || d > most {
				t.Errorf("after %d failures: %v, not between %v and %v", failures, d, most/2, most)
			}
		}
	}
}

// TestNewerConnectionReplacesOlder: and the handler sees one end before the
// other begins.
func TestNewerConnectionReplacesOlder(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
	old := dialRaw(t, listener, client(1, 1))
	handler.next(t, "connected")
	for i := range 20 {
		newer := dialRaw(t, listener, client(1, 1))
		if a := <-handler; a.what != "disconnected" || !errors.Is(a.reason, ErrReplaced) {
			t.Fatalf("%d: %s, %v", i, a.what, a.reason)
		}
		if a := <-handler; a.what != "connected" {
			t.Fatalf("%d: %s", i, a.what)
		}
		gone(t, old)
		old = newer
	}
	_, _ = old.Write(frameOf(1, []byte("here")))
	if got := handler.next(t, "received").payload; got != "here" {
		t.Errorf("received %q", got)
	}
	if s := e.Stats(); len(s.Peers) != 1 || s.Peers[client(1, 1)].Connections != 21 {
		t.Errorf("%+v", s.Peers)
	}
}

// blockingHandler does not return from Receive until it is told to.
type blockingHandler struct {
	recorder
	entered, release chan struct{}
}

func newBlockingHandler() *blockingHandler {
	return &blockingHandler{recorder: newRecorder(), entered: make(chan struct{}, 100), release: make(chan struct{})}
}

func (h *blockingHandler) Receive(from message.Node, payload []byte) {
	if string(payload) == "block" {
		h.entered <- struct{}{}
		<-h.release
	}
	h.recorder.Receive(from, payload)
}

// TestReplacedWhileReceiving: connections that come and go while the handler
// is busy with an earlier one neither pile up nor overtake it.
func TestReplacedWhileReceiving(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newBlockingHandler()
	e := start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
	first := dialRaw(t, listener, client(1, 1))
	_, _ = first.Write(frameOf(1, []byte("block")))
	awaitClosed(t, handler.entered, "nothing was received")
	var last net.Conn
	for range 10 {
		last = dialRaw(t, listener, client(1, 1))
	}
	_, _ = last.Write(frameOf(1, []byte("last")))
	eventually(t, "only the first and the last connection are left", func() bool {
		e.peers.mu.RLock()
		defer e.peers.mu.RUnlock()
		return e.peers.byNode[client(1, 1)].counters.connections.Load() == 11 && e.peers.byNode[client(1, 1)].connections == 2
	})
	close(handler.release)
	want := []string{"connected ", "received block", "disconnected ", "connected ", "received last"}
	for _, w := range want {
		if a := <-handler.recorder; fmt.Sprint(a.what, " ", a.payload) != w {
			t.Fatalf("%s %s, not %s", a.what, a.payload, w)
		}
	}
}

func TestBlockedReceiveHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newBlockingHandler()
	start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
	defer close(handler.release)
	busy, _ := startClient(t, client(1, 1), listener)
	busy.Send(replica(0), []byte("block"))
	awaitClosed(t, handler.entered, "nothing was received")
	busy.Send(replica(0), []byte("after"))
	other, _ := startClient(t, client(2, 1), listener)
	for i := range 1000 {
		other.Send(replica(0), fmt.Append(nil, i))
	}
	for i := range 1000 {
		if a := handler.next(t, "received"); a.peer != client(2, 1) || a.payload != fmt.Sprint(i) {
			t.Fatalf("message %d: %q of %v", i, a.payload, a.peer)
		}
	}
}

// TestSlowReaderHoldsUpNobodyElse: a peer that does not read fills its own
// queue, and what is sent to it then is dropped and counted.
func TestSlowReaderHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	const queueBytes = 4 << 20
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{Client: PeerLimits{QueueBytes: queueBytes}, WriteTimeout: time.Hour},
	})
	dialRaw(t, listener, client(1, 1)) // never reads
	handler.next(t, "connected")
	_, atReader := startClient(t, client(2, 1), listener)
	payload := make([]byte, 100<<10)
	stats := func() PeerStats { return e.Stats().Peers[client(1, 1)] }
	for sent := uint64(0); stats().Dropped.Full < 50; sent++ {
		e.Send(client(1, 1), payload)
		e.Send(client(2, 1), []byte("quick"))
		if got := atReader.next(t, "received").payload; got != "quick" {
			t.Fatalf("received %q", got)
		}
		if s := stats(); s.QueuedBytes > queueBytes {
			t.Fatalf("%d bytes are queued, and the limit is %d", s.QueuedBytes, queueBytes)
		}
	}
}

func TestStuckPeerIsDisconnected(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{WriteTimeout: 10 * time.Millisecond},
	})
	dialRaw(t, listener, client(1, 1)) // never reads
	handler.next(t, "connected")
	var sent uint64
	eventually(t, "the queue fills up, or the peer is given up", func() bool {
		for range 100 {
			e.Send(client(1, 1), make([]byte, 64<<10))
			sent++
		}
		s, ok := e.Stats().Peers[client(1, 1)]
		return !ok || !s.Connected || s.Dropped.Full > 0
	})
	handler.next(t, "disconnected")
	eventually(t, "it leaves the table", func() bool { return len(e.Stats().Peers) == 0 })
	s := e.Stats().Departed
	if all := s.Sent.Messages + s.Dropped.Lost + s.Dropped.Full + s.Dropped.Away; all != sent {
		t.Errorf("of %d messages %d are accounted for: %+v", sent, all, s)
	}
}

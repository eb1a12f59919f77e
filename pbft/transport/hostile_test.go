package transport

import (
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"

	"bfs/pbft/message"
)

// dialRaw connects to a listener and says hello as a node, and that it has no
// other connection; or nothing.
func dialRaw(t testing.TB, listener net.Listener, self message.Node) net.Conn {
	t.Helper()
	return dialAs(t, listener, self, opensAnew)
}

// dialSuccessor says that the node has another connection, which hands over,
// and waits until it is welcome.
func dialSuccessor(t testing.TB, listener net.Listener, self message.Node) net.Conn {
	t.Helper()
	conn := dialAs(t, listener, self, opensSuccessor)
	if _, err := io.ReadFull(conn, make([]byte, len(frameOf(0, nil)))); err != nil {
		t.Fatal(err)
	}
	return conn
}

func dialAs(t testing.TB, listener net.Listener, self message.Node, o opening) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if self != (message.Node{}) {
		if _, err := conn.Write(append(helloOf(self), frameOf(0, []byte{byte(o)})...)); err != nil {
			t.Fatal(err)
		}
		hello := make([]byte, len(helloOf(self)))
		if _, err := io.ReadFull(conn, hello); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// gone waits until the other side has closed the connection.
func gone(t testing.TB, conn net.Conn) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		close(ended)
	}()
	awaitClosed(t, ended, "the connection was not ended")
}

// TestHostileStreams: an authenticated peer that sends nonsense loses its
// connection, for the right reason, and what it sent before counts.
func TestHostileStreams(t *testing.T) {
	t.Parallel()
	first := frameOf(1, []byte("first"))
	flipped := frameOf(2, []byte("flipped"))
	flipped[6] ^= 1
	cases := map[string]struct {
		stream []byte
		want   error
	}{
		"closed":        {nil, io.EOF},
		"garbage":       {[]byte(strings.Repeat("GET / HTTP/1.1\r\n", 100)), ErrFrameTooLarge},
		"oversized":     {binary.BigEndian.AppendUint32(nil, defaultClientFrameBytes+1), ErrFrameTooLarge},
		"truncated":     {frameOf(2, []byte("truncated"))[:10], io.ErrUnexpectedEOF},
		"altered":       {flipped, ErrNotAuthentic},
		"replayed":      {first, ErrNotAuthentic},
		"out of order":  {frameOf(3, []byte("third")), ErrNotAuthentic},
		"zeroes":        {make([]byte, 1000), ErrNotAuthentic},
		"header halved": {[]byte{0, 0}, io.ErrUnexpectedEOF},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			listener, handler := listen(t), newRecorder()
			start(t, Config{Self: replica(0), Listener: listener, Handler: handler})
			conn := dialRaw(t, listener, client(1, 1))
			_, _ = conn.Write(first)
			if got := handler.next(t, "received").payload; got != "first" {
				t.Fatalf("received %q", got)
			}
			_, _ = conn.Write(c.stream)
			_ = conn.(*net.TCPConn).CloseWrite()
			if a := handler.next(t, "disconnected"); !errors.Is(a.reason, c.want) {
				t.Errorf("disconnected because %v, not %v", a.reason, c.want)
			}
			gone(t, conn)
		})
	}
}

// greedyHandshaker reads whatever a stranger sends.
type greedyHandshaker struct{ fakeHandshaker }

func (h *greedyHandshaker) Accept(conn net.Conn) (Link, error) {
	_, err := io.ReadAll(conn)
	if err == nil {
		err = io.EOF
	}
	return nil, err
}

func TestHandshakeIsBounded(t *testing.T) {
	t.Parallel()
	listener, logged := listen(t), &logLines{}
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handshaker: &greedyHandshaker{},
		Logger: slog.New(slog.NewTextHandler(logged, nil)),
	})
	conn := dialRaw(t, listener, message.Node{})
	_, _ = conn.Write(make([]byte, handshakeBytes+1))
	gone(t, conn)
	if got := e.Stats().Refused.Handshake; got != 1 {
		t.Errorf("%d handshakes refused", got)
	}
	eventually(t, "a log line tells who and why", func() bool {
		return strings.Contains(logged.String(), "refused connection from "+conn.LocalAddr().String()+": "+errHandshakeTooLong.Error())
	})
}

func TestUnexpectedPeersAreRefused(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	e := start(t, Config{
		Self: replica(1), Listener: listener,
		Peers: map[message.Node]string{replica(0): "127.0.0.1:1", replica(2): ""},
	})
	for i, stranger := range []message.Node{replica(0), replica(1), replica(3), {Kind: 9}} {
		gone(t, dialRaw(t, listener, stranger))
		if got := e.Stats().Refused.Unexpected; got != uint64(i+1) {
			t.Errorf("after %v: %d refused", stranger, got)
		}
	}
	dialRaw(t, listener, replica(2))
	eventually(t, "replica 2 is let in", func() bool { return e.Stats().Peers[replica(2)].Connected })
}

func TestClientsAreBounded(t *testing.T) {
	t.Parallel()
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{Clients: 3, PrincipalClients: 2},
	})
	first := dialRaw(t, listener, client(1, 1))
	dialRaw(t, listener, client(1, 2))
	gone(t, dialRaw(t, listener, client(1, 3))) // a third of one principal
	dialRaw(t, listener, client(2, 1))
	gone(t, dialRaw(t, listener, client(3, 1))) // a fourth in all
	if got := e.Stats().Refused.Clients; got != 2 {
		t.Errorf("%d clients refused, not 2", got)
	}
	first.Close()
	eventually(t, "the first client has left", func() bool { return len(e.Stats().Peers) == 2 })
	dialRaw(t, listener, client(1, 3))
	eventually(t, "its place is taken", func() bool { return e.Stats().Peers[client(1, 3)].Connected })
}

// logLines is a writer to read from at the same time.
type logLines struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *logLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *logLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}

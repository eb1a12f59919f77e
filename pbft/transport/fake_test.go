package transport

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"bfs/pbft/message"
)

// fakeHandshaker tells who it is, and believes what it is told.
type fakeHandshaker struct {
	self message.Node
	// links counts the links that are open.
	links atomic.Int64
}

const fakeHello = "hello"

var errFakeHello = errors.New("that is no hello")

func (h *fakeHandshaker) Initiate(conn net.Conn, expect message.Node) (Link, error) {
	if err := h.tell(conn); err != nil {
		return nil, err
	}
	link, err := h.listen(conn)
	if err == nil && link.Peer() != expect {
		link.Close()
		return nil, fmt.Errorf("expected %v and found %v", expect, link.Peer())
	}
	return link, err
}

func (h *fakeHandshaker) Accept(conn net.Conn) (Link, error) {
	link, err := h.listen(conn)
	if err != nil {
		return nil, err
	}
	if err := h.tell(conn); err != nil {
		link.Close()
		return nil, err
	}
	return link, nil
}

func (h *fakeHandshaker) tell(conn net.Conn) error {
	_, err := conn.Write(helloOf(h.self))
	return err
}

func helloOf(node message.Node) []byte {
	hello := append([]byte(fakeHello), byte(node.Kind))
	hello = binary.BigEndian.AppendUint32(hello, uint32(node.Replica))
	hello = binary.BigEndian.AppendUint32(hello, node.Client.Principal)
	return binary.BigEndian.AppendUint64(hello, node.Client.Session)
}

func (h *fakeHandshaker) listen(conn net.Conn) (Link, error) {
	hello := make([]byte, len(fakeHello)+17)
	if _, err := io.ReadFull(conn, hello); err != nil {
		return nil, err
	}
	fields := hello[len(fakeHello):]
	if string(hello[:len(fakeHello)]) != fakeHello {
		return nil, errFakeHello
	}
	h.links.Add(1)
	return &fakeLink{handshaker: h, peer: message.Node{
		Kind:    message.NodeKind(fields[0]),
		Replica: message.ReplicaID(binary.BigEndian.Uint32(fields[1:])),
		Client: message.ClientID{
			Principal: binary.BigEndian.Uint32(fields[5:]),
			Session:   binary.BigEndian.Uint64(fields[9:]),
		},
	}}, nil
}

// fakeLink has the frame's number and a checksum for a tag. Its fields are
// not atomic so that the race detector sees concurrent use.
type fakeLink struct {
	handshaker *fakeHandshaker
	peer       message.Node
	out, in    uint64
	closed     bool
}

func (l *fakeLink) Peer() message.Node { return l.peer }

func (l *fakeLink) Tag(payload []byte) [16]byte {
	if l.closed {
		panic("tag after close")
	}
	l.out++
	return fakeTag(l.out-1, payload)
}

func fakeTag(number uint64, payload []byte) (tag [16]byte) {
	binary.BigEndian.PutUint64(tag[:], number)
	binary.BigEndian.PutUint32(tag[8:], crc32.ChecksumIEEE(payload))
	return tag
}

func (l *fakeLink) Verify(payload []byte, tag [16]byte) error {
	if l.closed {
		panic("verify after close")
	}
	l.in++
	if fakeTag(l.in-1, payload) != tag {
		return fmt.Errorf("frame %d has a wrong tag", l.in-1)
	}
	return nil
}

func (l *fakeLink) Close() {
	if l.closed {
		panic("closed twice")
	}
	l.closed = true
	l.handshaker.links.Add(-1)
}

// arrival is a call of a recorder's method.
type arrival struct {
	what    string // "connected", "received", "disconnected"
	peer    message.Node
	payload string
	reason  error
}

// recorder is a Handler that passes its calls on to a channel.
type recorder chan arrival

func newRecorder() recorder { return make(recorder, 1<<16) }

func (r recorder) Connected(peer message.Node) {
	r <- arrival{what: "connected", peer: peer}
}

func (r recorder) Receive(from message.Node, payload []byte) {
	r <- arrival{what: "received", peer: from, payload: string(payload)}
}

func (r recorder) Disconnected(peer message.Node, reason error) {
	r <- arrival{what: "disconnected", peer: peer, reason: reason}
}

// patience ends tests that would hang; no test passes by waiting for it.
const patience = 20 * time.Second

// next returns the next call of this kind, and skips others.
func (r recorder) next(t testing.TB, what string) arrival {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case a := <-r:
			if a.what == what {
				return a
			}
		case <-timeout:
			t.Fatalf("the handler was never told %q", what)
		}
	}
}

// eventually waits for a condition that no callback announces.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

// start makes an endpoint of the config, with a fake handshaker, a silent
// logger and a quick backoff unless it has others.
func start(t testing.TB, config Config) *Endpoint {
	t.Helper()
	if config.Handshaker == nil {
		config.Handshaker = &fakeHandshaker{self: config.Self}
	}
	if config.Handler == nil {
		config.Handler = newRecorder()
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.Backoff == nil {
		config.Backoff = func(int) time.Duration { return time.Millisecond }
	}
	e, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func replica(i int) message.Node { return message.ReplicaNode(message.ReplicaID(i)) }

func client(principal, session int) message.Node {
	return message.ClientNode(message.ClientID{Principal: uint32(principal), Session: uint64(session)})
}

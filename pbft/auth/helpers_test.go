package auth

import (
	"io"
	"net"
	"sync"
	"testing"

	"bfs/pbft/message"
)

const testCluster = "9f2c6a10"

// world is a cluster's worth of identities and the directory of them.
type world struct {
	identities map[message.Node]*Identity // a client's under session 0
	directory  *Directory
}

func newWorld(t testing.TB, replicas, clients int) *world {
	t.Helper()
	w := &world{
		identities: map[message.Node]*Identity{},
		directory:  &Directory{Cluster: testCluster, Clients: map[uint32]PublicKey{}},
	}
	for i := range replicas {
		id := newIdentity(t)
		w.identities[message.ReplicaNode(message.ReplicaID(i))] = id
		w.directory.Replicas = append(w.directory.Replicas, id.Public())
	}
	for i := range clients {
		id := newIdentity(t)
		w.identities[client(uint32(i), 0)] = id
		w.directory.Clients[uint32(i)] = id.Public()
	}
	return w
}

func newIdentity(t testing.TB) *Identity {
	t.Helper()
	id, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) at(n message.Node) *Handshaker {
	owner := n
	owner.Client.Session = 0
	return &Handshaker{Self: n, Identity: w.identities[owner], Directory: w.directory}
}

func replica(i message.ReplicaID) message.Node { return message.ReplicaNode(i) }

func client(principal uint32, session uint64) message.Node {
	return message.ClientNode(message.ClientID{Principal: principal, Session: session})
}

// outcome is how a handshake went at both ends.
type outcome struct {
	initiator, responder *Link
	initErr, respErr     error
	forth, back          []byte // all that each side sent
}

// shake runs a handshake between two handshakers. Each end closes its
// connection when it fails, as the transport does. tamper, if given, sees
// every write before it is delivered.
func shake(from, to *Handshaker, expect message.Node, tamper func(back bool, offset int, b []byte)) outcome {
	a, b := newWire(tamper)
	var o outcome
	var done sync.WaitGroup
	done.Go(func() {
		o.responder, o.respErr = to.Accept(b)
		if o.respErr != nil {
			b.Close()
		}
	})
	o.initiator, o.initErr = from.Initiate(a, expect)
	if o.initErr != nil {
		a.Close()
	}
	done.Wait()
	o.forth, o.back = a.sent, b.sent
	return o
}

// links makes the two ends of a good link.
func links(t testing.TB, w *world, from, to message.Node) (*Link, *Link) {
	t.Helper()
	o := shake(w.at(from), w.at(to), to, nil)
	if o.initErr != nil || o.respErr != nil {
		t.Fatalf("handshake from %v to %v: %v; %v", from, to, o.initErr, o.respErr)
	}
	return o.initiator, o.responder
}

// end is one end of an in-memory connection that buffers what is written.
type end struct {
	in, out *stream
	sent    []byte
	tamper  func(offset int, b []byte)
}

func newWire(tamper func(back bool, offset int, b []byte)) (*end, *end) {
	forth, back := newStream(), newStream()
	a, b := &end{in: back, out: forth}, &end{in: forth, out: back}
	if tamper != nil {
		a.tamper = func(offset int, b []byte) { tamper(false, offset, b) }
		b.tamper = func(offset int, b []byte) { tamper(true, offset, b) }
	}
	return a, b
}

func (e *end) Read(p []byte) (int, error) { return e.in.Read(p) }

func (e *end) Write(p []byte) (int, error) {
	b := append([]byte(nil), p...)
	if e.tamper != nil {
		e.tamper(len(e.sent), b)
	}
	e.sent = append(e.sent, b...)
	return e.out.Write(b)
}

func (e *end) Close() {
	e.in.Close()
	e.out.Close()
}

type stream struct {
	mu     sync.Mutex
	cond   *sync.Cond
	data   []byte
	closed bool
}

func newStream() *stream {
	s := &stream{}
	s.cond = sync.NewCond(&s.mu)
	return s
}

func (s *stream) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.data) == 0 && !s.closed {
		s.cond.Wait()
	}
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, net.ErrClosed
	}
	s.data = append(s.data, p...)
	s.cond.Broadcast()
	return len(p), nil
}

func (s *stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.cond.Broadcast()
}

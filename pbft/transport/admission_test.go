package transport

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"bfs/pbft/message"
)

// fakeConn is a connection from an address, which notes its end.
type fakeConn struct {
	net.Conn
	from   string
	closed bool
}

func (c *fakeConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.from))
}

func (c *fakeConn) Close() error {
	c.closed = true
	return nil
}

func TestAdmissionOustsTheOldest(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		arrivals []string
		ousted   []int
	}{
		"below the limits":  {[]string{"10.0.0.1:1", "10.0.0.1:2", "10.0.0.2:1"}, nil},
		"share":             {[]string{"10.0.0.9:1", "10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3"}, []int{1}},
		"share twice":       {[]string{"10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.1:4"}, []int{0, 1}},
		"total":             {[]string{"10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1", "10.0.0.4:1", "10.0.0.5:1"}, []int{0}},
		"mapped IPv4":       {[]string{"10.0.0.1:1", "[::ffff:10.0.0.1]:2", "10.0.0.1:3"}, []int{0}},
		"one IPv6 network":  {[]string{"[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1"}, []int{0}},
		"two IPv6 networks": {[]string{"[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", "[2001:db8:0:1::2]:1"}, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAdmission(&Limits{Handshakes: 4, AddressHandshakes: 2})
			conns, ousted := enterAll(t, a, c.arrivals)
			if !slices.Equal(ousted, c.ousted) {
				t.Errorf("ousted %v, not %v", ousted, c.ousted)
			}
			if a.size() != len(conns)-len(ousted) {
				t.Errorf("%d strangers are left", a.size())
			}
		})
	}
}

// enterAll lets connections in, one after the other; those that must go for
// the next one leave before it enters.
func enterAll(t *testing.T, a *admission, arrivals []string) (conns []*fakeConn, ousted []int) {
	var strangers []*stranger
	for _, from := range arrivals {
		conn := &fakeConn{from: from}
		a.makeRoom(origin(conn.RemoteAddr()))
		for i, s := range strangers {
			if conns[i].closed && !slices.Contains(ousted, i) {
				ousted = append(ousted, i)
				if !a.leave(s) {
					t.Errorf("connection %d was closed, and does not count as ousted", i)
				}
			}
		}
		s, ok := a.enter(conn, nil)
		if !ok {
			t.Fatal("not let in")
		}
		conns, strangers = append(conns, conn), append(strangers, s)
	}
	return conns, ousted
}

func TestAdmissionWaitsForPlaces(t *testing.T) {
	t.Parallel()
	a := newAdmission(&Limits{Handshakes: 1, AddressHandshakes: 1})
	old := &fakeConn{from: "10.0.0.1:1"}
	s, _ := a.enter(old, nil)
	stopped := make(chan struct{})
	close(stopped)
	if _, ok := a.enter(&fakeConn{from: "10.0.0.2:1"}, stopped); ok {
		t.Fatal("let in although the ousted one's goroutine has not ended")
	}
	if !old.closed || !a.leave(s) {
		t.Fatal("the old one was not ousted")
	}
	if _, ok := a.enter(&fakeConn{from: "10.0.0.2:1"}, nil); !ok {
		t.Fatal("not let in although there is room")
	}
}

// TestFloodOfStrangers: whoever opens connections and says nothing keeps a
// bounded number, and does not keep others out.
func TestFloodOfStrangers(t *testing.T) {
	t.Parallel()
	const flood, share = 100, 8
	listener, handler := listen(t), newRecorder()
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: handler,
		Limits: Limits{Handshakes: 16, AddressHandshakes: share, HandshakeTimeout: time.Hour},
	})
	for range flood {
		dialRaw(t, listener, message.Node{})
	}
	eventually(t, "the oldest are ousted", func() bool { return e.Stats().Refused.Ousted == flood-share })
	if got := e.Stats().Handshakes; got != share {
		t.Errorf("%d strangers are kept, not %d", got, share)
	}
	c, _ := startClient(t, client(1, 1), listener)
	c.Send(replica(0), []byte("through"))
	if got := handler.next(t, "received").payload; got != "through" {
		t.Errorf("received %q", got)
	}
}

func TestSilentStrangerRunsOutOfTime(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	e := start(t, Config{
		Self: replica(0), Listener: listener, Handler: newRecorder(),
		Limits: Limits{HandshakeTimeout: time.Millisecond},
	})
	gone(t, dialRaw(t, listener, message.Node{}))
	eventually(t, "the refusal is counted", func() bool { return e.Stats().Refused.Handshake == 1 })
}

// tiredListener fails as one does that is out of file descriptors.
type tiredListener struct {
	net.Listener
	failures chan error
}

func (l *tiredListener) Accept() (net.Conn, error) {
	select {
	case err := <-l.failures:
		return nil, err
	default:
		return l.Listener.Accept()
	}
}

func TestAcceptErrorsAreSurvived(t *testing.T) {
	t.Parallel()
	listener := &tiredListener{Listener: listen(t), failures: make(chan error, 3)}
	for range cap(listener.failures) {
		listener.failures <- errors.New("accept: too many open files")
	}
	start(t, Config{Self: replica(0), Listener: listener, Handler: newRecorder()})
	startClient(t, client(1, 1), listener)
	if len(listener.failures) != 0 {
		t.Error("the failures were not met")
	}
}

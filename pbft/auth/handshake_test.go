package auth

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"bfs/pbft/message"
)

func TestHandshakeTellsBothEndsWhoTheOtherIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 2)
	for _, pair := range [][2]message.Node{
		{replica(3), replica(0)},
		{replica(0), replica(3)},
		{client(0, 0), replica(1)},
		{client(1, 1<<63), replica(3)},
		{replica(2), client(1, 7)},
	} {
		a, b := links(t, w, pair[0], pair[1])
		if a.Peer() != pair[1] || b.Peer() != pair[0] {
			t.Errorf("%v: ends believe to speak with %v and %v", pair, a.Peer(), b.Peer())
		}
		for i, payload := range []string{"first", "", "third"} {
			if err := b.Verify([]byte(payload), a.Tag([]byte(payload))); err != nil {
				t.Errorf("%v: frame %d forth: %v", pair, i, err)
			}
			if err := a.Verify([]byte(payload), b.Tag([]byte(payload))); err != nil {
				t.Errorf("%v: frame %d back: %v", pair, i, err)
			}
		}
	}
}

// refusalCase is a handshake that must fail.
type refusalCase struct {
	name       string
	from, to   *Handshaker
	expect     message.Node
	init, resp error  // resp nil: the responder saw only the connection end
	says       string // in the error of the side that decides
}

func TestHandshakeRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 1)
	for _, test := range append(wrongKeys(w, newIdentity(t)), wrongNames(w)...) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := shake(test.from, test.to, test.expect, nil)
			checkRefusal(t, "initiator", o.initiator, o.initErr, test.init)
			decider := o.initErr
			if test.resp != nil {
				checkRefusal(t, "responder", o.responder, o.respErr, test.resp)
				decider = o.respErr
			} else if o.responder != nil {
				t.Error("the responder accepted")
			}
			if !strings.Contains(decider.Error(), test.says) {
				t.Errorf("error %q does not say %q", decider, test.says)
			}
		})
	}
}

// with is the node's handshaker with something changed.
func (w *world) with(n message.Node, change func(*Handshaker)) *Handshaker {
	h := w.at(n)
	change(h)
	return h
}

// wrongKeys are peers who are known but do not hold their key.
func wrongKeys(w *world, impostor *Identity) []refusalCase {
	steal := func(h *Handshaker) { h.Identity = impostor }
	return []refusalCase{
		{
			name: "replica that calls", expect: replica(0), from: w.with(replica(2), steal), to: w.at(replica(0)),
			init: ErrRefused, resp: ErrWrongKey,
			says: "says it is replica 2 but does not hold replica 2's key",
		}, {
			name: "client that calls", expect: replica(0), from: w.with(client(0, 5), steal), to: w.at(replica(0)),
			init: ErrWrongKey, resp: ErrWrongKey,
			says: "says it is client 0/5 but does not hold client 0's key",
		}, {
			name: "replica that is called", expect: replica(0), from: w.at(client(0, 5)), to: w.with(replica(0), steal),
			init: ErrWrongKey,
			says: "says it is replica 0 but does not hold replica 0's key",
		},
	}
}

// wrongNames are peers who are not known, not meant, or of another cluster.
func wrongNames(w *world) []refusalCase {
	elsewhere, bare := *w.directory, *w.directory
	elsewhere.Cluster = "another"
	bare.Replicas, bare.Clients = w.directory.Replicas[:3:3], nil
	move := func(h *Handshaker) { h.Directory = &elsewhere }
	forget := func(h *Handshaker) { h.Directory = &bare }
	return []refusalCase{
		{
			name: "unknown client", expect: replica(0), to: w.at(replica(0)),
			from: w.with(client(0, 5), func(h *Handshaker) { h.Self.Client.Principal = 9 }),
			init: ErrRefused, resp: ErrUnknownPeer, says: "has no key for client 9",
		}, {
			name: "unknown replica", expect: replica(0), from: w.at(replica(3)), to: w.with(replica(0), forget),
			init: ErrUnknownPeer, resp: ErrUnknownPeer, says: "has no key for replica 3",
		}, {
			name: "responder that the initiator does not know", expect: replica(3), from: w.with(client(0, 5), forget), to: w.at(replica(3)),
			init: ErrUnknownPeer, says: "has no key for replica 3",
		}, {
			name: "somebody who says it is us", expect: replica(1), from: w.at(replica(1)), to: w.at(replica(1)),
			init: ErrRefused, resp: ErrUnknownPeer, says: "which is us",
		}, {
			name: "nobody", expect: replica(0), to: w.at(replica(0)),
			from: w.with(replica(2), func(h *Handshaker) { h.Self = message.Node{} }),
			init: ErrRefused, resp: ErrNotBFS, says: "does not say who it is",
		}, {
			name: "another replica than expected", expect: replica(0), from: w.at(client(0, 5)), to: w.at(replica(1)),
			init: ErrRefused, resp: ErrWrongPeer, says: "wants replica 0, but we are replica 1",
		}, {
			name: "another cluster", expect: replica(0), from: w.with(client(0, 5), move), to: w.at(replica(0)),
			init: ErrWrongCluster, resp: ErrWrongCluster, says: "compare the cluster ids",
		},
	}
}

func checkRefusal(t *testing.T, side string, l *Link, err, want error) {
	t.Helper()
	if l != nil || !errors.Is(err, want) {
		t.Fatalf("%s: got link %v and error %v, want %v", side, l, err, want)
	}
	if he := (*HandshakeError)(nil); !errors.As(err, &he) {
		t.Errorf("%s: error is a %T, want a HandshakeError", side, err)
	}
}

func TestAnotherVersionIsRefusedBeforeMoreIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 0)
	for _, test := range []struct {
		prelude string
		want    error
		verdict verdict
	}{
		{magic + "\x00\x01", ErrVersion, refusedVersion},
		{"GET / HTTP/1.1", ErrNotBFS, refusedNotBFS},
	} {
		a, b := newWire(nil)
		if _, err := a.Write([]byte(test.prelude)); err != nil {
			t.Fatal(err)
		}
		_, err := w.at(replica(0)).Accept(b) // would wait for ever for the rest
		checkRefusal(t, "responder", nil, err, test.want)
		if len(b.sent) != 1 || verdict(b.sent[0]) != test.verdict {
			t.Errorf("answered %x, want only verdict %d", b.sent, test.verdict)
		}
	}
}

func TestInitiatorMeetsSomethingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 0)
	for text, want := range map[string]error{
		"HTTP/1.1 400 Bad Request\r\n":        ErrNotBFS,
		"":                                    io.EOF,
		"\x00 too short":                      io.ErrUnexpectedEOF,
		"\x00" + strings.Repeat("zero", 1000): ErrWrongKey,
	} {
		a, b := newWire(nil)
		if _, err := b.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		b.out.Close()
		_, err := w.at(replica(1)).Initiate(a, replica(0))
		checkRefusal(t, "initiator", nil, err, want)
	}
}

func TestErrorsNameTheAddress(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := newWorld(t, 2, 0).at(replica(1)).Initiate(conn, replica(0)); err == nil ||
		!strings.Contains(err.Error(), listener.Addr().String()) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want net.ErrClosed and the address %v", err, listener.Addr())
	}
}

// Each byte of each message, changed in each of two ways: never do both ends
// accept, and neither accepts where what it received before was changed.
func TestHandshakeNoticesEveryChangedByte(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 2)
	from, to := w.at(client(1, 77)), w.at(replica(2))
	good := shake(from, to, to.Self, nil)
	if len(good.forth) != helloSize+proofSize || len(good.back) != answerSize+verdictSize+confirmSize {
		t.Fatalf("a handshake is %d bytes forth and %d back", len(good.forth), len(good.back))
	}
	for _, flip := range []byte{0x01, 0x80} {
		for i := range good.forth {
			o := shake(from, to, to.Self, flipAt(false, i, flip))
			if o.initErr == nil || o.respErr == nil {
				t.Errorf("byte %d of the initiator's changed by %#x: %v; %v", i, flip, o.initErr, o.respErr)
			}
		}
		for i := range good.back {
			o := shake(from, to, to.Self, flipAt(true, i, flip))
			if o.initErr == nil || (i < answerSize && o.respErr == nil) {
				t.Errorf("byte %d of the responder's changed by %#x: %v; %v", i, flip, o.initErr, o.respErr)
			}
		}
	}
}

// flipAt changes one byte of all that one side sends.
func flipAt(back bool, position int, flip byte) func(bool, int, []byte) {
	return func(b bool, offset int, p []byte) {
		if i := position - offset; b == back && 0 <= i && i < len(p) {
			p[i] ^= flip
		}
	}
}

func TestRecordedHandshakesAreUseless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 1)
	from, to := w.at(client(0, 1)), w.at(replica(0))
	recorded := shake(from, to, to.Self, nil)

	a, b := newWire(nil)
	if _, err := a.Write(recorded.forth); err != nil {
		t.Fatal(err)
	}
	_, err := to.Accept(b)
	checkRefusal(t, "responder to a replay", nil, err, ErrWrongKey)

	a, b = newWire(nil)
	if _, err := b.Write(recorded.back); err != nil {
		t.Fatal(err)
	}
	_, err = from.Initiate(a, to.Self)
	checkRefusal(t, "initiator of a replay", nil, err, ErrWrongKey)
}

// An attacker that has no key sends a replica's own messages back to it, or
// carries the messages of one handshake into another.
func TestReflectedAndCrossedMessagesAreUseless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 0)
	a, _ := newWire(nil)
	a.in = a.out // what is sent comes back
	_, err := w.at(replica(1)).Initiate(a, replica(0))
	checkRefusal(t, "initiator that hears itself", nil, err, ErrNotBFS)

	// Replica 1 calls replica 0; the attacker poses as replica 0 and lets
	// replica 0 call replica 1 to have something signed by it.
	other := shake(w.at(replica(0)), w.at(replica(1)), replica(1), nil)
	proof := other.forth[helloSize:]
	answer := append([]byte{byte(accepted)}, other.forth[helloSize-shareSize:helloSize]...)
	a, b := newWire(nil)
	if _, err := b.Write(append(answer, proof...)); err != nil {
		t.Fatal(err)
	}
	_, err = w.at(replica(1)).Initiate(a, replica(0))
	checkRefusal(t, "initiator with a proof for an answer", nil, err, ErrWrongKey)
}

func TestEachHandshakeHasItsOwnKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 0)
	a1, _ := links(t, w, replica(1), replica(0))
	a2, b2 := links(t, w, replica(1), replica(0))
	payload := []byte("the same frame")
	t1, t2 := a1.Tag(payload), a2.Tag(payload)
	if bytes.Equal(t1[:], t2[:]) {
		t.Error("two connections give one frame the same tag")
	}
	if err := b2.Verify(payload, t1); !errors.Is(err, ErrBadTag) {
		t.Errorf("a frame of another connection: %v", err)
	}
}

func FuzzAccept(f *testing.F) {
	w := newWorld(f, 4, 1)
	good := shake(w.at(client(0, 1)), w.at(replica(0)), replica(0), nil)
	f.Add(good.forth)
	f.Add(good.forth[:helloSize])
	f.Add([]byte(magic))
	f.Add([]byte{})
	to := w.at(replica(0))
	f.Fuzz(func(t *testing.T, input []byte) {
		a, b := newWire(nil)
		if _, err := a.Write(input); err != nil {
			t.Fatal(err)
		}
		a.out.Close()
		if link, err := to.Accept(b); err == nil {
			t.Fatalf("accepted %x as %v", input, link.Peer())
		}
	})
}

func FuzzInitiate(f *testing.F) {
	w := newWorld(f, 4, 1)
	from := w.at(client(0, 1))
	f.Add(shake(from, w.at(replica(0)), replica(0), nil).back)
	f.Add([]byte{byte(refusedKey)})
	f.Add([]byte{0xff})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, input []byte) {
		a, b := newWire(nil)
		if _, err := b.Write(input); err != nil {
			t.Fatal(err)
		}
		b.out.Close()
		if link, err := from.Initiate(a, replica(0)); err == nil {
			t.Fatalf("took %x for %v", input, link.Peer())
		}
	})
}

func BenchmarkHandshake(b *testing.B) {
	w := newWorld(b, 2, 0)
	from, to := w.at(replica(1)), w.at(replica(0))
	for b.Loop() {
		if o := shake(from, to, to.Self, nil); o.initErr != nil || o.respErr != nil {
			b.Fatal(o.initErr, o.respErr)
		}
	}
}

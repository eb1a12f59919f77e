package auth

import (
	"errors"
	"io"
	"testing"
	"time"

	"bfs/pbft/message"
)

// refreshed is a session at a replica whose keys are replaced time and again.
type refreshed struct {
	t    *testing.T
	w    *world
	who  message.Node
	now  time.Time
	keys *RequestKeys
	ring *Keyring
}

func newRefreshed(t *testing.T, overlap time.Duration) *refreshed {
	x := &refreshed{t: t, w: newWorld(t, 1, 1), who: client(0, 3), now: time.Unix(1e9, 0), keys: NewRequestKeys(1)}
	x.ring = NewKeyring(KeyringConfig{SessionsPerPrincipal: 2, Overlap: overlap, Now: func() time.Time { return x.now }})
	return x
}

// link makes a link whose keys both sides have, with the request that the
// client authenticates by it.
func (x *refreshed) link() (*Link, message.Authenticator) {
	x.t.Helper()
	from, to := x.w.at(x.who), x.w.at(replica(0))
	from.Keys, to.Keys = x.keys, x.ring
	o := shake(from, to, replica(0), nil)
	if o.initErr != nil || o.respErr != nil {
		x.t.Fatal(o.initErr, o.respErr)
	}
	return o.responder, x.keys.Authenticate(message.Digest{9})
}

// check says which of the requests are to be accepted.
func (x *refreshed) check(when string, want map[*message.Authenticator]bool) {
	x.t.Helper()
	for auth, ok := range want {
		if x.ring.Check(x.who.Client, message.Digest{9}, *auth) != ok {
			x.t.Errorf("%s: a request is accepted: %v, want %v", when, !ok, ok)
		}
	}
}

// TestPreviousKeyOverlaps: what was authenticated with the key before is
// accepted while its link lasts and for the overlap after that, and what came
// before it is not.
func TestPreviousKeyOverlaps(t *testing.T) {
	t.Parallel()
	x := newRefreshed(t, time.Minute)
	first, a := x.link()
	second, b := x.link()
	x.now = x.now.Add(time.Hour) // both links last
	x.check("two links", map[*message.Authenticator]bool{&a: true, &b: true})
	x.ring.Drop(first)
	x.now = x.now.Add(time.Minute - 1)
	x.check("in the overlap", map[*message.Authenticator]bool{&a: true, &b: true})
	x.now = x.now.Add(1)
	x.check("after the overlap", map[*message.Authenticator]bool{&a: false, &b: true})
	_, c := x.link()
	x.check("a third link", map[*message.Authenticator]bool{&a: false, &b: true, &c: true})
	x.ring.Drop(second)
	_, d := x.link()
	x.check("a fourth link", map[*message.Authenticator]bool{&a: false, &b: false, &c: true, &d: true})
}

// TestLapsedKeysAreForgotten, not only refused.
func TestLapsedKeysAreForgotten(t *testing.T) {
	t.Parallel()
	x := newRefreshed(t, time.Minute)
	first, _ := x.link()
	second, b := x.link()
	x.ring.Drop(first)
	x.now = x.now.Add(30 * time.Second)
	x.ring.Drop(first) // nothing: it has ended
	x.now = x.now.Add(30 * time.Second)
	x.ring.Drop(&Link{peer: client(0, 99)}) // whatever happens next
	if k := x.ring.keys[x.who.Client]; k.previous != nil || k.current == nil || !x.ring.next.IsZero() {
		t.Errorf("%+v", k)
	}
	x.check("with the last link", map[*message.Authenticator]bool{&b: true})
	x.ring.Drop(second)
	if len(x.ring.keys) != 0 || len(x.ring.sessions) != 0 {
		t.Error("keys are held without a link")
	}
}

// TestRefreshThatFails: if the newer link ends first, the older one's key is
// the current one again, without an end.
func TestRefreshThatFails(t *testing.T) {
	t.Parallel()
	x := newRefreshed(t, time.Minute)
	first, a := x.link()
	second, b := x.link()
	x.ring.Drop(second)
	x.now = x.now.Add(time.Hour)
	x.check("the newer has ended", map[*message.Authenticator]bool{&a: true, &b: false})
	x.ring.Drop(first)
	x.check("both have ended", map[*message.Authenticator]bool{&a: false, &b: false})
}

// confirming is a connection that looks at the ring when the confirmation is
// written, and fails if told to.
type confirming struct {
	io.ReadWriter
	look func()
	fail bool
}

func (c *confirming) Write(b []byte) (int, error) {
	if len(b) == verdictSize+confirmSize {
		c.look()
		if c.fail {
			return 0, errors.New("broken")
		}
	}
	return c.ReadWriter.Write(b)
}

// TestKeyIsThereBeforeItIsConfirmed, so that no request comes too early for it;
// and goes if it cannot be confirmed.
func TestKeyIsThereBeforeItIsConfirmed(t *testing.T) {
	t.Parallel()
	for _, fail := range []bool{false, true} {
		x := newRefreshed(t, time.Minute)
		a, b := newWire(nil)
		held := 0
		conn := &confirming{ReadWriter: b, fail: fail, look: func() { held = len(x.ring.keys) }}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer b.Close()
			to := x.w.at(replica(0))
			to.Keys = x.ring
			if _, err := to.Accept(conn); (err != nil) != fail {
				t.Error(err)
			}
		}()
		if _, err := x.w.at(x.who).Initiate(a, replica(0)); (err != nil) != fail {
			t.Error(err)
		}
		<-ended
		if want := map[bool]int{false: 1}[fail]; held != 1 || len(x.ring.keys) != want {
			t.Errorf("%d keys when it was confirmed, %d after", held, len(x.ring.keys))
		}
	}
}

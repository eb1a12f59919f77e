package auth

import (
	"sync"
	"testing"

	"bfs/pbft/message"
)

// rings links a client session to replicas and gives each side its keys.
func rings(t testing.TB, w *world, who message.Node, replicas ...message.ReplicaID) (*RequestKeys, map[message.ReplicaID]*Keyring) {
	t.Helper()
	keys := NewRequestKeys(len(w.directory.Replicas))
	held := map[message.ReplicaID]*Keyring{}
	for _, i := range replicas {
		a, b := links(t, w, who, replica(i))
		keys.Put(a)
		held[i] = NewKeyring(KeyringConfig{Replica: i, SessionsPerPrincipal: 4})
		held[i].Put(b)
	}
	return keys, held
}

func TestEachReplicaChecksItsOwnEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4, 1)
	who := client(0, 3)
	keys, held := rings(t, w, who, 0, 1, 2) // no link to replica 3
	digest := message.Digest{1, 2, 3}
	auth := keys.Authenticate(digest)
	if len(auth) != 4 || auth[3] != (message.MAC{}) {
		t.Fatalf("authenticator %x: want 4 entries, the last zero", auth)
	}
	for i, ring := range held {
		if !ring.Check(who.Client, digest, auth) {
			t.Errorf("replica %d refuses its entry", i)
		}
		if ring.Check(who.Client, message.Digest{1, 2, 4}, auth) {
			t.Errorf("replica %d accepts another digest", i)
		}
		if ring.Check(message.ClientID{Principal: 0, Session: 4}, digest, auth) {
			t.Errorf("replica %d accepts another session", i)
		}
		for j := range auth {
			bad := append(message.Authenticator(nil), auth...)
			bad[j][j] ^= 1
			if got, want := ring.Check(who.Client, digest, bad), message.ReplicaID(j) != i; got != want {
				t.Errorf("replica %d with entry %d changed: %v", i, j, got)
			}
		}
		for n := range int(i) + 1 {
			if ring.Check(who.Client, digest, auth[:n]) {
				t.Errorf("replica %d accepts an authenticator of %d entries", i, n)
			}
		}
	}
}

func TestZeroEntriesAreNeverRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, 1)
	_, held := rings(t, w, client(0, 3), 0)
	zero := make(message.Authenticator, 1)
	if held[0].Check(client(0, 3).Client, message.Digest{}, zero) {
		t.Error("a zero MAC is accepted for a session with a key")
	}
	if held[0].Check(client(0, 4).Client, message.Digest{}, zero) {
		t.Error("a zero MAC is accepted for a session without a key")
	}
}

func TestReconnectingReplacesTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, 1)
	who := client(0, 3)
	keys := NewRequestKeys(1)
	ring := NewKeyring(KeyringConfig{SessionsPerPrincipal: 1})
	digest := message.Digest{9}
	accepted := func() bool { return ring.Check(who.Client, digest, keys.Authenticate(digest)) }

	a1, b1 := links(t, w, who, replica(0))
	keys.Put(a1)
	ring.Put(b1)
	old := keys.Authenticate(digest)
	a2, b2 := links(t, w, who, replica(0))
	keys.Put(a2)
	ring.Put(b2)
	if !accepted() || !ring.Check(who.Client, digest, old) {
		t.Error("not both keys are accepted while both links last")
	}
	keys.Drop(a1) // the old link closes after the new one is up
	ring.Drop(b1)
	if !accepted() || ring.Check(who.Client, digest, old) {
		t.Error("the later link's key is not the one in use")
	}
	ring.Drop(b2)
	if accepted() {
		t.Error("the key is still accepted after its link has closed")
	}
	keys.Drop(a2)
	if auth := keys.Authenticate(digest); auth[0] != (message.MAC{}) {
		t.Error("the client still makes MACs for a closed link")
	}
}

func TestKeyringIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, 2)
	ring := NewKeyring(KeyringConfig{SessionsPerPrincipal: 2})
	digest := message.Digest{9}
	check := func(keys *RequestKeys, who message.Node) bool {
		return ring.Check(who.Client, digest, keys.Authenticate(digest))
	}
	join := func(who message.Node) *RequestKeys {
		a, b := links(t, w, who, replica(0))
		keys := NewRequestKeys(1)
		keys.Put(a)
		ring.Put(b)
		return keys
	}
	bystander := join(client(1, 1))
	join(client(0, 30))
	second := join(client(0, 10))
	first := join(client(0, 30)) // reconnects: now the later one
	third := join(client(0, 20))
	if check(second, client(0, 10)) {
		t.Error("the oldest key is still held beyond the bound")
	}
	if !check(first, client(0, 30)) || !check(third, client(0, 20)) || !check(bystander, client(1, 1)) {
		t.Error("a key that is within the bound was dropped")
	}
	if len(ring.keys) != 3 || len(ring.sessions[0]) != 2 || len(ring.sessions[1]) != 1 {
		t.Errorf("keys %v, sessions %v", ring.keys, ring.sessions)
	}
}

func TestKeyringBoundIsAtLeastOne(t *testing.T) {
	t.Parallel()
	if ring := NewKeyring(KeyringConfig{}); ring.config.SessionsPerPrincipal != 1 {
		t.Errorf("bound %d, want 1", ring.config.SessionsPerPrincipal)
	}
}

func TestLinksOfOtherKindsHaveNoRequestKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 1)
	between, _ := links(t, w, replica(1), replica(0))
	toReplica, toClient := links(t, w, client(0, 1), replica(1))
	keys := NewRequestKeys(1) // replica 1 is not one of them
	ring := NewKeyring(KeyringConfig{SessionsPerPrincipal: 1})
	for _, l := range []*Link{between, toReplica, toClient} {
		keys.Put(l)
		keys.Drop(l)
	}
	for _, l := range []*Link{between, toReplica} {
		ring.Put(l)
		ring.Drop(l)
	}
	if keys.keys[0].Load() != nil || len(ring.keys) != 0 {
		t.Error("a link that is not between a client and a replica of the cluster left a request key")
	}
}

func TestKeysMayBeUsedConcurrently(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, 1)
	who := client(0, 3)
	keys, held := rings(t, w, who, 0)
	a, b := links(t, w, who, replica(0))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 200 {
				d := message.Digest{byte(i)}
				held[0].Check(who.Client, d, keys.Authenticate(d))
			}
		})
		all.Go(func() {
			for range 200 {
				keys.Put(a)
				held[0].Put(b)
				held[0].Drop(b)
				keys.Drop(a)
			}
		})
	}
	all.Wait()
	keys.Put(a)
	held[0].Put(b)
	if d := (message.Digest{1}); !held[0].Check(who.Client, d, keys.Authenticate(d)) {
		t.Error("after all that, the keys do not fit")
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	keys, _ := rings(b, newWorld(b, 4, 1), client(0, 1), 0, 1, 2, 3)
	b.ReportAllocs()
	for b.Loop() {
		keys.Authenticate(message.Digest{1})
	}
}

func BenchmarkCheck(b *testing.B) {
	who := client(0, 1)
	keys, held := rings(b, newWorld(b, 4, 1), who, 2)
	digest := message.Digest{1}
	auth := keys.Authenticate(digest)
	b.ReportAllocs()
	for b.Loop() {
		if !held[2].Check(who.Client, digest, auth) {
			b.Fatal("refused")
		}
	}
}

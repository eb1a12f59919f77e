package auth

import (
	"slices"
	"sync"

	"bfs/pbft/message"
)

// KeyringConfig is what a Keyring needs to know.
type KeyringConfig struct {
	// Replica is whose entry of each authenticator is checked.
	Replica message.ReplicaID
	// SessionsPerPrincipal is how many sessions of one principal have a key
	// at a time, at least 1 and at most 65536. One more takes the place of
	// the one that has had its key for the longest time, so a principal can
	// only crowd out itself.
	SessionsPerPrincipal int
}

// Keyring is a replica's side of the request keys: one for each client
// session with a link. It is safe for concurrent use. It holds at most
// SessionsPerPrincipal keys for each principal of the Directory.
type Keyring struct {
	config KeyringConfig

	mu       sync.RWMutex
	keys     map[message.ClientID]*requestKey
	sessions map[uint32][]uint64 // by principal, oldest key first
}

// NewKeyring makes an empty Keyring. A SessionsPerPrincipal outside its bounds
// is brought within them.
func NewKeyring(c KeyringConfig) *Keyring {
	c.SessionsPerPrincipal = min(max(c.SessionsPerPrincipal, 1), maxSessionsPerPrincipal)
	return &Keyring{
		config:   c,
		keys:     make(map[message.ClientID]*requestKey),
		sessions: make(map[uint32][]uint64),
	}
}

// Put takes the request key of a link to a client, in place of that of an
// earlier link to the same session.
func (r *Keyring) Put(l *Link) {
	if l.requests == nil || l.peer.Kind != message.KindClient {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	client := l.peer.Client
	r.forget(client)
	if old := r.sessions[client.Principal]; len(old) >= r.config.SessionsPerPrincipal {
		r.forget(message.ClientID{Principal: client.Principal, Session: old[0]})
	}
	r.keys[client] = l.requests
	r.sessions[client.Principal] = append(r.sessions[client.Principal], client.Session)
}

// Drop forgets the link's request key, unless a later link of the same
// session has replaced it.
func (r *Keyring) Drop(l *Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.requests != nil && r.keys[l.peer.Client] == l.requests {
		r.forget(l.peer.Client)
	}
}

func (r *Keyring) forget(client message.ClientID) {
	if _, held := r.keys[client]; !held {
		return
	}
	delete(r.keys, client)
	left := slices.DeleteFunc(r.sessions[client.Principal], func(s uint64) bool { return s == client.Session })
	r.sessions[client.Principal] = left
	if len(left) == 0 {
		delete(r.sessions, client.Principal)
	}
}

// Check says whether this replica's entry of the authenticator shows that the
// client made the request with this digest. Without a key for the client's
// session the answer is no.
func (r *Keyring) Check(client message.ClientID, d message.Digest, auth message.Authenticator) bool {
	if uint64(r.config.Replica) >= uint64(len(auth)) {
		return false
	}
	r.mu.RLock()
	key := r.keys[client]
	r.mu.RUnlock()
	return key != nil && key.check(d, auth[r.config.Replica])
}

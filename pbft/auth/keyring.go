package auth

import (
	"slices"
	"sync"
	"time"

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
	// Overlap is for how long the key of a link that has ended is accepted,
	// if the session has a later link: for the requests that were
	// authenticated with it and are still on their way. 0 is not at all.
	Overlap time.Duration
	// Now is the clock for that; nil is time.Now.
	Now func() time.Time
}

// Keyring is a replica's side of the request keys: one for each client
// session with a link, and for a while the one before. It is safe for
// concurrent use. It holds at most twice SessionsPerPrincipal keys for each
// principal of the Directory.
type Keyring struct {
	config KeyringConfig

	mu       sync.RWMutex
	keys     map[message.ClientID]sessionKeys
	sessions map[uint32][]uint64 // by principal, oldest key first
	next     time.Time           // when a previous key lapses; zero if none does
}

// sessionKeys are those of one session.
type sessionKeys struct {
	current *requestKey
	// previous is nil, or of the link before. It is accepted while that lasts
	// and until lapses, which is zero before its end.
	previous *requestKey
	lapses   time.Time
}

// NewKeyring makes an empty Keyring. A SessionsPerPrincipal outside its bounds
// is brought within them.
func NewKeyring(c KeyringConfig) *Keyring {
	c.SessionsPerPrincipal = min(max(c.SessionsPerPrincipal, 1), maxSessionsPerPrincipal)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Keyring{
		config:   c,
		keys:     make(map[message.ClientID]sessionKeys),
		sessions: make(map[uint32][]uint64),
	}
}

// Put takes the request key of a link to a client. The key of an earlier link
// to the same session becomes the previous one.
func (r *Keyring) Put(l *Link) {
	if l.requests == nil || l.peer.Kind != message.KindClient {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire()
	client := l.peer.Client
	previous := r.keys[client].current
	r.forget(client)
	if old := r.sessions[client.Principal]; len(old) >= r.config.SessionsPerPrincipal {
		r.forget(message.ClientID{Principal: client.Principal, Session: old[0]})
	}
	r.keys[client] = sessionKeys{current: l.requests, previous: previous}
	r.sessions[client.Principal] = append(r.sessions[client.Principal], client.Session)
}

// Drop ends the use of a link's request key: after the overlap if a later link
// of the same session has replaced it, at once if there is none. If the link
// that came after it has ended before it, its key is the current one again.
func (r *Keyring) Drop(l *Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expire()
	client := l.peer.Client
	k := r.keys[client]
	switch {
	case l.requests == nil:
	case k.previous == l.requests && k.lapses.IsZero():
		k.lapses = r.config.Now().Add(r.config.Overlap)
		r.keys[client] = k
		r.expireBy(k.lapses)
	case k.current != l.requests:
	case k.previous != nil && k.lapses.IsZero():
		r.keys[client] = sessionKeys{current: k.previous}
	default:
		r.forget(client)
	}
}

// expire forgets the previous keys whose time is over. The caller holds mu.
func (r *Keyring) expire() {
	now := r.config.Now()
	if r.next.IsZero() || now.Before(r.next) {
		return
	}
	r.next = time.Time{}
	for client, k := range r.keys {
		switch {
		case k.lapses.IsZero():
		case now.Before(k.lapses):
			r.expireBy(k.lapses)
		default:
			r.keys[client] = sessionKeys{current: k.current}
		}
	}
}

// expireBy makes expire look at the keys at that time, or before.
func (r *Keyring) expireBy(t time.Time) {
	if r.next.IsZero() || t.Before(r.next) {
		r.next = t
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
	k := r.keys[client]
	r.mu.RUnlock()
	mac := auth[r.config.Replica]
	if k.current != nil && k.current.check(d, mac) {
		return true
	}
	lapsed := !k.lapses.IsZero() && !r.config.Now().Before(k.lapses)
	return k.previous != nil && !lapsed && k.previous.check(d, mac)
}

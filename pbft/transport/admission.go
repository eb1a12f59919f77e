package transport

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
)

var errOusted = errors.New("it was not authenticated when too many newer ones came")

// stranger is an accepted connection whose peer is not yet authenticated.
type stranger struct {
	conn   net.Conn
	origin netip.Addr
}

// admission bounds the strangers, in total and by address. A newcomer ousts
// the oldest rather than be refused: an honest handshake takes a
// millisecond, and whoever only holds places must be the one to lose them.
type admission struct {
	perAddress int
	// slots has an entry for every goroutine that serves a stranger; its
	// capacity is the total.
	slots chan struct{}

	mu        sync.Mutex
	strangers []*stranger // oldest first; without those ousted
}

func newAdmission(limits *Limits) *admission {
	return &admission{perAddress: limits.AddressHandshakes, slots: make(chan struct{}, limits.Handshakes)}
}

// enter makes room for a connection and counts it in. It waits for an ousted
// one's goroutine to end, or returns false when stop is closed.
func (a *admission) enter(conn net.Conn, stop <-chan struct{}) (*stranger, bool) {
	s := &stranger{conn: conn, origin: origin(conn.RemoteAddr())}
	a.makeRoom(s.origin)
	select {
	case a.slots <- struct{}{}:
	case <-stop:
		return nil, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.strangers = append(a.strangers, s)
	return s, true
}

// makeRoom ousts the oldest stranger of the address if it has its share, or
// else the oldest of all if there are too many.
func (a *admission) makeRoom(origin netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	oldest, share := -1, 0
	for i, s := range a.strangers {
		if s.origin != origin {
			continue
		}
		if share++; oldest < 0 {
			oldest = i
		}
	}
	switch {
	case share >= a.perAddress:
	case len(a.strangers) >= cap(a.slots):
		oldest = 0
	default:
		return
	}
	a.strangers[oldest].conn.Close()
	a.strangers = slices.Delete(a.strangers, oldest, oldest+1)
}

// leave counts a stranger out, and says whether it had been ousted.
func (a *admission) leave(s *stranger) (ousted bool) {
	<-a.slots
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.Index(a.strangers, s)
	if i < 0 {
		return true
	}
	a.strangers = slices.Delete(a.strangers, i, i+1)
	return false
}

func (a *admission) size() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.strangers)
}

// origin is what connections share that count as one address: the IPv4
// address, or the /64 network of an IPv6 address.
func origin(remote net.Addr) netip.Addr {
	parsed, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return netip.Addr{}
	}
	address := parsed.Addr().Unmap().WithZone("")
	if address.Is6() {
		return netip.PrefixFrom(address, 64).Masked().Addr()
	}
	return address
}

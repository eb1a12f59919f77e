package runtime

import (
	"fmt"
	"testing"
	"time"
)

// TestOperationsUnderRefresh: while all keys are replaced every few
// milliseconds, every operation is executed, once, and no request is refused
// for its authenticator.
func TestOperationsUnderRefresh(t *testing.T) {
	both(t, func(t *testing.T, unreplicated bool) {
		g := startGroupWith(t, unreplicated, 1, func(g *testGroup) { g.keyLifetime = 5 * time.Millisecond })
		c := g.dial(t, 0)
		links := func() (n uint64) {
			for s := range c.sessions {
				for _, p := range s.endpoint.Stats().Peers {
					n += p.Connections
				}
			}
			return n
		}
		started := links()
		total := uint64(0)
		for deadline := time.Now().Add(patience / 2); links() < started+20 && time.Now().Before(deadline); {
			total++
			if got := add(t, c, fmt.Sprint("op", total)); got != total {
				t.Fatalf("operation %d: the total is %d", total, got)
			}
		}
		if links() < started+20 {
			t.Errorf("only %d links were replaced", links()-started)
		}
		for i, r := range g.replicas {
			// Keys are replaced every few milliseconds here: a request that is
			// held up for longer on a busy machine is refused, and sent again.
			if p := r.Report(); unreplicated && p.Rejected > total/20 {
				t.Errorf("replica %d: %d messages were refused in %d operations", i, p.Rejected, total)
			}
		}
		if s := c.session; s.links != len(g.replicas) {
			t.Errorf("the client has seen %d connections come and go, want %d", s.links, len(g.replicas))
		}
	})
}

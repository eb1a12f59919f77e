package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"
)

// How long the chaos goes on, and from which seed; scripts/soak sets them.
var (
	chaosTime = flag.Duration("chaos.time", 8*time.Second, "how long replicas are killed, restarted and paused")
	chaosKind = flag.Duration("chaos.kind", 500*time.Millisecond, "how long a replica, or a client, attacks in each way")
	chaosSeed = flag.Uint64("chaos.seed", 1, "which replicas are killed or paused when")
	chaosLogs = flag.Bool("chaos.logs", false, "show what the programs have logged also when a test passes")
)

// mishap is what befalls a replica for a while.
type mishap struct {
	id      int
	kill    bool // else it is paused
	lasts   time.Duration
	respite time.Duration // from when it is well again to the next
}

func (m mishap) String() string {
	what := "paused"
	if m.kill {
		what = "killed"
	}
	return fmt.Sprintf("replica %d %s for %v", m.id, what, m.lasts.Round(time.Millisecond))
}

// nextMishap befalls the primary every other time.
func nextMishap(rng *rand.Rand, s clusterStatus) mishap {
	m := mishap{
		id:      rng.IntN(len(s.Replicas)),
		kill:    rng.IntN(2) == 0,
		lasts:   time.Duration(rng.Int64N(int64(2500 * time.Millisecond))),
		respite: time.Duration(rng.Int64N(int64(500 * time.Millisecond))),
	}
	primary := slices.IndexFunc(s.Replicas, func(r replicaStatus) bool { return r.Primary })
	if rng.IntN(2) == 0 && primary >= 0 {
		m.id = primary
	}
	return m
}

// befall lets it happen, and waits until the replica is well again.
func (f *fleet) befall(t *testing.T, m mishap) {
	t.Helper()
	if m.kill {
		f.kill(t, m.id)
		time.Sleep(m.lasts)
		f.start(t, m.id)
	} else {
		f.replicas[m.id].signal(syscall.SIGSTOP)
		time.Sleep(m.lasts)
		f.replicas[m.id].signal(syscall.SIGCONT)
	}
	f.wellAgain(t, m.id)
	time.Sleep(m.respite)
}

// Under a load on two mounts replicas are killed and started with empty memory,
// or paused, one after another, the primary among them. A replica counts as
// faulty until it has caught up, so there is never more than one.
func TestChaosOfCrashesAndPauses(t *testing.T) {
	f := newFleet(t, 1)
	l := startLoad(t, f.mountAs(t, mountClient), f.mountAs(t, secondClient))
	t.Logf("seed %d", *chaosSeed)
	rng := rand.New(rand.NewPCG(*chaosSeed, 0))
	mishaps := 0
	for end := time.Now().Add(*chaosTime); time.Now().Before(end) && l.healthy(t); mishaps++ {
		m := nextMishap(rng, f.look(lookTimeout))
		at := time.Since(l.began)
		before := time.Now()
		f.befall(t, m)
		t.Logf("%7.3fs %v, well again after %v; %d steps", at.Seconds(), m, time.Since(before).Round(time.Millisecond), l.steps())
	}
	l.moves(t)
	l.finish(t)
	t.Logf("%d mishaps", mishaps)
	f.oneState(t, 0, 1, 2, 3)
}

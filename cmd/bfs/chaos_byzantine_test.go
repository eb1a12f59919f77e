package main

import (
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
)

// kindsOf are the behaviours that the --help of bfs-byzantine lists, so that
// none is left out here.
func kindsOf(t *testing.T, of string) (kinds []string) {
	t.Helper()
	var out onText
	out.do = func() {}
	launch(t, byzantine, &out, of, "--help").awaitEnd(t)
	_, table, _ := strings.Cut(out.seen.String(), "one of\n")
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			break
		}
		kinds = append(kinds, fields[0])
	}
	if len(kinds) < 5 {
		t.Fatalf("the help of bfs-byzantine %s lists only %q", of, kinds)
	}
	return kinds
}

// byzantineAtOnce is how many clusters of this test run at the same time.
const byzantineAtOnce = 3

// One replica attacks in each way, as the primary from the start: applications
// on two mounts see no error and no wrong byte, and the others end with one
// state.
func TestChaosOfByzantineReplicas(t *testing.T) {
	places := make(chan struct{}, byzantineAtOnce)
	for _, kind := range kindsOf(t, "replica") {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			places <- struct{}{}
			defer func() { <-places }()
			f := newFleet(t, 1, member{0, kind})
			l := startLoad(t, f.mountAs(t, mountClient), f.mountAs(t, secondClient))
			provoke(t, f, l, 0)
			l.moves(t)
			l.finish(t)
			f.oneState(t, 1, 2, 3)
		})
	}
}

// provoke lets the attack go on for a while, and gives it occasions: signals
// for whose memory is to be corrupted.
func provoke(t *testing.T, f *fleet, l *load, id int) {
	t.Helper()
	for end := time.Now().Add(*chaosKind); time.Now().Before(end) && l.healthy(t); {
		f.replicas[id].signal(syscall.SIGUSR1)
		time.Sleep(min(*chaosKind, time.Second))
	}
}

// Two of seven replicas fail together: one attacks whoever fetches the state,
// another has to fetch it again and again.
func TestChaosOfCorruptPages(t *testing.T) {
	f := newFleet(t, 2, member{6, "corrupt-pages"})
	l := startLoad(t, f.mountAs(t, mountClient), f.mountAs(t, secondClient))
	l.moves(t)
	for end := time.Now().Add(*chaosKind); ; {
		f.kill(t, 1)
		l.moves(t)
		f.start(t, 1)
		f.wellAgain(t, 1)
		if time.Now().After(end) || !l.healthy(t) {
			break
		}
	}
	l.moves(t)
	l.finish(t)
	f.oneState(t, f.allBut(6)...)
}

// A client attacks in each way, with a good key, and two others go on.
func TestChaosOfByzantineClients(t *testing.T) {
	f := newFleet(t, 1)
	l := startLoad(t, f.mountAs(t, mountClient), f.mountAs(t, secondClient))
	for _, kind := range kindsOf(t, "client") {
		t.Run(kind, func(t *testing.T) { attackAsClient(t, f, l, kind) })
	}
	l.moves(t)
	l.finish(t)
	f.oneState(t, 0, 1, 2, 3)
}

func attackAsClient(t *testing.T, f *fleet, l *load, kind string) {
	t.Helper()
	began, before := time.Now(), l.steps()
	r := launch(t, byzantine, io.Discard, "client", "--config", f.place.config(), "--client", attackerClient, "--behaviour", kind)
	r.awaitSaid(t, "this client attacks")
	for end := time.Now().Add(*chaosKind); time.Now().Before(end) && l.healthy(t); {
		time.Sleep(min(*chaosKind, time.Second))
	}
	l.moves(t)
	r.signal(syscall.SIGTERM)
	if status := r.awaitEnd(t); status != 0 {
		t.Errorf("the client exits with %d:\n%s", status, r.said())
	}
	status := f.look(lookTimeout)
	t.Logf("%d steps in %v, view %d", l.steps()-before, time.Since(began).Round(time.Millisecond), status.median(viewOf))
}

func viewOf(r replicaStatus) uint64 { return r.View }

package main

import (
	"syscall"
	"testing"
	"time"
)

// With the parameters that users have, an application on a mount waits for a
// second or two when the primary is killed, and sees nothing else of it.
func TestPrimaryIsKilledUnderAWorkload(t *testing.T) {
	p := newPlace(t)
	r := startUp(t, p)
	l := startLoad(t, p.mount, p.mount)
	l.moves(t)
	if err := syscall.Kill(r.replicaPID(t, 0), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	killed := time.Now()
	l.moves(t)
	t.Logf("every application went on %v after the primary was killed", time.Since(killed).Round(time.Millisecond))
	l.moves(t)
	l.finish(t)
	status := awaitState(t, p, degraded)
	if v := status.Replicas[1].View; v == 0 {
		t.Error("the view is still 0")
	}
}

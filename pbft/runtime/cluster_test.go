package runtime

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// Fifty invokers over three clients: every total from 1 to the number of
// operations comes exactly once.
func TestConcurrentOperationsRunExactlyOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		const invokers, each = 50, 20
		g := startGroup(t, unreplicated, 3, nil)
		clients := []*Client{g.dial(t, 0), g.dial(t, 1), g.dial(t, 2)}
		totals := make(chan uint64, invokers*each)
		var all sync.WaitGroup
		for i := range invokers {
			all.Go(func() {
				for n := range each {
					totals <- add(t, clients[i%len(clients)], fmt.Sprint(i, n))
				}
			})
		}
		all.Wait()
		close(totals)
		seen := map[uint64]bool{}
		for total := range totals {
			if seen[total] || total < 1 || total > invokers*each {
				t.Fatalf("total %d comes twice or is out of range", total)
			}
			seen[total] = true
		}
		if s := clients[0].Stats(); s.Sent.Messages < each || s.Received.Messages < each || s.Received.Bytes <= s.Received.Messages {
			t.Errorf("implausible counts %+v", s)
		}
	})
}

func TestResultsOfOneCallerAreInOrder(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		c := startGroup(t, unreplicated, 1, nil).dial(t, 0)
		for want := uint64(1); want <= 200; want++ {
			if got := add(t, c, "x"); got != want {
				t.Fatalf("total %d after %d operations", got, want)
			}
		}
	})
}

func TestLargeOperations(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		g := startGroup(t, unreplicated, 1, nil)
		c := g.dial(t, 0)
		limit := g.Params.MaxOperation
		add(t, c, strings.Repeat("o", min(limit, g.Params.MaxResult-8)))
		if _, err := c.Invoke(soon(t), make([]byte, limit+1), false); !errors.Is(err, ErrTooLarge) {
			t.Errorf("an operation beyond the limit: %v", err)
		}
	})
}

// A backup stops, the rest goes on; it comes back empty and catches up from
// the others' logs.
func TestReplicaStopsAndComesBack(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, nil)
	c := g.dial(t, 0)
	for range 10 {
		add(t, c, "before")
	}
	g.stop(t, 2)
	for range 10 {
		add(t, c, "without")
	}
	g.start(t, 2, nil)
	if total := add(t, c, "after"); total != 21 {
		t.Errorf("total %d after 21 operations", total)
	}
	for {
		p, err := c.Inquire(soon(t), 2)
		if err != nil {
			t.Fatal(err)
		}
		if p.Requests == 21 {
			break
		}
	}
	g.stop(t, 1) // now the one that came back is needed
	if total := add(t, c, "relying on it"); total != 22 {
		t.Errorf("total %d after 22 operations", total)
	}
}

func TestServerComesBack(t *testing.T) {
	t.Parallel()
	g := startGroup(t, true, 1, nil)
	c := g.dial(t, 0)
	add(t, c, "before")
	g.stop(t, 0)
	answered := make(chan uint64)
	go func() { answered <- add(t, c, "meanwhile") }()
	g.start(t, 0, nil)
	if total := <-answered; total != 1 {
		t.Errorf("total %d after the first operation on an empty server", total)
	}
}

func TestClientWithoutTheKeyIsRefused(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		g := startGroup(t, unreplicated, 2, nil)
		forged := g.Group
		impostor := newIdentity(t)
		forged.Clients = []Principal{{Number: 0, Name: "impostor", Key: impostor.Public()}}
		config := ClientConfig{Group: &forged, Principal: 0, Identity: impostor, Logger: quiet}
		_, err := Dial(soon(t), config)
		if !errors.Is(err, ErrUnreachable) || !errors.Is(err, auth.ErrRefused) || !strings.Contains(err.Error(), "client 0") {
			t.Errorf("got %v, want a refusal by the replicas", err)
		}
		add(t, g.dial(t, 1), "others still work")
	})
}

func TestDialSaysWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, nil)
	g.stop(t, 1)
	add(t, g.dial(t, 0), "three of four are enough")
	g.stop(t, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := Dial(ctx, g.clientConfig(0))
	if !errors.Is(err, ErrUnreachable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v, want ErrUnreachable and the context's error", err)
	}
	for _, says := range []string{"connected to 2 and need 3", "replica 1 at " + g.Replicas[1].Address, "replica 3 at", "connection refused"} {
		if !strings.Contains(err.Error(), says) {
			t.Errorf("%q does not say %q", err, says)
		}
	}
}

func TestCancelledOperations(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, func(p *pbft.Params) { p.ClientWindow = 2 })
	c := g.dial(t, 0)
	g.stop(t, 1)
	g.stop(t, 2)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Invoke(ended, nil, false); !errors.Is(err, ErrNotSent) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	errs := make(chan error, 3)
	ctx, cancel := context.WithCancel(context.Background())
	for range cap(errs) {
		go func() {
			_, err := c.Invoke(ctx, []byte("no quorum"), false)
			errs <- err
		}()
	}
	c.await(func() bool { return len(c.session.calls) == 2 && len(c.waiting) == 1 })
	cancel()
	unknown, notSent := 0, 0
	for range cap(errs) {
		switch err := <-errs; {
		case errors.Is(err, ErrOutcomeUnknown) && errors.Is(err, context.Canceled):
			unknown++
		case errors.Is(err, ErrNotSent) && errors.Is(err, context.Canceled):
			notSent++
		}
	}
	if unknown != 2 || notSent != 1 {
		t.Errorf("%d outcomes unknown and %d not sent, want 2 and 1", unknown, notSent)
	}
	// The two keep their places, and run when there is a quorum again.
	g.start(t, 1, nil)
	if total := add(t, c, "third"); total != 3 {
		t.Errorf("total %d, want 3", total)
	}
}

// With one session remembered for two clients of one principal, each finds its
// session gone when the other has been served. All operations run, once.
func TestExpiredSessionsAreReplaced(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, unreplicated bool) {
		g := startGroup(t, unreplicated, 1, func(p *pbft.Params) { p.Sessions = 1 })
		clients := []*Client{g.dial(t, 0), g.dial(t, 0)}
		for want := uint64(1); want <= 6; want++ {
			if got := add(t, clients[want%2], "x"); got != want {
				t.Fatalf("total %d after %d operations", got, want)
			}
		}
		var all sync.WaitGroup
		for range 4 { // several are refused at once
			all.Go(func() { add(t, clients[0], "y") })
		}
		all.Wait()
		if total := add(t, clients[0], "z"); total != 11 {
			t.Errorf("total %d, want 11", total)
		}
		clients[0].await(func() bool { return len(clients[0].sessions) == 1 })
	})
}

func TestInquire(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, nil)
	g.stop(t, 1)
	c := g.dial(t, 0)
	for range 3 {
		add(t, c, "x")
	}
	ctx := soon(t)
	p, err := c.Inquire(ctx, 0)
	for err == nil && p.Requests < 3 { // the last one may be tentative still
		p, err = c.Inquire(ctx, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.Replica != 0 || p.Requests != 3 || p.Version != "test" || p.Started == 0 || p.Now < p.Started ||
		p.Sent == 0 || p.Received == 0 || p.Clients != 1 {
		t.Errorf("report %+v", p)
	}
	if own := g.replicas[0].Report(); own.Requests != 3 || own.Version != "test" {
		t.Errorf("own report %+v", own)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Inquire(ctx, 1); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("a replica that is down: %v", err)
	}
	if _, err := c.Inquire(soon(t), 4); !errors.Is(err, ErrGroup) {
		t.Errorf("a replica that does not exist: %v", err)
	}
	waited := make(chan error)
	go func() {
		_, err := c.Inquire(soon(t), 1)
		waited <- err
	}()
	g.start(t, 1, nil)
	if err := <-waited; err != nil {
		t.Errorf("a replica that comes up meanwhile: %v", err)
	}
}

func TestNoWait(t *testing.T) {
	t.Parallel()
	g := startGroup(t, false, 1, nil)
	for _, i := range []int{1, 2, 3} {
		g.stop(t, i)
	}
	config := g.clientConfig(0)
	config.NoWait = true
	c, err := Dial(soon(t), config)
	if err != nil {
		t.Fatal(err)
	}
	defer closeClient(t, c)
	if _, err := c.Inquire(soon(t), 0); err != nil {
		t.Errorf("the one replica that is up: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Invoke(ctx, nil, false); !errors.Is(err, ErrNotSent) {
		t.Errorf("an operation without a quorum: %v, want ErrNotSent", err)
	}
	g.start(t, 1, nil)
	g.start(t, 2, nil)
	add(t, c, "with a quorum")
}

func TestCloseEndsEverything(t *testing.T) {
	before := goruntime.NumGoroutine()
	for _, unreplicated := range []bool{false, true} {
		g := startGroup(t, unreplicated, 2, nil)
		c := g.dial(t, 0)
		idle := g.dial(t, 1)
		add(t, c, "x")
		for i := range g.replicas[1:] {
			g.stop(t, i+1)
		}
		if unreplicated {
			g.stop(t, 0)
		}
		errs := make(chan error, 100)
		for range cap(errs) {
			go func() {
				_, err := c.Invoke(context.Background(), nil, false)
				errs <- err
			}()
		}
		c.await(func() bool { return len(c.session.calls)+len(c.waiting) == cap(errs) })
		closeClient(t, c)
		closeClient(t, c)
		for range cap(errs) {
			if err := <-errs; !errors.Is(err, ErrClosed) {
				t.Errorf("an operation under way when the client closes: %v", err)
			}
		}
		if _, err := c.Invoke(soon(t), nil, false); !errors.Is(err, ErrClosed) || !errors.Is(err, ErrNotSent) {
			t.Errorf("an operation after Close: %v", err)
		}
		if _, err := c.Inquire(soon(t), 0); !errors.Is(err, ErrClosed) {
			t.Errorf("an inquiry after Close: %v", err)
		}
		closeClient(t, idle)
		g.stopAll(t)
	}
	for deadline := time.Now().Add(patience); goruntime.NumGoroutine() > before; goruntime.Gosched() {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines before, now\n%s", before, stacks[:goruntime.Stack(stacks, true)])
		}
	}
}

func TestReportAfterCloseIsEmpty(t *testing.T) {
	t.Parallel()
	g := startGroup(t, true, 1, nil)
	r := g.replicas[0]
	g.stop(t, 0)
	<-r.Done()
	if p := r.Report(); p != (message.Report{}) {
		t.Errorf("report %v of a replica that has stopped", p)
	}
	if err := r.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}

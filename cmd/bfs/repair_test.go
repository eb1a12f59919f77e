package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// fill writes files of a few megabytes in all, in more operations than the
// replicas' logs hold.
func fill(t *testing.T, p place) func() {
	t.Helper()
	const files, size = 20, 200_000
	contents := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range files {
		contents[rng.IntN(len(contents))]++
		write(t, p, fmt.Sprint("file-", i), string(contents))
	}
	for i := range 200 {
		write(t, p, "again", fmt.Sprint(i))
	}
	return func() {
		rng := rand.New(rand.NewPCG(1, 2))
		want := bytes.Repeat([]byte("0123456789abcdef"), size/16)
		for i := range files {
			want[rng.IntN(len(want))]++
			check(t, p, fmt.Sprint("file-", i), string(want))
		}
	}
}

// A replica that starts with empty memory, when the others' logs no longer have
// what it missed, fetches the state: while they serve, or while nobody asks
// for anything.
func TestAnEmptyReplicaFetchesTheState(t *testing.T) {
	for _, busy := range []bool{true, false} {
		t.Run(fmt.Sprintf("busy=%t", busy), func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, 1)
			p := place{data: f.data, mount: f.mountAs(t, mountClient)}
			intact := fill(t, p)
			f.kill(t, 2)
			fill(t, p)
			l := startLoad(t, p.mount, f.mountAs(t, secondClient))
			l.moves(t)
			if !busy {
				l.finish(t)
			}
			started := time.Now()
			f.start(t, 2)
			f.replicas[2].awaitSaid(t, "fetches the state")
			f.wellAgain(t, 2)
			f.replicas[2].awaitSaid(t, "has fetched the state")
			t.Logf("replica 2 has the state after %v, of %d checkpoints", time.Since(started).Round(time.Millisecond),
				strings.Count(f.replicas[2].said(), "msg=\"fetches the state"))
			if busy {
				l.moves(t)
				l.finish(t)
			}
			f.oneState(t, 0, 1, 2, 3)
			f.kill(t, 1) // now nothing is done without replica 2
			intact()
			write(t, p, "after", "replicas 0, 2 and 3 are left")
			check(t, p, "after", "replicas 0, 2 and 3 are left")
		})
	}
}

// A replica whose memory changes by itself notices at the next checkpoint, and
// gets the right state from the others.
func TestAReplicaRepairsItsMemory(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1, member{2, "corrupt-memory"})
	p := place{data: f.data, mount: f.mountAs(t, mountClient)}
	intact := fill(t, p)
	l := startLoad(t, p.mount, f.mountAs(t, secondClient))
	f.wellAgain(t, 2)
	for i := 1; i <= 3; i++ {
		f.replicas[2].signal(syscall.SIGUSR1)
		await(t, "repair", func() bool {
			return strings.Count(f.replicas[2].said(), "state diverged") >= i && strings.Count(f.replicas[2].said(), "has fetched the state") >= i
		})
		f.wellAgain(t, 2)
	}
	l.moves(t)
	l.finish(t)
	f.oneState(t, 0, 1, 2, 3)
	f.kill(t, 1) // what replica 2 has must be right now
	intact()
}

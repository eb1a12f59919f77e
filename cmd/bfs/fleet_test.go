package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft/runtime"
)

// fleet is a cluster whose replicas the test starts, stops, kills and replaces
// one by one.
type fleet struct {
	place
	config   *cluster.Config
	replicas []*running
	observer *runtime.Client
}

// member is a replica that is not an honest one: a behaviour of bfs-byzantine.
type member struct {
	id        int
	behaviour string
}

// Clients of a fleet beside those that every cluster has.
const (
	secondClient   = "second"
	attackerClient = "attacker"
)

// newFleet starts a cluster for so many faults. Its log is short, so that
// checkpoints and state transfers come often.
func newFleet(t *testing.T, faults int, traitors ...member) *fleet {
	t.Helper()
	return newFleetWith(t, faults, func(c *cluster.Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 64, 128 }, traitors...)
}

// newFleetWith starts a cluster of another configuration.
func newFleetWith(t *testing.T, faults int, adjust func(*cluster.Config), traitors ...member) *fleet {
	t.Helper()
	needFUSE(t)
	f := &fleet{place: newPlace(t)}
	config, err := cluster.Create(cluster.Options{
		Dir: f.data, Faults: faults, Clients: []string{mountClient, secondClient, toolsClient, attackerClient},
		Adjust: adjust,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.config, f.replicas = config, make([]*running, len(config.Replicas))
	t.Cleanup(func() { f.endAll(t) })
	for _, m := range traitors {
		f.betray(t, m)
	}
	for id := range f.replicas {
		if f.replicas[id] == nil {
			f.start(t, id)
		}
	}
	f.observe(t)
	return f
}

// observe connects the client that asks for the replicas' status.
func (f *fleet) observe(t *testing.T) {
	t.Helper()
	observer, err := cluster.Connect(t.Context(), cluster.ClientOptions{
		Config: f.config, KeyPath: f.config.ClientKeyPath(toolsClient), Logger: slog.New(slog.DiscardHandler), NoWait: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.observer = observer
	t.Cleanup(func() { _ = observer.Close() })
}

// start runs an honest replica with empty memory.
func (f *fleet) start(t *testing.T, id int) {
	t.Helper()
	f.run(t, id, start(t, program, io.Discard, "replica", "--config", f.place.config(), "--id", strconv.Itoa(id)))
}

// run puts a replica in its place. It ends when the fleet does: after the
// mounts, whose users would wait for it, also if it was started after them.
func (f *fleet) run(t *testing.T, id int, r *running) {
	t.Helper()
	if old := f.replicas[id]; old != nil {
		old.end(t)
	}
	f.replicas[id] = r
}

// betray runs a replica that attacks.
func (f *fleet) betray(t *testing.T, m member) {
	t.Helper()
	f.run(t, m.id, start(t, byzantine, io.Discard, "replica", "--config", f.place.config(), "--id", strconv.Itoa(m.id), "--behaviour", m.behaviour))
}

func (f *fleet) kill(t *testing.T, id int) {
	t.Helper()
	f.replicas[id].signal(syscall.SIGKILL)
	f.replicas[id].awaitEnd(t)
}

// endAll ends all replicas, those too that a test has left paused.
func (f *fleet) endAll(t *testing.T) {
	t.Helper()
	for _, r := range f.replicas {
		if r != nil {
			r.signal(syscall.SIGCONT)
			r.end(t)
		}
	}
}

// mountAs mounts the files for a client.
func (f *fleet) mountAs(t *testing.T, client string) string {
	t.Helper()
	p := place{data: f.data, mount: filepath.Join(t.TempDir(), client)}
	t.Cleanup(func() { _ = syscall.Unmount(p.mount, syscall.MNT_DETACH) })
	r := launch(t, program, io.Discard, "mount", "--config", p.config(), "--client", client, p.mount)
	r.awaitSaid(t, "is mounted")
	return p.mount
}

// look asks all replicas how they are.
func (f *fleet) look(timeout time.Duration) clusterStatus {
	return inquireAll(context.Background(), f.observer, f.config, timeout)
}

// lookTimeout is enough for a replica on a busy machine.
const lookTimeout = time.Second

// wellAgain waits until a replica has what the others have, so that another
// may fail.
func (f *fleet) wellAgain(t *testing.T, id int) {
	t.Helper()
	var last clusterStatus
	interval := uint64(f.config.Protocol.CheckpointInterval)
	await(t, fmt.Sprintf("replica %d to catch up", id), func() bool {
		last = f.look(lookTimeout)
		r := last.Replicas[id]
		t := last.median(func(o replicaStatus) uint64 { return o.Stable })
		return r.Reachable && r.trouble() == "" && r.Stable+interval >= t
	})
}

// oneState waits until the replicas named, which have nothing to do but what
// mounts ask for by themselves, have the same state by `bfs status --json`.
func (f *fleet) oneState(t *testing.T, ids ...int) {
	t.Helper()
	await(t, fmt.Sprintf("one stable checkpoint of replicas %v", ids), func() bool {
		return sameStable(f.look(lookTimeout), ids)
	})
	var status clusterStatus
	await(t, fmt.Sprintf("one state of replicas %v", ids), func() bool {
		status, _ = statusOfCluster(t, f.place)
		return sameStable(status, ids)
	})
	first := status.Replicas[ids[0]]
	t.Logf("replicas %v have one state: n=%d, stable n=%d d=%.12s, view %d", ids, first.Executed, first.Stable, first.StableDigest, first.View)
}

func sameStable(s clusterStatus, ids []int) bool {
	first := s.Replicas[ids[0]]
	for _, id := range ids {
		r := s.Replicas[id]
		if !r.Reachable || r.Stable != first.Stable || r.StableDigest != first.StableDigest || r.Executed != first.Executed {
			return false
		}
	}
	return true
}

// allBut are the numbers of the replicas without one.
func (f *fleet) allBut(without int) (ids []int) {
	for id := range f.replicas {
		if id != without {
			ids = append(ids, id)
		}
	}
	return ids
}

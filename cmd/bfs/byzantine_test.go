package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs/cluster"
)

// newCluster makes a configuration for the test's own processes.
func newCluster(t *testing.T, p place, adjust func(*cluster.Config)) {
	t.Helper()
	_, err := cluster.Create(cluster.Options{Dir: p.data, Faults: 1, Clients: []string{mountClient, toolsClient}, Adjust: adjust})
	if err != nil {
		t.Fatal(err)
	}
}

// launchReplica starts a replica with one of the two programs.
func launchReplica(t *testing.T, p place, executable string, id int) *running {
	t.Helper()
	return launch(t, executable, io.Discard, "replica", "--config", p.config(), "--id", strconv.Itoa(id))
}

// launchMount mounts the cluster's files and waits until they are there.
func launchMount(t *testing.T, p place) *running {
	t.Helper()
	needFUSE(t)
	r := launch(t, program, io.Discard, "mount", "--config", p.config(), p.mount)
	r.awaitSaid(t, "is mounted")
	return r
}

func TestALyingReplicaDeceivesNobody(t *testing.T) {
	p := newPlace(t)
	// A replica lies until its first checkpoint: here, all the time.
	newCluster(t, p, func(c *cluster.Config) { c.Protocol.CheckpointInterval, c.Protocol.LogSize = 1<<14, 1<<15 })
	for id := range 3 {
		launchReplica(t, p, program, id)
	}
	liar := launchReplica(t, p, byzantine, 3)
	mounted := launchMount(t, p)
	for i := range 50 {
		name, contents := fmt.Sprintf("file-%d", i), make([]byte, 1000*i)
		rand.Read(contents)
		write(t, p, name, string(contents))
		check(t, p, name, string(contents))
		info, err := os.Stat(filepath.Join(p.mount, name))
		if err != nil || info.Size() != int64(len(contents)) {
			t.Errorf("stat %s: %v, %v; want a size of %d", name, info, err, len(contents))
		}
		if i%10 == 0 {
			out := must(t, "fs", "cat", "--config", p.config(), name)
			if !bytes.Equal([]byte(out), contents) {
				t.Errorf("bfs fs cat %s gives other bytes", name)
			}
		}
	}
	if names := strings.Fields(must(t, "fs", "ls", "--config", p.config())); len(names) != 50 {
		t.Errorf("bfs fs ls finds %d names, want 50", len(names))
	}
	liar.awaitSaid(t, "lied 256 times")
	mounted.signal(syscall.SIGTERM)
	if status := mounted.awaitEnd(t); status != 0 {
		t.Errorf("bfs mount exits with %d after SIGTERM, want 0", status)
	}
}

package proof

import (
	"context"
	"encoding/binary"
	"errors"
	"testing"

	"bfs/fsstate"
	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// testCluster is four replicas with one state, as a Source. What each says can
// be changed.
type testCluster struct {
	Keys
	identities []*auth.Identity
	state      *fsstate.State
	version    *fsstate.Snapshot
	root       []byte
	sequence   message.Sequence
	attest     func(replica message.ReplicaID, a *message.Attestation) error
	inspect    func(replica message.ReplicaID, page []byte) ([]byte, error)
}

func newTestCluster(t *testing.T) *testCluster {
	t.Helper()
	c := &testCluster{Keys: Keys{Cluster: "test", Faults: 1}, state: fsstate.New(fsstate.Config{
		Limits: fsstate.Limits{Bytes: 1 << 30, Inodes: 1000}, RootMode: 0o755, Now: 5,
	})}
	for range 4 {
		id, err := auth.NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		c.identities = append(c.identities, id)
		c.Replicas = append(c.Replicas, id.Public())
	}
	c.attest = func(message.ReplicaID, *message.Attestation) error { return nil }
	c.inspect = func(_ message.ReplicaID, page []byte) ([]byte, error) { return page, nil }
	dir := c.made(t)(c.state.Mkdir(root, fsstate.RootIno, "dir", 0o755))
	c.write(t, dir, "note", 0, "a note")
	c.write(t, dir, "big", 3*fsstate.BlockSize, "the end of a file with a hole")
	c.checkpoint(128)
	return c
}

var root = &fsstate.Context{Now: 1000}

func (c *testCluster) made(t *testing.T) func(fsstate.Attr, fsstate.Status) fsstate.Ino {
	return func(a fsstate.Attr, status fsstate.Status) fsstate.Ino {
		t.Helper()
		if status != fsstate.OK {
			t.Fatal(status)
		}
		return a.Ino
	}
}

func (c *testCluster) write(t *testing.T, dir fsstate.Ino, name string, off uint64, text string) {
	t.Helper()
	a, _, status := c.state.Create(root, dir, name, 0o644, fsstate.OpenWrite)
	c.made(t)(a, status)
	c.made(t)(c.state.Write(root, a.Ino, off, []byte(text), false))
}

// checkpoint is what the replicas have after n.
func (c *testCluster) checkpoint(n message.Sequence) {
	c.sequence, c.version = n, c.state.Snapshot()
	service := c.version.Digest()
	c.root = binary.BigEndian.AppendUint64([]byte("bfs/state"), uint64(n))
	c.root = binary.BigEndian.AppendUint64(c.root, 1000)
	c.root = append(append(c.root, service[:]...), make([]byte, 32)...)
}

func (c *testCluster) Attest(_ context.Context, replica message.ReplicaID) (message.Attestation, error) {
	a := message.Attestation{Replica: replica, Sequence: c.sequence, Digest: message.Sum(c.root)}
	a.Signature = c.identities[replica].Sign(c.Cluster, message.CheckpointStatement(a.Sequence, a.Digest))
	err := c.attest(replica, &a)
	return a, err
}

func (c *testCluster) Inspect(_ context.Context, replica message.ReplicaID, _ message.Sequence, id message.PageID) ([]byte, error) {
	if id.Path == "r" {
		return c.inspect(replica, c.root)
	}
	return c.inspect(replica, c.version.Page(fsstate.PageID{Path: id.Path[1:], Digest: id.Digest}))
}

var errSilent = errors.New("no answer")

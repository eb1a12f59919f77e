package bfs

import (
	"testing"

	"bfs/fsstate"
	"bfs/pbft/message"
)

// TestTransferBetweenServices: a service that is behind reaches the others'
// state at each point of the scenario, by pages alone, and goes on from there.
func TestTransferBetweenServices(t *testing.T) {
	t.Parallel()
	ahead, behind := newHost(), newHost()
	assembly := behind.Assemble(ahead.Digest())
	if len(assembly.Missing(nil, 10)) > 0 {
		t.Fatal("equal states have something to move")
	}
	for i, op := range scenario() {
		ahead.execute(op)
		root, version := ahead.Digest(), ahead.Checkpoint()
		assembly.Retarget(root)
		for ids := assembly.Missing(nil, 4); len(ids) > 0; ids = assembly.Missing(nil, 4) {
			for _, id := range ids {
				page := ahead.Page(version, id)
				if assembly.Supply(id, append([]byte{1}, page...)) || !assembly.Supply(id, page) {
					t.Fatalf("operation %d: page %x", i, id.Path)
				}
			}
		}
		if behind.Rollback(assembly.Version()); behind.Digest() != root {
			t.Fatalf("operation %d: another state", i)
		}
	}
	behind.now = ahead.now
	op := operationOf(&mkdir{dir: fsstate.RootIno, name: "later", mode: 0o755})
	if string(behind.execute(op)) != string(ahead.execute(op)) || behind.Digest() != ahead.Digest() {
		t.Error("the service goes on in another way")
	}
}

func TestNoPageOfAnotherDigest(t *testing.T) {
	t.Parallel()
	h := newHost()
	id := h.Assemble(message.Digest{1}).Missing(nil, 1)[0]
	if h.Page(h.Checkpoint(), id) != nil {
		t.Error("a root page of another state")
	}
	if id.Digest = h.Digest(); h.Page(h.Checkpoint(), id) == nil {
		t.Error("no root page")
	}
}

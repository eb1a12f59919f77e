package runtime

import (
	"testing"
	"time"

	"bfs/pbft"
	"bfs/pbft/message"
)

// checkpointed is a running group that has taken a checkpoint.
func checkpointed(t *testing.T) (*testGroup, *Client) {
	t.Helper()
	g := startGroup(t, false, 2, func(p *pbft.Params) { p.CheckpointInterval, p.LogSize = 8, 32 })
	c := g.dial(t, 0)
	advance(t, c)
	return g, c
}

// advance has batches executed until there is a later checkpoint.
func advance(t *testing.T, c *Client) message.Attestation {
	t.Helper()
	first, err := c.Attest(soon(t), 2)
	for now := first; err == nil; now, err = c.Attest(soon(t), 2) {
		if now.Sequence > first.Sequence {
			return now
		}
		add(t, c, "x")
	}
	t.Fatal(err)
	return first
}

// TestAttest: a replica signs for its stable checkpoint, and shows its pages
// also when later ones have come.
func TestAttest(t *testing.T) {
	t.Parallel()
	g, c := checkpointed(t)
	a, err := c.Attest(soon(t), 2)
	if err != nil {
		t.Fatal(err)
	}
	key := g.Replicas[2].Key
	statement := message.CheckpointStatement(a.Sequence, a.Digest)
	if a.Replica != 2 || a.Sequence == 0 || !key.Verify(g.Cluster, statement, a.Signature) {
		t.Fatalf("%+v", a)
	}
	if key.Verify(g.Cluster, message.CheckpointStatement(a.Sequence+1, a.Digest), a.Signature) {
		t.Error("the signature does for another sequence number")
	}
	for range keptCheckpoints - 1 {
		advance(t, c)
		data, err := c.Inspect(soon(t), 2, a.Sequence, pbft.RootPage(a.Digest))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pbft.ReadRoot(data, message.Entry{Sequence: a.Sequence, Digest: a.Digest}); err != nil {
			t.Fatalf("root page %x: %v", data, err)
		}
	}
	advance(t, c)
	if data, err := c.Inspect(soon(t), 2, a.Sequence, pbft.RootPage(a.Digest)); len(data) != 0 || err != nil {
		t.Errorf("a checkpoint too many is kept: %x, %v", data, err)
	}
}

// TestEvidenceIsBounded for each principal, and not for replicas at all.
func TestEvidenceIsBounded(t *testing.T) {
	t.Parallel()
	g := newGroup(t, false, 0)
	core, err := pbft.NewReplica(pbft.Config{Params: g.Params, Service: &tally{}})
	if err != nil {
		t.Fatal(err)
	}
	e := newEvidence(core, g.replicaKeys[0], "test")
	greedy := message.ClientNode(message.ClientID{Principal: 1, Session: 1})
	count := func(from message.Node, m message.Message, now message.Time) (answers int) {
		for e.answer(from, m, now) != nil {
			answers++
		}
		return answers
	}
	now := message.Time(5e18)
	if n := count(greedy, &message.Inspect{}, now); n != questionsPerSecond {
		t.Errorf("%d answers at once, want %d", n, questionsPerSecond)
	}
	again := message.ClientNode(message.ClientID{Principal: 1, Session: 2})
	if n := count(again, &message.Attest{}, now); n != 0 {
		t.Errorf("%d answers in another session", n)
	}
	if n := count(message.ClientNode(message.ClientID{Principal: 2}), &message.Attest{}, now); n != questionsPerSecond/attestCost {
		t.Errorf("%d signatures for another principal", n)
	}
	now += message.Time(100 * time.Millisecond)
	if n := count(greedy, &message.Inspect{}, now); n != questionsPerSecond/10 {
		t.Errorf("%d answers in a tenth of a second", n)
	}
	if n := count(greedy, &message.Inspect{}, now+message.Time(time.Hour)); n != questionsPerSecond {
		t.Errorf("%d answers after an hour", n)
	}
	if e.answer(message.ReplicaNode(1), &message.Inspect{}, now) != nil {
		t.Error("a replica is answered")
	}
}

// TestKeptCheckpointsAreForgotten when nobody asks any more.
func TestKeptCheckpointsAreForgotten(t *testing.T) {
	t.Parallel()
	g, c := checkpointed(t)
	if _, err := c.Attest(soon(t), 1); err != nil {
		t.Fatal(err)
	}
	r := g.replicas[1]
	r.turn.Lock()
	defer r.turn.Unlock()
	now := r.clock.now()
	if r.evidence.forget(now); len(r.evidence.kept) == 0 {
		t.Error("forgotten at once")
	}
	if r.evidence.forget(now + message.Time(keepCheckpoint)); len(r.evidence.kept) != 0 {
		t.Error("kept for ever")
	}
}

// TestServerAttestsToNothing: without replication there are no checkpoints.
func TestServerAttestsToNothing(t *testing.T) {
	t.Parallel()
	g := startGroup(t, true, 1, nil)
	c := g.dial(t, 0)
	if a, err := c.Attest(soon(t), 0); err != nil || a.Sequence != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

package pbft_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/*.txt from what the code does now")

// TestTranscripts holds whole runs of a small group, every message and event
// of them, against files.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(*testing.T, *group){
		// OSDI'99, figure 1: one request, no faults, one round of each phase.
		"normal": func(_ *testing.T, g *group) { g.ask(g.request(1, 1, 1, "write")) },
		// Requests that arrive while InFlight batches are on their way share
		// the next batch.
		"batching": func(_ *testing.T, g *group) {
			for i := message.Timestamp(1); i <= 4; i++ {
				g.step(message.ReplicaNode(0), message.Node{}, g.request(1, i, 1, "write"))
			}
			g.deliver()
		},
		// TOCS'02, 2.3.4: 2f+1 equal checkpoints are stable.
		"checkpoint": func(_ *testing.T, g *group) { g.run(1, 1, 4) },
		// A backup that everything to it was lost asks, and gets it.
		"retransmission": func(_ *testing.T, g *group) {
			g.drop = func(_, to message.ReplicaID, _ message.Message) bool { return to == 3 }
			g.run(1, 1, 1)
			g.drop = nil
			g.tick(pbft.Second)
			g.tick(pbft.Second)
		},
		// A client that gets no reply sends to all; replicas answer again.
		"answer-again": func(_ *testing.T, g *group) {
			q := g.request(1, 1, 1, "write")
			g.ask(q)
			for i := range g.replicas {
				g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
			}
			g.deliver()
		},
		// A backup passes a request that it does not know on to the primary.
		"relay": func(_ *testing.T, g *group) {
			q := g.request(1, 1, 1, "write")
			g.step(message.ReplicaNode(2), message.ClientNode(q.Client), q)
			g.deliver()
		},
		// An equivocating primary: two batches for one number; neither is
		// prepared.
		"equivocation": equivocate,
		// 2.3.5: a prepared batch is proposed again at its number; its
		// effects, executed tentatively, are undone and done again.
		"view-change-prepared": func(_ *testing.T, g *group) {
			g.loseTypes(message.TypeCommit)
			g.ask(g.request(1, 1, 1, "write"))
			g.withoutPrimary()
		},
		// One that is not prepared is proposed anew, at another time.
		"view-change-unprepared": func(_ *testing.T, g *group) {
			g.loseTypes(message.TypePrepare)
			g.ask(g.request(1, 1, 1, "write"))
			g.withoutPrimary()
		},
		// n=1 reaches nobody, n=2 is prepared: n=1 becomes null.
		"null-request":             loseTheFirst,
		"tentative-rollback":       rollBack,
		"read-fallback":            fallBack,
		"state-transfer":           transferState,
		"reads-attack":             leaveOneOut,
		"equivocation-view-change": func(t *testing.T, g *group) { equivocate(t, g); g.withoutPrimary() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, small())
			play(t, g)
			compare(t, filepath.Join("testdata", name+".txt"), g.log.String())
		})
	}
}

func equivocate(_ *testing.T, g *group) {
	for to, op := range []string{1: "pay A", 2: "pay B", 3: "pay B"} {
		if to == 0 {
			continue
		}
		b := &message.PrePrepare{Sequence: 1, Time: g.now, Requests: []*message.Request{g.request(1, 1, 1, op)}}
		b.Seal()
		g.send(0, b, message.ReplicaID(to))
	}
	g.replicas[0] = newGroup(g.t, g.params).replicas[0] // says nothing more
	g.drop = func(from, _ message.ReplicaID, _ message.Message) bool { return from == 0 }
	g.deliver()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the run differs from %s; if that is meant, run the test with -rewrite. It is now:\n%s", file, got)
	}
}

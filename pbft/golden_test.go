package pbft_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bfs/pbft/message"
)

var rewrite = flag.Bool("rewrite", false, "write testdata/*.txt from what the code does now")

// play is one run of a small group; about is the heading of its transcript.
type play struct {
	name, about string
	run         func(*testing.T, *group)
}

// plays are the runs whose every message and event is kept, by section of
// TOCS'02 where no other paper is named.
var plays = []play{
	{"normal", "One request without faults: a round of each phase, tentative replies, and commits after them (OSDI'99, figure 1).",
		func(_ *testing.T, g *group) { g.ask(g.request(1, 1, 1, "write")) }},
	{"batching", "Requests that arrive while InFlight batches are on their way share the next batch (5.1.4).", fillBatches},
	{"digest-replies", "A large result: the replica that the client names sends it whole, the others its digest (5.1.1).",
		func(_ *testing.T, g *group) { newCaller(g, 1).invoke(strings.Repeat("x", 300), false) }},
	{"large-request", "A large request goes from the client to all replicas, and the primary only names it (5.1.5).", sendLarge},
	{"read", "A read-only request goes to all replicas and is answered at once, without being ordered (5.1.3).", readOnly},
	{"read-waits", "A read that comes between a tentative execution and its commit waits for the commit (5.1.3).", readWhileTentative},
	{"read-fallback", "Replica 3 lags and the read does not reach replica 2: the answers do not suffice, so the read is ordered (5.1.3).", fallBack},
	{"reads-attack", "The primary orders without replica 3 and answers nobody; replica 3 learns from the others what is committed (SRDS'21).", leaveOneOut},
	{"checkpoint", "Four requests: 2f+1 equal checkpoints are stable (2.3.4).",
		func(_ *testing.T, g *group) { g.run(1, 1, 4) }},
	{"retransmission", "Everything to a backup was lost; it says what it has, and gets the rest (5.2).", loseAllToOne},
	{"answer-again", "A client that gets no reply sends to all; replicas answer again and execute nothing (2.3.2).", answerAgain},
	{"relay", "A backup passes a request that it does not know on to the primary (2.3.2).", relay},
	{"equivocation", "Two batches for one number: neither is prepared (2.3.3).", equivocate},
	{"equivocation-view-change", "Two batches for one number, and then a new view (2.3.5).",
		func(t *testing.T, g *group) { equivocate(t, g); g.withoutPrimary() }},
	{"view-change-prepared", "A prepared batch is proposed again at its number; its tentative effects are undone and done again (2.3.5).", changeWithPrepared},
	{"view-change-unprepared", "A batch that is not prepared is proposed anew, at another time (2.3.5).", changeWithUnprepared},
	{"null-request", "The batch at 1 reaches nobody, the one at 2 is prepared: the new view fills 1 with the null request (2.3.5).", loseTheFirst},
	{"tentative-rollback", "Replica 3 alone has executed a request tentatively; the new view does without its word, and it rolls back (5.1.2).", rollBack},
	{"state-transfer", "Replica 3 has missed what is in nobody's log any more, and fetches the state (5.3.2).", transferState},
}

// TestTranscripts holds whole runs of a small group, every message and event
// of them, against files.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	for _, p := range plays {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			g := newGroup(t, small())
			p.run(t, g)
			compare(t, filepath.Join("testdata", p.name+".txt"), p.about+"\n\n"+g.log.String())
		})
	}
}

// Each transcript is of a play that is still in the list.
func TestNoTranscriptIsLeftOver(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(files) != len(plays) && !*rewrite {
		t.Errorf("%d plays and %d transcripts: %v, error %v", len(plays), len(files), files, err)
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

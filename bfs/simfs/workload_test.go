package simfs

import (
	"flag"
	"math/rand/v2"
	"testing"

	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
	"bfs/pbft/sim"
)

var (
	firstSeed = flag.Uint64("seed", 0, "the first seed that TestSeeds runs")
	seeds     = flag.Uint64("seeds", 30, "how many seeds TestSeeds runs for each f")
)

// TestSeeds: the real file service on the real core, with all that a seed
// brings; what its clients see is linearizable.
func TestSeeds(t *testing.T) {
	t.Parallel()
	unknown, open, calls := 0, 0, 0
	for f := 1; f <= 2; f++ {
		for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
			r, err := sim.Run(sim.New(Draw(seed, f), nil))
			if err != nil {
				t.Fatalf("f=%d: %v\n  again: go test ./bfs/simfs -run TestSeeds -seed %d -seeds 1", f, err, seed)
			}
			if r.Verdict.Unknown {
				unknown++
			}
			open += r.Verdict.Open
			calls += r.Verdict.Calls
		}
	}
	if unknown > 0 {
		t.Errorf("%d histories of %d were too hard to check", unknown, 2**seeds)
	}
	t.Logf("%d calls, %d of them without end; %d histories too hard to check", calls, open, unknown)
}

// TestModel: on one copy of the service, with nothing else between, the model
// says of every call what the service does.
func TestModel(t *testing.T) {
	t.Parallel()
	var seen [kinds]map[fsstate.Status]int
	for seed := range uint64(200) {
		compare(t, seed, &seen)
	}
	for k, statuses := range seen {
		if statuses[fsstate.OK] == 0 || len(statuses) < 2 {
			t.Errorf("%s: outcomes %v; some are never tried", kindNames[k], statuses)
		}
	}
}

func compare(t *testing.T, seed uint64, seen *[kinds]map[fsstate.Status]int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	w := New()
	service, model := w.Service(), w.Model()
	scripts := []sim.Script{w.Script(message.ClientID{Principal: 1, Session: 1}), w.Script(message.ClientID{Principal: 2, Session: 1})}
	state := model.Init()
	for i := range 150 {
		c := scripts[i%2].Next(rng).(*call)
		execute(t, service, c, message.Time(i+1))
		ok, next := model.Step(state, c.Input(), c.Output())
		if !ok {
			want, _ := state.(*tree).step(c.in)
			t.Fatalf("seed %d, step %d: %v returned %v, want %v", seed, i, c.in, c.out, want)
		}
		state = next
		if seen[c.in.kind] == nil {
			seen[c.in.kind] = make(map[fsstate.Status]int)
		}
		seen[c.in.kind][c.out.status]++
	}
}

// execute has a call done by a service, queries as such.
func execute(t *testing.T, s sim.Service, c *call, now message.Time) {
	for done := false; !done; {
		body, readOnly := c.Operation()
		op := pbft.Operation{Client: c.in.session, Time: now, Body: body}
		result, ok := []byte(nil), false
		if readOnly {
			result, ok = s.Query(op)
		}
		if !ok {
			result = s.Execute(op)
		}
		var err error
		if done, err = c.Answer(result); err != nil {
			t.Fatalf("%v: %v", c.in, err)
		}
	}
}

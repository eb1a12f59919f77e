package sim

import (
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"bfs/pbft/message"
)

// The "grade file": two clients write A and then B while others read it. The
// designs here are what one would think of first, each a few lines long. They
// show that the checker can tell them from one that works.

// naive is a design without agreement: a client sends a call to all servers,
// each carries it out when it comes, and so many equal replies end the call.
type naive struct {
	servers, quorum int
	faulty          naiveFault // of the last server
}

type naiveFault int

const (
	naiveHonest naiveFault = iota
	naiveSilent            // it says nothing
	naiveLiar              // it acknowledges writes, forgets them, and reads out what it likes
)

// runs are played of each design.
const runs = 100

// grades are what is written: "", A and B. Reads have the grade 0.
const grades = 3

// gradeCall is a write if grade is not 0, else a read.
type gradeCall struct{ grade int }

// naiveRun is one run of a design, in a world of its own.
type naiveRun struct {
	naive
	world   *World
	values  []int // of the servers
	history []porcupine.Operation
}

// play has two clients write and four read several times, and returns what they
// saw. Calls that do not end are not in it.
func (d naive) play(seed uint64) []porcupine.Operation {
	r := &naiveRun{
		naive:  d,
		world:  &World{rng: rand.New(rand.NewPCG(seed, 0)), now: epochStart},
		values: make([]int, d.servers),
	}
	for client := range 6 {
		calls := make([]gradeCall, 12)
		if client < grades-1 {
			calls[0].grade = client + 1
		}
		r.next(client, calls)
	}
	if err := r.world.runUntil(epochStart+100_000, func() bool { return false }); err != nil {
		panic(err)
	}
	return r.history
}

// next makes a client's calls, one after another.
func (r *naiveRun) next(client int, calls []gradeCall) {
	if len(calls) > 0 {
		r.try(client, calls, r.world.now)
	}
}

// try sends a client's first call to all servers. A read is tried again once
// all have answered, if too few agree.
func (r *naiveRun) try(client int, calls []gradeCall, begin message.Time) {
	c, count, done := calls[0], 0, false
	equal := make(map[int]int)
	r.toAll(c, func(value int) {
		count++
		equal[value]++
		switch {
		case done:
		case equal[value] == r.quorum:
			done = true
			r.history = append(r.history, porcupine.Operation{
				ClientId: client, Input: c, Output: value, Call: int64(begin), Return: int64(r.world.now),
			})
			r.next(client, calls[1:])
		case count == r.servers && c.grade == 0:
			r.try(client, calls, begin)
		}
	})
}

// toAll sends a call to all servers and hands each reply over when it comes.
// Writes travel slowly, so that there is much to read meanwhile.
func (r *naiveRun) toAll(c gradeCall, reply func(value int)) {
	slow := 1
	if c.grade != 0 {
		slow = 10
	}
	for i := range r.values {
		r.later(slow, func() {
			value, answers := r.serve(i, c)
			if answers {
				r.later(1, func() { reply(value) })
			}
		})
	}
}

func (r *naiveRun) later(slow int, f func()) {
	r.world.after(message.Time(r.world.rng.IntN(1000*slow)), f)
}

// serve is what a server answers: what it has, or had the client write.
func (r *naiveRun) serve(i int, c gradeCall) (value int, answers bool) {
	faulty := i == len(r.values)-1
	switch {
	case faulty && r.faulty == naiveSilent:
		return 0, false
	case faulty && r.faulty == naiveLiar && c.grade == 0:
		return r.world.rng.IntN(grades), true
	case c.grade != 0:
		r.values[i] = c.grade
	}
	return r.values[i], true
}

// gradeModel is one file; a write returns what was written.
var gradeModel = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, input, output any) (bool, any) {
		if c := input.(gradeCall); c.grade != 0 {
			return output == c.grade, c.grade
		}
		return output == state, state
	},
}

// caught says for how many of the first seeds the checker refuses a design, and
// how many calls have ended in all.
func (d naive) caught() (refused, ended int) {
	for seed := range uint64(runs) {
		calls := d.play(seed)
		ended += len(calls)
		if porcupine.CheckOperationsTimeout(gradeModel, calls, checkTime) == porcupine.Illegal {
			refused++
		}
	}
	return refused, ended
}

// TestNaiveDesigns: the checker sees what is wrong with each, and nothing wrong
// with a single honest server.
func TestNaiveDesigns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		design naive
		right  bool // linearizable
		live   bool
	}{
		{"one honest server", naive{1, 1, naiveHonest}, true, true},
		{"all of two replies, one server silent", naive{2, 2, naiveSilent}, true, false},
		{"all of four replies, one server silent", naive{4, 4, naiveSilent}, true, false},
		{"f+1 of 2f+1 replies", naive{3, 2, naiveLiar}, false, true},
		{"2f+1 of 3f+1 replies without an order", naive{4, 3, naiveLiar}, false, true},
	}
	for _, test := range tests {
		refused, ended := test.design.caught()
		if refused == 0 != test.right {
			t.Errorf("%s: %d of %d runs are not linearizable; right is %t", test.name, refused, runs, test.right)
		}
		if ended > 0 != test.live {
			t.Errorf("%s: %d calls have ended; live is %t", test.name, ended, test.live)
		}
		t.Logf("%s: %d of %d runs are not linearizable", test.name, refused, runs)
	}
}

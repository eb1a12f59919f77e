package conformance

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bfs/fsstate"
)

// A Differential makes the same random system calls on two file systems and
// compares every outcome, and now and then the whole trees, contents included.
type Differential struct {
	// Fresh returns two empty file systems, the one under test first, and what
	// is to be done when they are no longer needed.
	Fresh func() (here, linux FS, done func())
	// Seed is the first sequence's. Others have those that follow.
	Seed uint64
	// Steps are how many calls are made, in sequences of SequenceLength.
	Steps int
	// Mounted says that the first is mounted: what the kernel does above every
	// file system is compared as well.
	Mounted bool
	// Kept is a directory of sequences that failed once. They are run first,
	// and a new one is shortened and put there.
	Kept string
}

// SequenceLength is how many calls are made on the same two file systems.
const SequenceLength = 500

// betweenTrees is the number of calls between two looks at the whole trees.
const betweenTrees = 25

// Run runs the kept sequences and then the random ones, some at a time.
func (d Differential) Run(t *testing.T) {
	kept, err := filepath.Glob(filepath.Join(d.Kept, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range kept {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if why := d.replay(load(t, name)); why != "" {
				t.Fatal(why)
			}
		})
	}
	t.Run("random", func(t *testing.T) {
		for i := range uint64(max(1, d.Steps/SequenceLength)) {
			t.Run(fmt.Sprint("seed=", d.Seed+i), func(t *testing.T) {
				t.Parallel()
				d.one(t, d.Seed+i)
			})
		}
	})
}

// one runs the sequence of a seed.
func (d Differential) one(t *testing.T, seed uint64) {
	steps := sequence(seed, d.Mounted)
	if d.replay(steps) != "" {
		steps = d.shrink(steps)
		t.Fatalf("%s\nshortened to %d steps, kept in %s", d.replay(steps), len(steps), keep(t, d.Kept, steps))
	}
}

// sequence is that of a seed.
func sequence(seed uint64, mounted bool) []step {
	g := &generator{random: rand.New(rand.NewPCG(seed, 1)), mounted: mounted}
	steps := make([]step, SequenceLength)
	for i := range steps {
		if steps[i] = g.next(); i%betweenTrees == 0 {
			steps[i] = step{Call: "tree"}
		}
	}
	return steps
}

// replay makes steps on fresh file systems, and tells what differs and after
// what, or "".
func (d Differential) replay(steps []step) string {
	here, linux, done := d.Fresh()
	defer done()
	sides := []*side{{fs: here}, {fs: linux}}
	for _, s := range sides {
		defer s.closeAll()
	}
	for i, s := range steps {
		got, want := sides[0].outcome(s), sides[1].outcome(s)
		if got != want && !d.lawful(s, got, want) {
			return fmt.Sprintf("after\n%s\ngot  %s\nwant %s", text(steps[:i+1]), got, want)
		}
	}
	return ""
}

// shrink drops steps from a failing sequence as long as it still fails.
func (d Differential) shrink(steps []step) []step {
	for chunk := len(steps) / 2; chunk > 0; chunk /= 2 {
		for at := 0; at+chunk <= len(steps); {
			fewer := slices.Concat(steps[:at], steps[at+chunk:])
			if d.replay(fewer) != "" {
				steps = fewer
			} else {
				at += chunk
			}
		}
	}
	return steps
}

func text(steps []step) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	for _, s := range steps {
		if err := encoder.Encode(s); err != nil {
			panic(err) // a step is plain data
		}
	}
	return b.String()
}

func keep(t *testing.T, dir string, steps []step) string {
	content := []byte(text(steps))
	name := filepath.Join(dir, fmt.Sprintf("%x.jsonl", sha256.Sum256(content))[48:])
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Error(err)
	}
	return name
}

func load(t *testing.T, name string) (steps []step) {
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		var s step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		steps = append(steps, s)
	}
	return steps
}

// callers make the steps.
var callers = []fsstate.Caller{
	{},
	{UID: aliceID, GID: aliceID, Groups: []uint32{staff}},
	{UID: bobID, GID: bobID, Groups: []uint32{staff}},
	{UID: aliceID, GID: aliceID, Groups: []uint32{staff}, Umask: 0o27},
}

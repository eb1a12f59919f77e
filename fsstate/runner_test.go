package fsstate

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The differential test does as much as one likes:
//
//	go test ./fsstate -run TestDifferential -ops 1000000 -seed 7 -timeout 0
//
// runs a million operations, in sequences from that seed on. A sequence that
// fails is made as short as can be, printed, and kept for FuzzOperations, which
// every later run of the tests begins with.
var (
	opsFlag  = flag.Int("ops", 12_000, "how many operations TestDifferential compares")
	seedFlag = flag.Uint64("seed", 0, "the seed of TestDifferential's first sequence")
)

const (
	sequence     = 1000 // operations
	compareEvery = 16   // operations between two looks at the whole trees, when there are many
	keptIn       = "testdata/fuzz/FuzzOperations"
)

// TestDifferential compares the state with the model: every answer, and the
// whole tree now and then.
func TestDifferential(t *testing.T) {
	done := &tally{ok: map[string]int{}}
	every := 1
	if *opsFlag > 100_000 {
		every = compareEvery
	}
	t.Run("sequences", func(t *testing.T) {
		for i := range uint64(*opsFlag / sequence) {
			seed := *seedFlag + i
			t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
				t.Parallel()
				which := int(seed % uint64(len(variants)))
				ops := mixedOps(seed, sequence)
				if err := replay(variants[which], ops, every, done); err != nil {
					report(t, which, ops, err)
				}
			})
		}
	})
	t.Logf("%d operations, of which succeeded: %v", done.ops, done.ok)
	for _, kind := range opKinds {
		if done.ops >= 12_000 && done.ok[kind] == 0 {
			t.Errorf("of %d operations no %s succeeded: the generator is of no use for it", done.ops, kind)
		}
	}
}

// tally counts the operations of several goroutines.
type tally struct {
	mu  sync.Mutex
	ops int
	ok  map[string]int // by kind, those that succeeded
}

func (y *tally) add(ok map[string]int, ops int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.ops += ops
	for kind, n := range ok {
		y.ok[kind] += n
	}
}

// step runs one operation on both and returns how they differ after it.
func step(s *State, m *model, o op) error {
	before := s.Digest()
	if _, err := both(s, m, o); err != nil {
		return err
	}
	return inspect(s, m, o, before)
}

// both runs one operation on both and returns its answer, or how the answers
// differ.
func both(s *State, m *model, o op) (string, error) {
	got, want := o.run(s), o.run(m)
	if got != want {
		return got, fmt.Errorf("%+v:\n got %s\nwant %s", o, got, want)
	}
	return got, nil
}

// inspect returns what is wrong with the state after o, or how it differs.
func inspect(s *State, m *model, o op, before [32]byte) error {
	if err := s.CheckInvariants(); err != nil {
		return fmt.Errorf("%+v: %w", o, err)
	}
	if err := compare(s, m); err != nil {
		return fmt.Errorf("%+v: %w", o, err)
	}
	if o.c.ReadOnly && before != s.Digest() {
		return fmt.Errorf("%+v: a read-only operation changed the state", o)
	}
	return nil
}

// replay runs a sequence of encoded operations on a fresh state and model, and
// inspects the state after some of them and at the end.
func replay(cfg Config, ops [][]byte, every int, count *tally) error {
	s, m := New(cfg), newModel(cfg)
	ok := map[string]int{}
	for i, b := range ops {
		o := decodeOp(b, m)
		look := i%every == 0 || i == len(ops)-1
		var before [32]byte
		if look {
			before = s.Digest()
		}
		got, err := both(s, m, o)
		if err == nil && look {
			err = inspect(s, m, o, before)
		}
		if err != nil {
			return fmt.Errorf("operation %d: %w", i, err)
		}
		if strings.HasSuffix(got, OK.String()+"]") {
			ok[o.kind]++
		}
	}
	count.add(ok, len(ops))
	return nil
}

func fails(cfg Config, ops [][]byte) error {
	return replay(cfg, ops, 1, &tally{ok: map[string]int{}})
}

// shrink drops operations from a failing sequence as long as it still fails.
func shrink(cfg Config, ops [][]byte) [][]byte {
	for chunk := len(ops) / 2; chunk > 0; chunk /= 2 {
		for at := 0; at+chunk <= len(ops); {
			fewer := slices.Concat(ops[:at], ops[at+chunk:])
			if fails(cfg, fewer) != nil {
				ops = fewer
			} else {
				at += chunk
			}
		}
	}
	return ops
}

func report(t *testing.T, variant int, ops [][]byte, err error) {
	t.Helper()
	cfg := variants[variant]
	short := shrink(cfg, ops)
	m, s := newModel(cfg), New(cfg)
	for _, b := range short {
		o := decodeOp(b, m)
		t.Logf("%+v\n    %s", o, o.run(s))
		o.run(m)
	}
	t.Fatalf("%v\nshortened to the %d operations above, kept in %s: %v", err, len(short), keep(t, variant, short), fails(cfg, short))
}

// keep writes a sequence where FuzzOperations finds it.
func keep(t *testing.T, variant int, ops [][]byte) string {
	input := append(slices.Concat(ops...), make([]byte, variant)...)
	text := fmt.Sprintf("go test fuzz v1\n[]byte(%q)\n", input)
	name := filepath.Join(keptIn, fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:16])
	if err := os.MkdirAll(keptIn, 0o755); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Error(err)
	}
	return name
}

func randomOps(seed uint64, n int) [][]byte {
	rng := rand.New(rand.NewPCG(seed, 1))
	ops := make([][]byte, n)
	for i := range ops {
		ops[i] = make([]byte, opBytes)
		for j := range ops[i] {
			ops[i][j] = byte(rng.Uint32())
		}
	}
	return ops
}

// mixedOps is randomOps for half of the seeds, and lockOps for the others.
func mixedOps(seed uint64, n int) [][]byte {
	if seed%2 == 0 {
		return randomOps(seed, n)
	}
	return lockOps(seed, n)
}

// FuzzOperations takes its input for a sequence of operations, and what is left
// of it for the choice of a variant.
func FuzzOperations(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(append(slices.Concat(mixedOps(seed, 50)...), make([]byte, seed)...))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		ops := slices.Collect(slices.Chunk(input[:len(input)/opBytes*opBytes], opBytes))
		if len(ops) > 500 {
			ops = ops[:500]
		}
		variant := len(input) % opBytes % len(variants)
		if err := fails(variants[variant], ops); err != nil {
			report(t, variant, ops, err)
		}
	})
}

package fsstate

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestDeterminism runs the same operations on two states. One of them, at
// random points, takes snapshots, goes astray and is rolled back, scrubs itself,
// is put together from another's pages on top of an older state, and loses its
// memory and is put together from nothing. The digests must be the same after
// every operation, and the old versions what they were at the end.
func TestDeterminism(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			cfg := variants[seed%uint64(len(variants))]
			plain, m := New(cfg), newModel(cfg)
			r := restless{T: t, State: New(cfg), m: m, rng: rand.New(rand.NewPCG(seed, 12)), kept: map[*Snapshot][32]byte{}}
			for i, b := range mixedOps(700+seed, 1500) {
				r.disturb(seed + uint64(i))
				if c := (&Context{Now: m.clock}); r.rng.IntN(30) == 0 {
					m.start(c, true)
					if want, got := save(plain, c, b), save(r.State, c, b); got != want {
						t.Fatalf("operation %d: a saved snapshot: %s, want %s", i, got, want)
					}
				}
				o := decodeOp(b, m)
				want, got := o.run(plain), o.run(r.State)
				o.run(m)
				if got != want || plain.Digest() != r.Digest() {
					t.Fatalf("operation %d, %+v, after %v:\n got %s\nwant %s, or the digests differ", i, o, r.did, got, want)
				}
			}
			checkVersions(t, r.State, r.kept)
			for _, what := range disturbances {
				if r.times[what] == 0 {
					t.Errorf("never: %s", what)
				}
			}
		})
	}
}

// save makes a user's snapshot or deletes one. The model has none: no other
// operation can tell.
func save(s *State, c *Context, b []byte) string {
	name := fmt.Sprint(b[0] % 8)
	if b[1]%2 == 0 {
		return answer(s.DeleteSnapshot(c, name))
	}
	return answer(s.CreateSnapshot(c, name))
}

// restless is a state to which more happens than operations.
type restless struct {
	*testing.T
	*State
	m     *model
	rng   *rand.Rand
	kept  map[*Snapshot][32]byte
	older *Snapshot // what a state that was away for a while comes back with
	did   []string
	times [len(disturbances)]int
}

// disturbance is something that must not show.
type disturbance int

const (
	snapshot disturbance = iota
	rollback
	scrub
	transferred
	restart
)

var disturbances = [...]disturbance{snapshot, rollback, scrub, transferred, restart}

func (d disturbance) String() string {
	return [...]string{"snapshot", "rollback", "scrub", "transfer", "restart"}[d]
}

// disturb does something to the state, or mostly nothing.
func (r *restless) disturb(seed uint64) {
	if r.rng.IntN(4) > 0 {
		return
	}
	what := disturbances[r.rng.IntN(len(disturbances))]
	r.times[what]++
	r.did = append(r.did[max(0, len(r.did)-8):], what.String())
	switch what {
	case snapshot:
		version := r.Snapshot()
		r.kept[version] = r.Digest()
		if r.older == nil || r.rng.IntN(4) == 0 {
			r.older = version
		}
	case rollback:
		goAstray(r.State, r.m, seed)
	case scrub:
		if wrong := r.Scrub(1 + r.rng.IntN(1<<14)); wrong > 0 {
			r.Fatalf("%d digests are wrong", wrong)
		}
	case transferred:
		r.move(r.older)
	case restart:
		r.move(nil)
	}
}

// move puts the state together again, from its pages and what base has.
func (r *restless) move(base *Snapshot) {
	fresh := New(Config{})
	if base != nil {
		fresh.Restore(base)
	}
	a := fresh.Assemble(r.Digest())
	supply(r.T, a, r.Snapshot(), 1<<30, r.rng)
	r.State = new(State)
	r.Restore(a.Version())
}

// TestTheGeneratorHasEveryOperation: what is missing in ops_test.go would be
// missing in all tests that use random operations.
func TestTheGeneratorHasEveryOperation(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]string{
		"Readdir":        "op.list",
		"CreateSnapshot": "save, and TestSnapshotsAgainstModel",
		"DeleteSnapshot": "as CreateSnapshot",
		"Snapshots":      "TestSnapshotsAgainstModel",
	}
	state, tested := reflect.TypeFor[*State](), reflect.TypeFor[files]()
	for i := range state.NumMethod() {
		method := state.Method(i)
		if method.Type.NumIn() < 2 || method.Type.In(1) != reflect.TypeFor[*Context]() {
			continue
		}
		if _, ok := tested.MethodByName(method.Name); !ok && elsewhere[method.Name] == "" {
			t.Errorf("random operations have no %s: add it to files, op.run and opKinds", method.Name)
		}
	}
}

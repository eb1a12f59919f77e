package fsstate

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

var smallConfig = Config{
	Limits:   Limits{Bytes: 64*BlockSize + 7, Inodes: 48, Lease: 1600},
	RootMode: 0o777, RootUID: 0, RootGID: 10, Now: 1000,
}

// variants are what the sequences are run on: smallConfig with the policies
// that a cluster may choose.
var variants = []Config{
	smallConfig,
	varied(func(l *Limits) { l.Devices = DevicesAllow }),
	varied(func(l *Limits) { l.Devices = DevicesRefuse }),
}

func varied(change func(*Limits)) Config {
	cfg := smallConfig
	change(&cfg.Limits)
	return cfg
}

// compare returns how the state differs from the model.
func compare(s *State, m *model) error {
	if s.clock != m.clock || s.nextIno != m.next || s.inodes.Len() != len(m.files) {
		return fmt.Errorf("clock %d next %d inodes %d, want %d %d %d",
			s.clock, s.nextIno, s.inodes.Len(), m.clock, m.next, len(m.files))
	}
	for ino, f := range m.files {
		if err := compareFile(s, m, ino, f); err != nil {
			return err
		}
	}
	if int(s.sessions.count) != len(m.sessions) || s.sessions.expired.Len() != len(m.expired) {
		return fmt.Errorf("%d sessions and %d expired, want %d and %d",
			s.sessions.count, s.sessions.expired.Len(), len(m.sessions), len(m.expired))
	}
	for _, r := range m.sessions {
		got, _ := s.sessions.get(r.id)
		if got.renewed != r.renewed || got.opens.counts.Len() != len(r.opens) {
			return fmt.Errorf("session %v renewed %d with %d opens, want %d and %d",
				r.id, got.renewed, got.opens.counts.Len(), r.renewed, len(r.opens))
		}
		for ino, o := range r.opens {
			if got := s.held(r.id, ino); got != (openCount{o[0], o[1], o[2]}) {
				return fmt.Errorf("session %v holds %d %+v, want %v", r.id, ino, got, *o)
			}
		}
	}
	return compareLocks(s, m)
}

func compareFile(s *State, m *model, ino Ino, f *mFile) error {
	n, status := s.get(ino)
	if got, want := n.attr(ino), m.stat(ino); status != OK || got != want {
		return fmt.Errorf("inode %d: %v %+v, want %+v", ino, status, got, want)
	}
	if f.kind() == mDir && n.parent != f.parent || n.entries.Len() != len(f.entries) {
		return fmt.Errorf("directory %d: parent %d, %d entries, want %d, %d",
			ino, n.parent, n.entries.Len(), f.parent, len(f.entries))
	}
	for name, child := range f.entries {
		if got := find(&n.entries, name).ino; got != child {
			return fmt.Errorf("directory %d: %q is %d, want %d", ino, name, got, child)
		}
	}
	if b, _ := n.blockAt(0); f.kind() == mLink && string(b) != f.target {
		return fmt.Errorf("link %d: target %q, want %q", ino, b, f.target)
	}
	for index := range f.reserved {
		if _, ok := n.runAt(index); !ok {
			return fmt.Errorf("inode %d: block %d is not reserved", ino, index)
		}
	}
	for index, want := range f.blocks {
		b, ok := n.blockAt(index)
		if got := append([]byte(b), make([]byte, BlockSize-len(b))...); !ok || !bytes.Equal(got, want[:]) {
			return fmt.Errorf("inode %d: block %d differs", ino, index)
		}
	}
	return nil
}

// step runs one operation on both and returns how they differ after it.
func step(s *State, m *model, o op) error {
	before := s.Digest()
	got, want := o.run(s), o.run(m)
	if got != want {
		return fmt.Errorf("%+v:\n got %s\nwant %s", o, got, want)
	}
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

// replay runs a sequence of encoded operations on a fresh state and model.
func replay(cfg Config, ops [][]byte) error {
	s, m := New(cfg), newModel(cfg)
	for i, b := range ops {
		if err := step(s, m, decodeOp(b, m)); err != nil {
			return fmt.Errorf("operation %d: %w", i, err)
		}
	}
	return nil
}

// shrink drops operations from a failing sequence as long as it still fails.
func shrink(cfg Config, ops [][]byte) [][]byte {
	for chunk := len(ops) / 2; chunk > 0; chunk /= 2 {
		for at := 0; at+chunk <= len(ops); {
			fewer := slices.Concat(ops[:at], ops[at+chunk:])
			if replay(cfg, fewer) != nil {
				ops = fewer
			} else {
				at += chunk
			}
		}
	}
	return ops
}

func report(t *testing.T, cfg Config, ops [][]byte, err error) {
	t.Helper()
	short := shrink(cfg, ops)
	m, s := newModel(cfg), New(cfg)
	for _, b := range short {
		o := decodeOp(b, m)
		t.Logf("%+v\n    %s", o, o.run(s))
		o.run(m)
	}
	t.Fatalf("%v\nshortened to the %d operations above: %v", err, len(short), replay(cfg, short))
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

// TestStateAgreesWithModel compares the state with the model, in every answer
// and in the whole tree after every operation.
func TestStateAgreesWithModel(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			cfg, ops := variants[seed%uint64(len(variants))], randomOps(seed, 1000)
			if err := replay(cfg, ops); err != nil {
				report(t, cfg, ops, err)
			}
		})
	}
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
		cfg := variants[len(input)%opBytes%len(variants)]
		if err := replay(cfg, ops); err != nil {
			report(t, cfg, ops, err)
		}
	})
}

package conformance

import (
	"os"
	"slices"
	"testing"

	"bfs/fsstate"
)

// TestDifferential makes the same random system calls on Linux and on the
// file state. Every outcome must be the same, and now and then the trees.
func TestDifferential(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	needXattrs(t, inMemory(t))
	Differential{Fresh: func() (FS, FS, func()) {
		state := newState()
		here := Inodes{t.Context(), NewState(state, fsstate.Session{Principal: 1, Number: 1}, ticker())}
		if err := here.As(fsstate.Caller{}).Chmod("/", 0o777); err != nil {
			t.Fatal(err)
		}
		linux, remove, err := NewScratch(Memory())
		if err != nil {
			t.Fatal(err)
		}
		return here, linux, func() {
			checkInvariants(t, state)
			if err := remove(); err != nil {
				t.Error(err)
			}
		}
	}, Steps: 6000, Kept: "testdata/differential"}.Run(t)
}

// forgetful is a file system that refuses to remove directories once a file
// is longer than a block: something for the differential test to find.
type forgetful struct {
	FS
	long *bool
}

func (f forgetful) As(caller fsstate.Caller) Process {
	return forgetfulProcess{f.FS.As(caller), f.long}
}

type forgetfulProcess struct {
	Process
	long *bool
}

func (p forgetfulProcess) Truncate(path string, size int64) error {
	err := p.Process.Truncate(path, size)
	*p.long = *p.long || err == nil && size > fsstate.BlockSize
	return err
}

func (p forgetfulProcess) Rmdir(path string) error {
	if *p.long {
		return fsstate.Busy
	}
	return p.Process.Rmdir(path)
}

// A difference is found among hundreds of steps that have nothing to do with
// it, and what is kept is the steps that show it and no others.
func TestDifferentialShrinks(t *testing.T) {
	t.Parallel()
	fresh := func() FS {
		return Inodes{t.Context(), NewState(newState(), fsstate.Session{Principal: 1, Number: 1}, ticker())}
	}
	d := Differential{Kept: t.TempDir(), Fresh: func() (FS, FS, func()) {
		return forgetful{fresh(), new(bool)}, fresh(), func() {}
	}}
	var steps []step
	for seed := uint64(0); d.replay(steps) == ""; seed++ {
		steps = sequence(seed, false)
	}
	kept := load(t, keep(t, d.Kept, d.shrink(steps)))
	var made []string
	for _, s := range kept {
		made = append(made, s.Call)
	}
	if d.replay(kept) == "" || len(kept) > 8 || !slices.Contains(made, "truncate") || !slices.Contains(made, "rmdir") {
		t.Errorf("shortened %d steps to\n%s", len(steps), text(kept))
	}
}

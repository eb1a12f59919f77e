package fuse

import (
	"flag"
	"os"
	"testing"

	"bfs/bfs/conformance"
)

// The differential test does as much as one likes:
//
//	go test ./fuse -run TestDifferential -ops 300000 -seed 7 -timeout 0
//
// makes 300,000 system calls, in sequences from that seed on. A sequence that
// fails is made as short as can be, printed, and kept for every later run.
var (
	opsFlag  = flag.Int("ops", 4000, "how many system calls TestDifferential compares")
	seedFlag = flag.Uint64("seed", 0, "the seed of TestDifferential's first sequence")
)

// TestDifferential makes the same random system calls in a mount and in
// Linux's own file system in memory. Every outcome must be the same, and the
// trees.
func TestDifferential(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	m := mounted(t, newService())
	scratch := func(parent string) (*conformance.Kernel, func()) {
		k, remove, err := conformance.NewScratch(parent)
		if err != nil {
			t.Fatal(err)
		}
		return k, func() {
			if err := remove(); err != nil {
				t.Error(err)
			}
		}
	}
	conformance.Differential{Fresh: func() (here, linux conformance.FS, done func()) {
		here, removeHere := scratch(m.Path())
		linux, removeLinux := scratch(conformance.Memory())
		return here, linux, func() { removeHere(); removeLinux() }
	}, Seed: *seedFlag, Steps: *opsFlag, Mounted: true, Kept: "testdata/differential"}.Run(t)
}

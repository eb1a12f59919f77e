package fuse

import (
	"os"
	"testing"

	"bfs/bfs"
	"bfs/bfs/conformance"
)

// TestConformance runs the suite for file systems at the height where
// programs are: system calls in a mount, by several users.
func TestConformance(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	s := newService()
	m := mounted(t, s)
	kernel := conformance.NewKernel(m.Path())
	t.Cleanup(kernel.Close)
	conformance.Run(t, kernel)
	conformance.RunSnapshots(t, kernel, bfs.NewClient(s.invoker()))
}

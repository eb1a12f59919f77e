package conformance

import (
	"os"
	"testing"
)

// The suite must expect what Linux does.
func TestKernel(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	Run(t, inMemory(t))
}

// inMemory is Linux's own file system in memory, in a new directory.
func inMemory(t *testing.T) *Kernel {
	t.Helper()
	memory := "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		memory = "" // the usual place, whatever file system it is on
	}
	base, err := os.MkdirTemp(memory, "conformance")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	kernel := NewKernel(base)
	t.Cleanup(kernel.Close)
	return kernel
}

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
	base, err := os.MkdirTemp("/dev/shm", "conformance")
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
	Run(t, kernel)
}

package conformance

import (
	"errors"
	"os"
	"testing"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// The suite must expect what Linux does.
func TestKernel(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("changing the file ids of threads needs root")
	}
	kernel := inMemory(t)
	run(t, kernel, plainSections)
	t.Run("extended attributes", func(t *testing.T) {
		needXattrs(t, kernel)
		run(t, kernel, xattrSections)
	})
}

// needXattrs skips a test where Linux's file system in memory is without
// extended attributes, which those of users are before Linux 6.6.
func needXattrs(t *testing.T, kernel *Kernel) {
	t.Helper()
	err := kernel.As(fsstate.Caller{}).Lsetxattr("/", "user.probe", nil, 0)
	if err == nil {
		err = kernel.As(fsstate.Caller{}).Lremovexattr("/", "user.probe")
	}
	if errors.Is(err, unix.ENOTSUP) {
		t.Skip("this kernel's tmpfs has no extended attributes of users")
	}
	if err != nil {
		t.Fatal(err)
	}
}

// inMemory is Linux's own file system in memory, in a new directory.
func inMemory(t *testing.T) *Kernel {
	t.Helper()
	kernel, remove, err := NewScratch(Memory())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := remove(); err != nil {
			t.Error(err)
		}
	})
	if err := kernel.As(fsstate.Caller{}).Chmod("/", 0o755); err != nil {
		t.Fatal(err)
	}
	return kernel
}

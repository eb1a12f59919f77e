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

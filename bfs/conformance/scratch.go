package conformance

import (
	"errors"
	"os"
)

// NewScratch returns the adapter for a new directory in parent that anyone
// may use, and what closes the one and removes the other.
func NewScratch(parent string) (k *Kernel, remove func() error, err error) {
	base, err := os.MkdirTemp(parent, "conformance")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(base, 0o777); err != nil {
		return nil, nil, errors.Join(err, os.Remove(base))
	}
	k = NewKernel(base)
	return k, func() error {
		k.Close()
		return os.RemoveAll(base)
	}, nil
}

// Memory is a directory of Linux's own file system in memory, or the usual
// place for temporary files, whatever file system that is on.
func Memory() string {
	const memory = "/dev/shm"
	if _, err := os.Stat(memory); err != nil {
		return os.TempDir()
	}
	return memory
}

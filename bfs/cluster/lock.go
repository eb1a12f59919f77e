package cluster

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrLocked is wrapped by AcquireLock's error when another process holds it.
var ErrLocked = errors.New("another process runs this cluster")

// Lock keeps a second supervisor out of a cluster's directory. The kernel
// drops it with the process, however that ends, so it is never stale.
type Lock struct{ file *os.File }

// AcquireLock takes the lock of dir, which is made if it is missing, and
// writes text into the lock file for whoever is refused to read.
func AcquireLock(dir, text string) (*Lock, error) {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("making the cluster's directory: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, configMode)
	if err != nil {
		return nil, fmt.Errorf("opening the lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		defer file.Close()
		return nil, refusal(file, err)
	}
	if err := errors.Join(file.Truncate(0), writeAt(file, text)); err != nil {
		return nil, errors.Join(fmt.Errorf("writing the lock file: %w", err), file.Close())
	}
	return &Lock{file: file}, nil
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text+"\n"), 0)
	return err
}

func refusal(file *os.File, err error) error {
	if !errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("locking %s: %w", file.Name(), err)
	}
	holder, _ := io.ReadAll(io.LimitReader(file, 1024))
	return fmt.Errorf("%w: %s (lock file %s): stop that first, or use another directory",
		ErrLocked, strings.TrimSpace(string(holder)), file.Name())
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.file.Close() }

package fuse

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// checkDevice tells whether FUSE can be used at all. The kernel loads the
// module on the first open of the device where it may.
func checkDevice(device string) error {
	f, err := os.OpenFile(device, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrNoFUSE, err)
	}
	return f.Close()
}

// prepare makes path ready to be mounted on and returns where it really is:
// what a killed server left there is unmounted, a missing directory is made.
func prepare(path string, nonEmpty bool) (string, error) {
	path, err := resolve(path)
	if err != nil {
		return "", err
	}
	if err := clearStale(path); err != nil {
		return "", err
	}
	if err := ensureDirectory(path); err != nil {
		return "", err
	}
	if nonEmpty {
		return path, nil
	}
	return path, ensureEmpty(path)
}

// resolve makes path absolute and free of symbolic links, so that it can be
// found in the kernel's table of mounts. It does not touch the mount point
// itself if something is mounted there.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	parent, err := filepath.EvalSymlinks(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", err
	}
	path = filepath.Join(parent, filepath.Base(path))
	if _, mounted, err := mountAt(path); mounted || err != nil {
		return path, err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	return path, nil
}

// clearStale detaches the mounts that killed servers left at path.
func clearStale(path string) error {
	for {
		mount, found, err := mountAt(path)
		if err != nil || !found || mount.fsType != fsType {
			return err
		}
		if err := probe(path, probeTimeout); !errors.Is(err, syscall.ENOTCONN) {
			return fmt.Errorf("%s: %w", path, ErrMounted)
		}
		if err := detach(path); err != nil {
			return fmt.Errorf("%s: cannot detach what a killed server left: %w", path, err)
		}
	}
}

// probe asks the file system at path for the root's attributes. A server
// that hangs cannot hang the caller longer than patience.
func probe(path string, patience time.Duration) error {
	result := make(chan error, 1)
	go func() {
		var st syscall.Stat_t
		result <- syscall.Stat(path, &st)
	}()
	select {
	case err := <-result:
		return err
	case <-time.After(patience):
		return os.ErrDeadlineExceeded
	}
}

func ensureDirectory(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(path, 0o755)
	}
	if errors.Is(err, syscall.ENOTCONN) {
		return fmt.Errorf("%s: %w", path, ErrDeadMount)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: %w", path, ErrNotDirectory)
	}
	return nil
}

func ensureEmpty(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	_, err = dir.Readdirnames(1)
	if err == nil {
		return fmt.Errorf("%s: %w", path, ErrNotEmpty)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

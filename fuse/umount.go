package fuse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// isRoot tells whether this process may call mount(2) itself.
func isRoot() bool { return os.Geteuid() == 0 }

// umount detaches path if nobody uses it; otherwise EBUSY.
func umount(path string) error {
	if isRoot() {
		return syscall.Unmount(path, 0)
	}
	return fusermount("-u", path)
}

// detach takes path out of the name space at once. Who has files open there
// keeps them as long as there is a server.
func detach(path string) error {
	if isRoot() {
		return syscall.Unmount(path, syscall.MNT_DETACH)
	}
	return fusermount("-uz", path)
}

// sever detaches path and ends the connection between the kernel and the
// server: every operation that waits, and every later one on files still
// open, fails. device is the mount's, as major:minor.
func sever(path, device string) error {
	if isRoot() {
		return syscall.Unmount(path, syscall.MNT_DETACH|syscall.MNT_FORCE)
	}
	err := fusermount("-uz", path)
	return errors.Join(err, abortConnection(device))
}

// abortConnection does by the control file system what MNT_FORCE does for
// root. The connection's number is the device's minor.
func abortConnection(device string) error {
	_, minor, _ := strings.Cut(device, ":")
	return os.WriteFile(filepath.Join("/sys/fs/fuse/connections", minor, "abort"), []byte("1"), 0)
}

// fusermount asks the set-uid helper, which every FUSE package installs. It
// does not tell why it failed, and the usual cause is a busy mount point.
func fusermount(flag, path string) error {
	name, err := exec.LookPath("fusermount3")
	if err != nil {
		name = "fusermount"
	}
	ctx, cancel := context.WithTimeout(context.Background(), exitGrace)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, flag, "--", path).CombinedOutput()
	if err == nil {
		return nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%w (%w)", ErrNoFUSE, err)
	}
	return fmt.Errorf("%w: %s: %s", syscall.EBUSY, err, strings.TrimSpace(string(out)))
}

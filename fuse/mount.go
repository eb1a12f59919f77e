package fuse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// Mounted is a file system that is mounted and served by this process.
type Mounted struct {
	path   string // absolute, without symbolic links
	device string // major:minor
	logger *slog.Logger

	server *gofuse.Server
	end    context.CancelFunc // ends every operation that waits
	done   chan struct{}      // closed when the kernel will ask no more
}

// Mount makes the file system behind o.Client visible at o.Mountpoint and
// serves it until Unmount, or until somebody else unmounts it. A mount that a
// killed process left at the same place is removed before.
//
// The errors of this package tell apart what stands in the way: ErrNoFUSE,
// ErrMounted, ErrNotDirectory, ErrNotEmpty and ErrDeadMount.
func Mount(o Options) (*Mounted, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := checkDevice("/dev/fuse"); err != nil {
		return nil, err
	}
	path, err := prepare(o.Mountpoint, o.NonEmpty)
	if err != nil {
		return nil, fmt.Errorf("fuse: cannot mount: %w", err)
	}
	life, end := context.WithCancel(context.Background())
	m := &Mounted{path: path, logger: o.Logger, end: end, done: make(chan struct{})}
	if err := m.start(newFileSystem(life, &o), &o); err != nil {
		end()
		return nil, fmt.Errorf("fuse: cannot mount %s: %w", path, err)
	}
	return m, nil
}

// start attaches the file system and begins to serve it.
func (m *Mounted) start(files *fileSystem, o *Options) error {
	server, err := gofuse.NewServer(files, m.path, o.kernelOptions())
	if err != nil {
		m.removeFailed()
		return err
	}
	m.server = server
	go m.serve(files)
	err = errors.Join(closeOnExec(), server.WaitMount(), m.identify())
	if err != nil {
		m.removeFailed()
		return err
	}
	if server.KernelSettings().Flags64()&gofuse.CAP_DIRECT_IO_ALLOW_MMAP == 0 {
		m.logger.Warn("fuse: this kernel (before Linux 6.6) refuses shared mappings of files here: programs that need them fail")
	}
	go files.upkeep(o.Lease)
	return nil
}

// serve answers the kernel until the file system is unmounted.
func (m *Mounted) serve(files *fileSystem) {
	m.server.Serve()
	m.end()
	files.groups.close()
	close(m.done)
}

// identify learns the device number, which tells this mount from others at
// the same place.
func (m *Mounted) identify() error {
	entry, found, err := mountAt(m.path)
	if err == nil && !found {
		err = errors.New("it was unmounted at once")
	}
	m.device = entry.device
	return err
}

// removeFailed leaves no mount point behind that nobody serves.
func (m *Mounted) removeFailed() {
	if entry, found, err := mountAt(m.path); err == nil && found && entry.fsType == fsType {
		_ = detach(m.path)
	}
}

// closeOnExec keeps the connection to the kernel from the processes that this
// one starts, which go-fuse forgets when it mounts without fusermount. With
// one of them alive the kernel would not notice that the server is gone.
func closeOnExec() error {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, entry := range fds {
		var fd int
		if _, err := fmt.Sscan(entry.Name(), &fd); err != nil {
			continue
		}
		target, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if err == nil && target == "/dev/fuse" {
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

// Path is where the file system is mounted, without symbolic links.
func (m *Mounted) Path() string { return m.path }

// Wait returns when the file system is no longer mounted, whoever unmounted it.
func (m *Mounted) Wait() { <-m.done }

// Done is closed when Wait would return.
func (m *Mounted) Done() <-chan struct{} { return m.done }

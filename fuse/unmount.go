package fuse

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Unmount takes the file system away and returns when it is no longer served.
// While programs use it, Unmount waits up to a second for them. Then it
// detaches the mount point anyway: operations that wait, and later ones on
// files still open there, fail. It returns within some seconds in any case,
// sooner if ctx ends, even if the replicas are gone; with ErrStillServing the
// mount point is free as well.
//
// It may be called several times, and after others have unmounted it.
func (m *Mounted) Unmount(ctx context.Context) error {
	if err := m.takeAway(ctx); err != nil {
		return fmt.Errorf("fuse: cannot unmount %s: %w", m.path, err)
	}
	m.end()
	return m.waitServed(ctx)
}

// takeAway makes the mount point free.
func (m *Mounted) takeAway(ctx context.Context) error {
	patience := time.NewTimer(busyGrace)
	defer patience.Stop()
	retry := time.NewTicker(busyRetry)
	defer retry.Stop()
	for {
		gone, err := m.tryUnmount()
		if gone || err != nil {
			return err
		}
		select {
		case <-retry.C:
			continue
		case <-patience.C:
		case <-ctx.Done():
		}
		m.logger.Warn("fuse: still in use: detaching it; files that are open there can no longer be used", "path", m.path)
		m.end()
		return m.severMount()
	}
}

// tryUnmount reports whether the mount is gone; it is not while it is busy.
func (m *Mounted) tryUnmount() (gone bool, err error) {
	if m.isGone() {
		return true, nil
	}
	err = umount(m.path)
	if errors.Is(err, syscall.EBUSY) {
		return false, nil
	}
	return err == nil || m.isGone(), err
}

func (m *Mounted) severMount() error {
	err := sever(m.path, m.device)
	if m.isGone() {
		return nil
	}
	return err
}

// isGone tells whether this very mount is no longer at its place. If the
// kernel's table cannot be read, it is taken to be there.
func (m *Mounted) isGone() bool {
	select {
	case <-m.done:
		return true
	default:
	}
	entry, found, err := mountAt(m.path)
	return err == nil && (!found || entry.device != m.device)
}

// waitServed waits for the server to end: it has been told to.
func (m *Mounted) waitServed(ctx context.Context) error {
	patience := time.NewTimer(exitGrace)
	defer patience.Stop()
	select {
	case <-m.done:
		return nil
	case <-patience.C:
	case <-ctx.Done():
	}
	return fmt.Errorf("fuse: %s: %w", m.path, ErrStillServing)
}

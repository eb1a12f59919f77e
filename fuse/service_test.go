package fuse

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft/message"
)

// service is one file system, in this process, for any number of mounts.
type service struct {
	local    *bfs.Local
	sessions atomic.Uint64
}

func newService() *service {
	return newServiceOf(fsstate.Limits{Bytes: 1 << 32, Inodes: 1 << 20, Lease: int64(time.Minute), Linger: int64(time.Minute)})
}

func newServiceOf(limits fsstate.Limits) *service {
	now := time.Now
	state := fsstate.New(fsstate.Config{
		Limits:   limits,
		RootMode: 0o777,
		Now:      now().UnixNano(),
	})
	return &service{local: bfs.NewLocal(bfs.LocalConfig{
		Service: bfs.NewService(state),
		Clock:   func() int64 { return now().UnixNano() },
	})}
}

// invoker returns the invoker of a new session.
func (s *service) invoker() bfs.Invoker {
	return s.local.Session(message.ClientID{Principal: 1, Session: s.sessions.Add(1)})
}

// needFUSE skips a test where nothing can be mounted.
func needFUSE(t testing.TB) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); errors.Is(err, fs.ErrNotExist) {
		t.Skip("/dev/fuse is missing: FUSE is not available here")
	}
}

// mounted mounts a new session of a service until the test ends.
func mounted(t testing.TB, s *service) *Mounted {
	t.Helper()
	return mountedOver(t, s.invoker(), Options{})
}

// mountedOver is mounted for any invoker and further options.
func mountedOver(t testing.TB, invoker bfs.Invoker, o Options) *Mounted {
	t.Helper()
	needFUSE(t)
	o.Client = bfs.NewClient(invoker)
	if o.Mountpoint == "" {
		o.Mountpoint = t.TempDir()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	m, err := Mount(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Unmount(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

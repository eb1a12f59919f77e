package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"syscall"
	"time"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

// corruptible is an honest service whose files change by themselves when it is
// told to: a bit of the first file that has any contents, or, where there is
// none, a directory that nobody made.
type corruptible struct {
	pbft.Service
	log *slog.Logger
	due atomic.Bool
}

func newCorruptible(a *attack, honest pbft.Service) pbft.Service {
	c := &corruptible{Service: honest, log: a.log}
	if a.after > 0 {
		time.AfterFunc(a.after, func() { c.due.Store(true) })
	}
	go func() {
		for range a.corrupt {
			c.due.Store(true)
		}
	}()
	return c
}

// Execute is honest; the corruption happens after it.
func (c *corruptible) Execute(op pbft.Operation) []byte {
	result := c.Service.Execute(op)
	if c.due.CompareAndSwap(true, false) {
		c.corrupt(op.Time)
	}
	return result
}

var errFound = errors.New("found")

func (c *corruptible) corrupt(now message.Time) {
	local := bfs.NewLocal(bfs.LocalConfig{Service: c.Service, Clock: func() int64 { return int64(now) }})
	files := bfs.NewClient(local.Session(message.ClientID{}))
	ctx, root := context.Background(), fsstate.Caller{}
	var found fsstate.Attr
	var name string
	err := files.Tree(ctx, root, "/", func(path string, attr fsstate.Attr) error {
		if attr.Size > 0 && attr.Mode&syscall.S_IFMT == syscall.S_IFREG {
			found, name = attr, path
			return errFound
		}
		return nil
	})
	if !errors.Is(err, errFound) {
		_, err := files.Mkdir(ctx, root, fsstate.RootIno, "out-of-nowhere", 0o755)
		c.log.Warn("memory corrupted: a directory came out of nowhere", "error", err)
		return
	}
	one, err := files.Read(ctx, root, found.Ino, 0, 1)
	if err == nil {
		_, err = files.Write(ctx, root, found.Ino, 0, []byte{one[0] ^ 1}, false)
	}
	c.log.Warn("memory corrupted: a bit flipped", "file", name, "error", err)
}

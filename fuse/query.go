package fuse

import (
	"context"
	"sync/atomic"
	"syscall"
	"time"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// A query is the context of an operation that changes nothing. Its caller may
// lose patience: a process that is killed cannot end before its system call
// does. An interrupt ends the query only after a grace, because the kernel
// reports every signal, and programs rightly do not expect EINTR from stat(2).
type query struct {
	context.Context
	stop        context.CancelFunc
	interrupted atomic.Bool
}

// watch waits for an interrupt until the query is over.
func (q *query) watch(interrupt <-chan struct{}) {
	select {
	case <-q.Done():
		return
	case <-interrupt:
	}
	grace := time.NewTimer(interruptGrace)
	defer grace.Stop()
	select {
	case <-q.Done():
	case <-grace.C:
		q.interrupted.Store(true)
		q.stop()
	}
}

// queryResult is result for an operation that q was the context of.
func (f *fileSystem) queryResult(q *query, op string, err error) gofuse.Status {
	if err != nil && !isStatus(err) && q.interrupted.Load() {
		return gofuse.Status(syscall.EINTR)
	}
	return f.result(op, err)
}

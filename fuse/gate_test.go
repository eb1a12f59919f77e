package fuse

import (
	"context"
	"sync/atomic"

	"bfs/bfs"
)

// A gate is an invoker whose operations can be held up, as by replicas that
// do not answer. Those held wait until the gate opens or their context ends.
type gate struct {
	bfs.Invoker
	shut     atomic.Bool
	holds    func(readOnly bool) bool // which operations; nil: all
	arrivals chan struct{}            // gets one for each operation held
	opened   chan struct{}            // closed by open
}

func newGate(invoker bfs.Invoker) *gate {
	return &gate{Invoker: invoker, arrivals: make(chan struct{}, 1024), opened: make(chan struct{})}
}

func (g *gate) close() { g.shut.Store(true) }

// open lets everything pass, once and for all.
func (g *gate) open() {
	g.shut.Store(false)
	close(g.opened)
}

func (g *gate) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if g.shut.Load() && (g.holds == nil || g.holds(readOnly)) {
		g.arrivals <- struct{}{}
		select {
		case <-g.opened:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return g.Invoker.Invoke(ctx, operation, readOnly)
}

// paced is an invoker that lets an operation pass for each step it gets,
// unless it is free.
type paced struct {
	bfs.Invoker
	free  atomic.Bool
	steps chan struct{}
}

func (p *paced) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if !p.free.Load() {
		select {
		case <-p.steps:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return p.Invoker.Invoke(ctx, operation, readOnly)
}

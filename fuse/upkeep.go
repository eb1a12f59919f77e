package fuse

import (
	"context"
	"time"

	"bfs/fsstate"
)

// upkeep renews the session's lease until the mount ends.
func (f *fileSystem) upkeep(lease time.Duration) {
	period := max(lease/renewalsPerLease, shortestRenewal)
	ticks := time.NewTicker(period)
	defer ticks.Stop()
	for {
		select {
		case <-f.life.Done():
			return
		case <-ticks.C:
			f.renew(period)
		}
	}
}

// renew keeps the files that this mount has open from being taken for
// abandoned. Every ordered operation does that too, but a mount may be idle.
func (f *fileSystem) renew(patience time.Duration) {
	if f.opens.Load() == 0 {
		return
	}
	ctx, done := context.WithTimeout(f.life, patience)
	defer done()
	f.result("renew", f.client.Renew(ctx, fsstate.Caller{}))
}

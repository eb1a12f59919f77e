package fuse

import (
	"context"
)

// A releaser gives open files back to the replicas, without anybody waiting.
//
// A release is asked once and without a time limit: the invoker goes on until
// the replicas answer or the mount ends. Asking again after a failure could
// give back another open of the same file, which is worse than to leave one to
// the end of the mount, when the session's lease runs out.
type releaser struct {
	life   context.Context
	slots  chan struct{} // one for each release on its way
	failed complaint
}

func newReleaser(life context.Context, o *Options) *releaser {
	return &releaser{
		life:   life,
		slots:  make(chan struct{}, maxReleases),
		failed: complaint{logger: o.Logger},
	}
}

// give starts a release. It waits only while maxReleases are on their way, so
// that the kernel keeps the next.
func (r *releaser) give(deliver func(ctx context.Context) error) {
	select {
	case r.slots <- struct{}{}:
		go r.finish(deliver)
	case <-r.life.Done():
	}
}

// finish sees a release through. A refusal is no loss: the session's lease
// has run out, and the open with it.
func (r *releaser) finish(deliver func(ctx context.Context) error) {
	defer func() { <-r.slots }()
	err := deliver(r.life)
	if err != nil && !isStatus(err) && r.life.Err() == nil {
		r.failed.log("fuse: a closed file stays open at the replicas until this mount ends", "error", err)
	}
}

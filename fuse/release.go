package fuse

import (
	"context"

	"bfs/fsstate"
)

// A releaser gives open files back to the replicas, without anybody waiting.
//
// A release is asked once and without a time limit: the invoker goes on until
// the replicas answer or the mount ends. Asking again after a failure could
// give back another open of the same file, which is worse than to leave one to
// the end of the mount, when the session's lease runs out.
type releaser struct {
	deliver func(ctx context.Context, ino fsstate.Ino, mode fsstate.OpenMode) error
	life    context.Context
	slots   chan struct{} // one for each release on its way
	failed  complaint
}

func newReleaser(life context.Context, o *Options) *releaser {
	return &releaser{
		deliver: func(ctx context.Context, ino fsstate.Ino, mode fsstate.OpenMode) error {
			return o.Client.Release(ctx, fsstate.Caller{}, ino, mode)
		},
		life:   life,
		slots:  make(chan struct{}, maxReleases),
		failed: complaint{logger: o.Logger},
	}
}

// give starts a release. It waits only while maxReleases are on their way, so
// that the kernel keeps the next.
func (r *releaser) give(ino fsstate.Ino, mode fsstate.OpenMode) {
	select {
	case r.slots <- struct{}{}:
		go r.finish(ino, mode)
	case <-r.life.Done():
	}
}

// finish sees a release through. A refusal is no loss: the session's lease
// has run out, and the open with it.
func (r *releaser) finish(ino fsstate.Ino, mode fsstate.OpenMode) {
	defer func() { <-r.slots }()
	err := r.deliver(r.life, ino, mode)
	if err != nil && !isStatus(err) && r.life.Err() == nil {
		r.failed.log("fuse: a closed file stays open at the replicas until this mount ends", "inode", uint64(ino), "error", err)
	}
}

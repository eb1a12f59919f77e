package main

import (
	"context"
	"testing"

	"bfs/fsstate"
	"bfs/pbft"
)

func TestMemoryIsCorruptedOnceForEachSignal(t *testing.T) {
	t.Parallel()
	a := newTestAttack(t)
	a.corrupt = make(chan struct{})
	w := newTwins(t, func(*attack, pbft.Service) pbft.Service { return newCorruptible(a, newTwins(t, newLiar).honest) })
	ctx, root := context.Background(), fsstate.Caller{}
	for _, client := range []interface {
		Mkdir(context.Context, fsstate.Caller, fsstate.Ino, string, uint32) (fsstate.Attr, error)
	}{w.truth, w.lies} {
		if _, err := client.Mkdir(ctx, root, fsstate.RootIno, "directory", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if w.honest.Digest() != w.lying.Digest() {
		t.Fatal("its memory is corrupted before the signal")
	}
	a.corrupt <- struct{}{}
	a.corrupt <- struct{}{} // the first has been taken note of when this one is taken
	if _, err := w.truth.Mkdir(ctx, root, fsstate.RootIno, "another", 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := w.lies.Mkdir(ctx, root, fsstate.RootIno, "another", 0o755); err != nil {
		t.Fatal(err)
	}
	if w.honest.Digest() == w.lying.Digest() {
		t.Error("its memory is not corrupted after the signal")
	}
	close(a.corrupt)
}

package main

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"
	"bfs/pbft"
	"bfs/pbft/message"
)

// twins are an honest service and a liar over equal files, and a client of
// each.
type twins struct {
	honest, lying pbft.Service
	truth, lies   *bfs.Client
}

func newTwins(t *testing.T, lying func(*attack, pbft.Service) pbft.Service) twins {
	t.Helper()
	fresh := func() pbft.Service {
		return bfs.NewService(fsstate.New(fsstate.Config{
			Limits: fsstate.Limits{Bytes: 1 << 20, Inodes: 100, Lease: 1e9}, RootMode: 0o755,
		}))
	}
	honest, other := fresh(), lying(&attack{log: slog.New(slog.DiscardHandler)}, fresh())
	client := func(s pbft.Service) *bfs.Client {
		local := bfs.NewLocal(bfs.LocalConfig{Service: s, Clock: func() int64 { return 1 }})
		return bfs.NewClient(local.Session(message.ClientID{Principal: 1, Session: 1}))
	}
	return twins{honest, other, client(honest), client(other)}
}

func TestLiarChangesContentsAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newTwins(t, newLiar)
	ctx := context.Background()
	var root fsstate.Caller
	contents := []byte("the truth")
	attr, _, err := w.truth.Create(ctx, root, fsstate.RootIno, "file", 0o644, fsstate.OpenRead|fsstate.OpenWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.truth.Write(ctx, root, attr.Ino, 0, contents, false); err != nil {
		t.Fatal(err)
	}
	// What the liar says of these is not to be relied on; that they happen is.
	_, _, _ = w.lies.Create(ctx, root, fsstate.RootIno, "file", 0o644, fsstate.OpenRead|fsstate.OpenWrite)
	_, _ = w.lies.Write(ctx, root, attr.Ino, 0, contents, false)
	if w.honest.Digest() != w.lying.Digest() {
		t.Error("the liar's files differ from the honest ones")
	}
	truth, err := w.truth.Read(ctx, root, attr.Ino, 0, 100)
	if err != nil || !bytes.Equal(truth, contents) {
		t.Fatalf("honest read: %q, %v", truth, err)
	}
	lie, err := w.lies.Read(ctx, root, attr.Ino, 0, 100)
	if err != nil {
		t.Fatalf("the lie is not well formed: %v", err)
	}
	if len(lie) != len(truth) || bytes.Equal(lie, truth) {
		t.Errorf("the liar reads %q where there is %q; want other bytes of the same length", lie, truth)
	}
}

func TestLiarLiesAboutStatus(t *testing.T) {
	t.Parallel()
	w := newTwins(t, newLiar)
	if err := w.lies.Fsync(context.Background(), fsstate.Caller{}, fsstate.RootIno); err == nil {
		t.Error("the liar reports success where there was success")
	}
}

func TestTwoTonguedTellsEachClientSomethingElse(t *testing.T) {
	t.Parallel()
	w := newTwins(t, newTwoTongued)
	told := make(map[string]uint32)
	for principal := range uint32(3) {
		local := bfs.NewLocal(bfs.LocalConfig{Service: w.lying, Clock: func() int64 { return 1 }})
		client := bfs.NewClient(local.Session(message.ClientID{Principal: principal, Session: 1}))
		result, err := client.Null(context.Background(), true, nil, 4)
		if err != nil {
			t.Fatal(err)
		}
		told[string(result)] = principal
	}
	if len(told) != 3 {
		t.Errorf("three clients are told %v", told)
	}
}

func TestIdlerOnlySaysThatItDidIt(t *testing.T) {
	t.Parallel()
	w := newTwins(t, newIdler)
	ctx, before := context.Background(), w.lying.Digest()
	if _, err := w.lies.Mkdir(ctx, fsstate.Caller{}, fsstate.RootIno, "directory", 0o755); err != nil {
		t.Fatal(err)
	}
	if w.lying.Digest() != before {
		t.Error("it did it")
	}
}

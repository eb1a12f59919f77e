package bfs

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"bfs/fsstate"
)

// answering is an invoker that gives one answer and remembers the question.
type answering struct {
	result    []byte
	err       error
	operation []byte
	readOnly  []bool
}

func (a *answering) Invoke(_ context.Context, operation []byte, readOnly bool) ([]byte, error) {
	a.operation = operation
	a.readOnly = append(a.readOnly, readOnly)
	return a.result, a.err
}

// calls has each method of Client with the arguments of the golden operation.
var calls = map[opcode]func(ctx context.Context, c *Client) error{
	opNull: func(ctx context.Context, c *Client) error {
		_, err := c.Null(ctx, true, []byte("ab"), 3)
		return err
	},
	opLookup:  func(ctx context.Context, c *Client) error { return last(c.Lookup(ctx, someone, 1, "n")) },
	opGetattr: func(ctx context.Context, c *Client) error { return last(c.Getattr(ctx, someone, 7)) },
	opSetattr: func(ctx context.Context, c *Client) error {
		return last(c.Setattr(ctx, someone, 7, golden[opSetattr].op.(*setattr).set))
	},
	opAccess:   func(ctx context.Context, c *Client) error { return c.Access(ctx, someone, 7, 5) },
	opReadlink: func(ctx context.Context, c *Client) error { return last(c.Readlink(ctx, someone, 7)) },
	opCreate: func(ctx context.Context, c *Client) error {
		_, _, err := c.Create(ctx, someone, 1, "n", 0o600, fsstate.OpenRead|fsstate.OpenExclusive)
		return err
	},
	opOpen:    func(ctx context.Context, c *Client) error { return last(c.Open(ctx, someone, 7, fsstate.OpenWrite)) },
	opRelease: func(ctx context.Context, c *Client) error { return c.Release(ctx, someone, 7, fsstate.OpenWrite) },
	opRead:    func(ctx context.Context, c *Client) error { return last(c.Read(ctx, someone, 7, 4096, MaxIO)) },
	opWrite: func(ctx context.Context, c *Client) error {
		return last(c.Write(ctx, someone, 7, 4096, []byte{0, 255}, true))
	},
	opMkdir:   func(ctx context.Context, c *Client) error { return last(c.Mkdir(ctx, someone, 1, "\xff", 0o755)) },
	opSymlink: func(ctx context.Context, c *Client) error { return last(c.Symlink(ctx, someone, 1, "n", "../t")) },
	opLink:    func(ctx context.Context, c *Client) error { return last(c.Link(ctx, someone, 7, 1, "n")) },
	opUnlink:  func(ctx context.Context, c *Client) error { return c.Unlink(ctx, someone, 1, "n") },
	opRmdir:   func(ctx context.Context, c *Client) error { return c.Rmdir(ctx, someone, 1, "n") },
	opRename: func(ctx context.Context, c *Client) error {
		return c.Rename(ctx, someone, 1, "n", 2, "m", fsstate.RenameNoReplace)
	},
	opReaddir: func(ctx context.Context, c *Client) error {
		_, _, err := c.Readdir(ctx, someone, 1, 1<<61, 100, true)
		return err
	},
	opStatfs: func(ctx context.Context, c *Client) error { return last(c.Statfs(ctx, someone)) },
	opFsync:  func(ctx context.Context, c *Client) error { return c.Fsync(ctx, someone, 7) },
	opUsage: func(ctx context.Context, c *Client) error {
		_, _, err := c.Usage(ctx, someone, 1000, 100)
		return err
	},
	opTmpfile: func(ctx context.Context, c *Client) error {
		return last(c.Tmpfile(ctx, someone, 1, 0o600, fsstate.OpenWrite, true))
	},
	opMknod: func(ctx context.Context, c *Client) error {
		return last(c.Mknod(ctx, someone, 1, "n", 0o020600, 0x103))
	},
	opRenew: func(ctx context.Context, c *Client) error { return c.Renew(ctx, someone) },
	opFallocate: func(ctx context.Context, c *Client) error {
		return last(c.Fallocate(ctx, someone, 7, fsstate.FallocZeroRange, 1, 1<<40))
	},
	opSeek: func(ctx context.Context, c *Client) error {
		return last(c.Seek(ctx, someone, 7, 4096, fsstate.SeekHole))
	},
	opCopyRange: func(ctx context.Context, c *Client) error {
		return last(c.CopyRange(ctx, someone, golden[opCopyRange].op.(*copyRange).CopyRange))
	},

	opCreateSnapshot: func(ctx context.Context, c *Client) error { return last(c.CreateSnapshot(ctx, someone, "n")) },
	opDeleteSnapshot: func(ctx context.Context, c *Client) error { return c.DeleteSnapshot(ctx, someone, "n") },
	opListSnapshots:  func(ctx context.Context, c *Client) error { return last(c.Snapshots(ctx, someone)) },
	opSetLock:        func(ctx context.Context, c *Client) error { return last(c.SetLock(ctx, someone, 7, someLock, true)) },
	opGetLock:        func(ctx context.Context, c *Client) error { return last(c.GetLock(ctx, someone, 7, someLock)) },
	opCancelLock:     func(ctx context.Context, c *Client) error { return last(c.CancelLock(ctx, someone, 300)) },
	opLockWaits:      func(ctx context.Context, c *Client) error { return last(c.LockWaits(ctx, someone)) },
	opGetxattr:       func(ctx context.Context, c *Client) error { return last(c.Getxattr(ctx, someone, 7, "user.a")) },
	opSetxattr: func(ctx context.Context, c *Client) error {
		return c.Setxattr(ctx, someone, 7, "user.a", []byte{0}, fsstate.XattrCreate)
	},
	opRemovexattr: func(ctx context.Context, c *Client) error { return c.Removexattr(ctx, someone, 7, "user.a") },
	opListxattr:   func(ctx context.Context, c *Client) error { return last(c.Listxattr(ctx, someone, 7)) },
}

func last[T any](_ T, err error) error { return err }

// Each method sends its operation with its arguments and the caller, and
// returns the status.
func TestClientSends(t *testing.T) {
	t.Parallel()
	for code, call := range calls {
		a := &answering{result: appendNothing(nil, fsstate.DQuot)}
		if err := call(t.Context(), NewClient(a)); err != error(fsstate.DQuot) {
			t.Errorf("%s: error %v, want %v", kinds[code].name, err, fsstate.DQuot)
		}
		caller, op, err := decodeOperation(a.operation)
		if err != nil {
			t.Errorf("%s: sends what cannot be read: %v", kinds[code].name, err)
			continue
		}
		if !reflect.DeepEqual(op, golden[code].op) || code != opNull && !reflect.DeepEqual(caller, someone) {
			t.Errorf("%s: sends %#v of %v, want %#v of %v", kinds[code].name, op, caller, golden[code].op, someone)
		}
		if want := []bool{kinds[code].query}; !reflect.DeepEqual(a.readOnly, want) {
			t.Errorf("%s: sent read-only %v, want %v", kinds[code].name, a.readOnly, want)
		}
	}
	if len(calls) != int(opEnd) {
		t.Errorf("%d of %d operations are tested", len(calls), opEnd)
	}
}

func TestClientErrors(t *testing.T) {
	t.Parallel()
	lost := errors.New("the cluster is away")
	for code, call := range calls {
		err := call(t.Context(), NewClient(&answering{err: lost}))
		if !errors.Is(err, ErrUnavailable) || !errors.Is(err, lost) {
			t.Errorf("%s: %v does not tell that no answer came, and why", kinds[code].name, err)
		}
		for _, malformed := range [][]byte{nil, {}, {0x91}, {0x9b, 0}, {0x92, 0, 0xc0}, {0x91, 0, 0}} {
			err := call(t.Context(), NewClient(&answering{result: malformed}))
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %x: error %v, want %v", kinds[code].name, malformed, err, ErrMalformed)
			}
		}
	}
}

// A query that must be ordered is sent again, once, to be ordered.
func TestClientOrdersWhatItMust(t *testing.T) {
	t.Parallel()
	a := &answering{result: appendNothing(nil, fsstate.MustOrder)}
	_, err := NewClient(a).Read(t.Context(), someone, 7, 0, 10)
	if !errors.Is(err, fsstate.MustOrder) || !reflect.DeepEqual(a.readOnly, []bool{true, false}) {
		t.Errorf("error %v, sent read-only %v", err, a.readOnly)
	}
}

func TestClientReadsAfterAnUpdateOfTheAccessTime(t *testing.T) {
	t.Parallel()
	client := newClient(newState())
	attr, _, err := client.Create(t.Context(), someRoot, 1, "f", 0o644, fsstate.OpenRead|fsstate.OpenWrite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write(t.Context(), someRoot, attr.Ino, 0, []byte("data"), false); err != nil {
		t.Fatal(err)
	}
	data, err := client.Read(t.Context(), someRoot, attr.Ino, 1, 10)
	if err != nil || string(data) != "ata" {
		t.Errorf("read %q, error %v", data, err)
	}
}

func TestClientRefusesMoreThanWasAskedFor(t *testing.T) {
	t.Parallel()
	client := NewClient(&answering{result: appendContents(nil, "four", fsstate.OK)})
	if _, err := client.Read(t.Context(), someone, 7, 0, 3); !errors.Is(err, ErrMalformed) {
		t.Errorf("error %v, want %v", err, ErrMalformed)
	}
}

func TestClientRefusesTooMuchData(t *testing.T) {
	t.Parallel()
	a := &answering{result: appendNothing(nil, fsstate.OK)}
	client := NewClient(a)
	_, err := client.Write(t.Context(), someone, 7, 0, make([]byte, MaxOperation), false)
	if !errors.Is(err, fsstate.Inval) || a.operation != nil {
		t.Errorf("error %v, sent %d bytes", err, len(a.operation))
	}
	if _, err := client.Null(t.Context(), false, nil, MaxIO+1); !errors.Is(err, fsstate.Inval) || a.operation != nil {
		t.Errorf("error %v, sent %d bytes", err, len(a.operation))
	}
}

func TestClientBoundsListings(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]uint32{-1: 0, 0: 0, 7: 7, 1 << 40: fsstate.MaxPage} {
		a := &answering{}
		_, _, _ = NewClient(a).Readdir(t.Context(), someone, 1, 0, limit, false)
		_, op, err := decodeOperation(a.operation)
		if err != nil || op.(*readdir).max != want {
			t.Errorf("limit %d: sent %+v, error %v, want %d", limit, op, err, want)
		}
	}
}

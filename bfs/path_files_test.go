package bfs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"bfs/fsstate"
	"bfs/pbft/message"
)

func TestWriteAndReadFiles(t *testing.T) {
	t.Parallel()
	c := tree(t)
	for _, size := range []int{0, 1, MaxIO - 1, MaxIO, MaxIO + 1, 3*MaxIO + 5} {
		want := bytes.Repeat([]byte("0123456789abcde"), size/15+1)[:size]
		must(t, c.WriteFile(t.Context(), someRoot, "/d/big", want, 0o640))
		got, err := c.ReadFile(t.Context(), someRoot, "d/big")
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d, error %v", size, len(got), err)
		}
	}
	if attr, err := c.Walk(t.Context(), someRoot, "/d/big"); err != nil || attr.Mode&0o777 != 0o640 {
		t.Errorf("mode %o, error %v", attr.Mode, err)
	}
}

func TestWriteFileThroughLinks(t *testing.T) {
	t.Parallel()
	c := tree(t)
	must(t, c.WriteFile(t.Context(), someRoot, "/d/up", []byte("short"), 0o644))
	must(t, c.WriteFile(t.Context(), someRoot, "/dangles", []byte("made"), 0o644))
	for path, want := range map[string]string{"/top": "short", "/d/none": "made"} {
		if got, err := c.ReadFile(t.Context(), someRoot, path); err != nil || string(got) != want {
			t.Errorf("%q has %q, error %v, want %q", path, got, err, want)
		}
	}
}

func TestFileErrors(t *testing.T) {
	t.Parallel()
	c := tree(t)
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"reading what is missing", last(c.ReadFile(t.Context(), someRoot, "/none")), fsstate.NoEnt},
		{"reading a directory", last(c.ReadFile(t.Context(), someRoot, "/d")), fsstate.IsDir},
		{"reading what is another's", last(c.ReadFile(t.Context(), alice, "/top")), fsstate.Access},
		{"writing a directory", c.WriteFile(t.Context(), someRoot, "/d", nil, 0o644), fsstate.IsDir},
		{"writing below a file", c.WriteFile(t.Context(), someRoot, "/top/x", nil, 0o644), fsstate.NotDir},
		{"writing what is another's", c.WriteFile(t.Context(), alice, "/d/e/f", nil, 0o644), fsstate.Access},
		{"making in another's directory", c.WriteFile(t.Context(), alice, "/d/new", nil, 0o644), fsstate.Access},
	}
	for _, test := range tests {
		if !errors.Is(test.err, test.want) {
			t.Errorf("%s: error %v, want %v", test.name, test.err, test.want)
		}
	}
}

// Errors of the reader and the writer come back, with the bytes until then.
func TestCopiesEndEarly(t *testing.T) {
	t.Parallel()
	c := tree(t)
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader("some"), iotest.ErrReader(broken))
	if n, err := c.WriteFrom(t.Context(), someRoot, "/f", r, 0o644); n != 4 || !errors.Is(err, broken) {
		t.Errorf("wrote %d bytes, error %v", n, err)
	}
	w := iotest.TruncateWriter(io.Discard, 100)
	if n, err := c.ReadTo(t.Context(), someRoot, "/d/e/f", w); n != 8 || err != nil {
		t.Errorf("read %d bytes, error %v", n, err)
	}
	reader, writer := io.Pipe()
	must(t, reader.CloseWithError(broken))
	if n, err := c.ReadTo(t.Context(), someRoot, "/d/e/f", writer); n != 0 || !errors.Is(err, broken) {
		t.Errorf("read %d bytes, error %v", n, err)
	}
}

// A file that is replaced all the time can always be read and written.
func TestFilesBeingReplaced(t *testing.T) {
	t.Parallel()
	c := tree(t)
	var replacing sync.WaitGroup
	replacing.Go(func() {
		for range 300 {
			err := c.WriteFile(t.Context(), someRoot, "/new", []byte("top"), 0o644)
			if err = errors.Join(err, c.Rename(t.Context(), someRoot, 1, "new", 1, "top", 0)); err != nil {
				t.Error(err)
			}
		}
	})
	for range 300 {
		data, err := c.ReadFile(t.Context(), someRoot, "/d/up")
		if err != nil || string(data) != "top" {
			t.Errorf("read %q, error %v", data, err)
		}
	}
	replacing.Wait()
}

// gone is an invoker for which every file is removed before it is used.
type gone struct {
	Invoker
	opens int
}

func (g *gone) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if code, _ := opcodeOf(operation); code == opOpen {
		g.opens++
		return appendNothing(nil, fsstate.Stale), nil
	}
	return g.Invoker.Invoke(ctx, operation, readOnly)
}

func TestFilesAreNotLookedForForEver(t *testing.T) {
	t.Parallel()
	g := &gone{Invoker: tree(t).invoker}
	c := NewClient(g)
	_, err := c.ReadFile(t.Context(), someRoot, "/top")
	if !errors.Is(err, fsstate.Stale) || g.opens != maxAnew {
		t.Errorf("error %v after %d attempts, want %v after %d", err, g.opens, fsstate.Stale, maxAnew)
	}
	if err := c.WriteFile(t.Context(), someRoot, "/top", nil, 0o644); !errors.Is(err, fsstate.Stale) {
		t.Errorf("error %v, want %v", err, fsstate.Stale)
	}
}

// The copies give back what they open: an unlinked file's room is free again.
func TestCopiesGiveFilesBack(t *testing.T) {
	t.Parallel()
	c := tree(t)
	before, err := c.Statfs(t.Context(), someRoot)
	must(t, err)
	must(t, c.WriteFile(t.Context(), someRoot, "/f", make([]byte, 1<<20), 0o644))
	must(t, last(c.ReadFile(t.Context(), someRoot, "/f")))
	must(t, c.RemoveAll(t.Context(), someRoot, "/f"))
	if after, err := c.Statfs(t.Context(), someRoot); err != nil || after != before {
		t.Errorf("%+v, error %v, want %+v", after, err, before)
	}
}

// outliving is a writer that takes longer than the session's lease.
type outliving struct {
	bytes.Buffer
	clock *int64
}

func (o *outliving) Write(p []byte) (int, error) {
	*o.clock += 2 * day
	return o.Buffer.Write(p)
}

func TestReadToOutlivesTheLease(t *testing.T) {
	t.Parallel()
	clock := 2 * day
	local := NewLocal(LocalConfig{Service: NewService(newState()), Clock: func() int64 { return clock }})
	c := NewClient(local.Session(message.ClientID{Principal: 1, Session: 1}))
	must(t, c.WriteFile(t.Context(), someRoot, "/f", make([]byte, 2*MaxIO), 0o644))
	w := &outliving{clock: &clock}
	if n, err := c.ReadTo(t.Context(), someRoot, "/f", w); n != 2*MaxIO || err != nil {
		t.Errorf("read %d bytes, error %v", n, err)
	}
}

func TestReadDirAll(t *testing.T) {
	t.Parallel()
	c := newClient(newState())
	const many = 2*fsstate.MaxPage + 10
	must(t, last(c.MkdirAll(t.Context(), someRoot, "/d", 0o755)))
	for i := range many {
		must(t, c.WriteFile(t.Context(), someRoot, "/d/"+strconv.Itoa(i), nil, 0o644))
	}
	entries, err := c.ReadDirAll(t.Context(), someRoot, "/d")
	must(t, err)
	seen := make(map[string]bool)
	for _, e := range entries {
		seen[e.Name] = true
		if e.Attr.Ino != e.Ino {
			t.Errorf("%q is inode %d with the attributes of %d", e.Name, e.Ino, e.Attr.Ino)
		}
	}
	if len(entries) != many || len(seen) != many {
		t.Errorf("%d entries of %d names, want %d", len(entries), len(seen), many)
	}
	if _, err := c.ReadDirAll(t.Context(), someRoot, "/d/0"); !errors.Is(err, fsstate.NotDir) {
		t.Errorf("error %v, want %v", err, fsstate.NotDir)
	}
}

// A service that lists the same page for ever does not keep us for ever.
func TestListingMustGoOn(t *testing.T) {
	t.Parallel()
	for _, entries := range [][]fsstate.Dirent{nil, {{Name: "a", Cookie: 5}, {Name: "b", Cookie: 5}}} {
		stuck := &answering{result: appendPage(nil, &page{plus: true, entries: entries}, fsstate.OK)}
		if _, err := NewClient(stuck).list(t.Context(), someRoot, 1); !errors.Is(err, ErrMalformed) {
			t.Errorf("error %v, want %v", err, ErrMalformed)
		}
	}
}

func TestRemoveAll(t *testing.T) {
	t.Parallel()
	c := tree(t)
	must(t, c.RemoveAll(t.Context(), someRoot, "/none"))
	must(t, c.RemoveAll(t.Context(), someRoot, "/abs"))
	must(t, last(c.Walk(t.Context(), someRoot, "/d/e/f"))) // the link's target stays
	for _, path := range []string{"/", "/d/.", "/d/e/.."} {
		if err := c.RemoveAll(t.Context(), someRoot, path); !errors.Is(err, fsstate.Inval) {
			t.Errorf("%q: error %v, want %v", path, err, fsstate.Inval)
		}
	}
	must(t, last(c.Walk(t.Context(), someRoot, "/d/e/f"))) // nothing was removed
	must(t, c.RemoveAll(t.Context(), someRoot, "/d"))
	must(t, c.RemoveAll(t.Context(), someRoot, "/loop"))
	if got := listed(t, c, "/"); strings.Join(got, " ") != "dangles top" {
		t.Errorf("left: %q", got)
	}
	if err := c.RemoveAll(t.Context(), alice, "/top"); !errors.Is(err, fsstate.Access) {
		t.Errorf("error %v, want %v", err, fsstate.Access)
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	c := tree(t)
	stop := errors.New("stop")
	tests := []struct {
		path, at string // at is where visit returns answer
		answer   error
		want     string
		err      error
	}{
		{path: "/", want: "/ /abs /d /d/e /d/e/f /d/up /dangles /loop /top"},
		{path: "/", at: "/d/e", answer: fs.SkipDir, want: "/ /abs /d /d/e /d/up /dangles /loop /top"},
		{path: "/abs", want: "/abs /abs/f"},
		{path: "/top", want: "/top"},
		{path: "/d/e", at: "/d/e/f", answer: stop, want: "/d/e /d/e/f", err: stop},
		{path: "/none", err: fsstate.NoEnt},
	}
	for _, test := range tests {
		var visited []string
		err := c.Tree(t.Context(), someRoot, test.path, func(name string, attr fsstate.Attr) error {
			visited = append(visited, name)
			if attr.Ino == 0 {
				t.Errorf("%q has no attributes", name)
			}
			if name == test.at {
				return test.answer
			}
			return nil
		})
		sorted := strings.Join(sortedCopy(visited), " ")
		if !errors.Is(err, test.err) || sorted != test.want {
			t.Errorf("%q: visited %q, error %v, want %q and %v", test.path, sorted, err, test.want, test.err)
		}
	}
}

package bfs

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bfs/fsstate"
	"bfs/pbft/message"
)

var (
	someRoot = fsstate.Caller{}
	alice    = fsstate.Caller{UID: 1001, GID: 1001}
)

func newClient(state *fsstate.State) *Client {
	return NewClient(newLocal(state).Session(message.ClientID{Principal: 1, Session: 1}))
}

// tree makes a client with some files:
//
//	/d/e/f   "contents"
//	/d/up    -> ../top
//	/top     "top"
//	/abs     -> /d/e
//	/dangles -> d/none
//	/loop    -> loop
func tree(t *testing.T) *Client {
	t.Helper()
	c := newClient(newState())
	must(t, last(c.MkdirAll(t.Context(), someRoot, "/d/e", 0o755)))
	must(t, c.WriteFile(t.Context(), someRoot, "/d/e/f", []byte("contents"), 0o644))
	must(t, c.WriteFile(t.Context(), someRoot, "/top", []byte("top"), 0o600))
	for path, target := range map[string]string{"/d/up": "../top", "/abs": "/d/e", "/dangles": "d/none", "/loop": "loop"} {
		place, err := Find(t.Context(), c, someRoot, path, false)
		must(t, err)
		must(t, last(c.Symlink(t.Context(), someRoot, place.Dir, place.Name, target)))
	}
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	c := tree(t)
	tests := []struct {
		path, same string // same is a plain path to the same file
		err        error
	}{
		{path: "/", same: "/"},
		{path: "//", same: "/"},
		{path: ".", same: "/"},
		{path: "..", same: "/"},
		{path: "/../..", same: "/"},
		{path: "d", same: "/d"},
		{path: "/d/", same: "/d"},
		{path: "//d//e///", same: "/d/e"},
		{path: "/d/./e/../e/f", same: "/d/e/f"},
		{path: "/d/up", same: "/top"},
		{path: "/abs/f", same: "/d/e/f"},
		{path: "/abs/../up", same: "/top"},
		{path: "/abs", same: "/d/e"},
		{path: "", err: fsstate.NoEnt},
		{path: "/none", err: fsstate.NoEnt},
		{path: "/none/x", err: fsstate.NoEnt},
		{path: "/dangles", err: fsstate.NoEnt},
		{path: "/dangles/x", err: fsstate.NoEnt},
		{path: "/loop", err: fsstate.Loop},
		{path: "/loop/x", err: fsstate.Loop},
		{path: "/top/", err: fsstate.NotDir},
		{path: "/top/x", err: fsstate.NotDir},
		{path: "/d/up/", err: fsstate.NotDir},
		{path: strings.Repeat("/d/..", 1000), err: fsstate.NameTooLong},
		{path: "/" + strings.Repeat("n", fsstate.MaxName+1), err: fsstate.NameTooLong},
	}
	for _, test := range tests {
		got, err := c.Walk(t.Context(), someRoot, test.path)
		if !errors.Is(err, test.err) {
			t.Errorf("%q: error %v, want %v", test.path, err, test.err)
		}
		if test.err == nil {
			want, _ := c.WalkNoFollow(t.Context(), someRoot, test.same)
			if got.Ino != want.Ino {
				t.Errorf("%q is inode %d, want %d", test.path, got.Ino, want.Ino)
			}
		}
	}
}

func TestWalkErrorsNameThePath(t *testing.T) {
	t.Parallel()
	_, err := tree(t).Walk(t.Context(), someRoot, "/none")
	var pathErr *fs.PathError
	if !errors.As(err, &pathErr) || pathErr.Path != "/none" || !errors.Is(err, fsstate.NoEnt) {
		t.Errorf("error %v", err)
	}
}

func TestWalkNoFollow(t *testing.T) {
	t.Parallel()
	c := tree(t)
	for path, link := range map[string]bool{"/abs": true, "/abs/": false, "/loop": true, "/abs/f": false} {
		if attr, err := c.WalkNoFollow(t.Context(), someRoot, path); err != nil || isSymlink(attr) != link {
			t.Errorf("%q: mode %o, error %v, want a link %v", path, attr.Mode, err, link)
		}
	}
}

func TestWalkFollowsAsManyLinksAsLinux(t *testing.T) {
	t.Parallel()
	c := tree(t)
	target := "top"
	for i := 1; i <= MaxPathLinks+1; i++ {
		must(t, last(c.Symlink(t.Context(), someRoot, fsstate.RootIno, strconv.Itoa(i), target)))
		target = strconv.Itoa(i)
	}
	_, err := c.Walk(t.Context(), someRoot, strconv.Itoa(MaxPathLinks))
	must(t, err)
	if _, err := c.Walk(t.Context(), someRoot, strconv.Itoa(MaxPathLinks+1)); !errors.Is(err, fsstate.Loop) {
		t.Errorf("error %v, want %v", err, fsstate.Loop)
	}
}

func TestWalkMindsPermissions(t *testing.T) {
	t.Parallel()
	c := tree(t)
	dir, err := c.Walk(t.Context(), someRoot, "/d")
	must(t, err)
	_, err = c.Setattr(t.Context(), someRoot, dir.Ino, fsstate.SetAttr{Mask: fsstate.SetMode, Mode: 0o700})
	must(t, err)
	for _, path := range []string{"/d/e/f", "/abs/f", "/dangles"} {
		if _, err := c.Walk(t.Context(), alice, path); !errors.Is(err, fsstate.Access) {
			t.Errorf("%q: error %v, want %v", path, err, fsstate.Access)
		}
	}
}

func TestFindWhatIsMissing(t *testing.T) {
	t.Parallel()
	c := tree(t)
	for path, want := range map[string]string{"/new": "new", "/d/e/new": "new", "/abs/new/": "new", "/dangles": "none"} {
		place, err := Find(t.Context(), c, someRoot, path, true)
		if err != nil || place.Found || place.Name != want {
			t.Errorf("%q: %+v, error %v, want the missing name %q", path, place, err, want)
		}
	}
}

func TestMkdirAll(t *testing.T) {
	t.Parallel()
	c := tree(t)
	for _, path := range []string{"/", "/d", "/d/e/", "/abs/new/deep", "new//deep/", "/d/../x/./y"} {
		made, err := c.MkdirAll(t.Context(), someRoot, path, 0o750)
		must(t, err)
		found, err := c.Walk(t.Context(), someRoot, path)
		if err != nil || found.Ino != made.Ino || !isDir(found) {
			t.Errorf("%q: %+v, error %v, want inode %d", path, found, err, made.Ino)
		}
	}
	for path, want := range map[string]error{"/top": fsstate.NotDir, "/top/x": fsstate.NotDir, "/loop/x": fsstate.Loop} {
		if _, err := c.MkdirAll(t.Context(), someRoot, path, 0o755); !errors.Is(err, want) {
			t.Errorf("%q: error %v, want %v", path, err, want)
		}
	}
}

func listed(t *testing.T, c *Client, path string) []string {
	t.Helper()
	entries, err := c.ReadDirAll(t.Context(), someRoot, path)
	must(t, err)
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	slices.Sort(names)
	return names
}

func sortedCopy(names []string) []string {
	return slices.Sorted(slices.Values(names))
}

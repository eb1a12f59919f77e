package fuse

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"
)

// TestSnapshotsForPrograms: tar, diff, find, du and rm meet a snapshot as they
// meet any directory, and do not meet it where it is not named.
func TestSnapshotsForPrograms(t *testing.T) {
	t.Parallel()
	s := newService()
	m := mounted(t, s)
	keeper := bfs.NewClient(s.invoker())
	scratch := t.TempDir()
	shell(t, m.Path(), `
		mkdir -p src/a/b empty
		for i in 1 2 3 4 5 6 7 8 9; do echo "text $i" > src/a/$i; done
		ln src/a/1 src/a/b/hard; ln -s a/2 src/soft
		head -c 300000 /dev/urandom > src/big
		truncate -s 1000000 src/sparse
		tar cf "`+scratch+`/before.tar" --sort=name src empty`)
	if _, err := keeper.CreateSnapshot(t.Context(), fsstate.Caller{UID: uint32(os.Geteuid())}, "monday"); err != nil {
		t.Skipf("not the owner of the root directory: %v", err)
	}
	shell(t, m.Path(), `
		diff -r src .snapshots/monday/src
		test "$(find . -path "*snapshots*" | wc -l)" = 0
		test "$(ls -A | tr '\n' ' ')" = "empty src "
		echo more >> src/big; rm src/a/3; mkdir src/new
		! diff -rq src .snapshots/monday/src
		rm -rf ./* ./.[!.]*
		test -z "$(ls -A)"
		! rm -rf .snapshots/monday 2>/dev/null
		test "$(stat -c %h .snapshots/monday/src/a/1)" = 2
		cd .snapshots/monday
		tar cf "`+scratch+`/after.tar" --sort=name src empty
		du -s . > /dev/null
		cp -a src empty ../..`)
	before, after := read(t, filepath.Join(scratch, "before.tar")), read(t, filepath.Join(scratch, "after.tar"))
	if before != after {
		t.Error("the archives differ")
	}
	shell(t, m.Path(), `diff -r src .snapshots/monday/src`)
	if err := keeper.DeleteSnapshot(t.Context(), fsstate.Caller{}, "monday"); err != nil {
		t.Error(err)
	}
	if out := strings.TrimSpace(shell(t, m.Path(), `ls .snapshots | wc -l`)); out != "0" {
		t.Errorf("%s snapshots are left", out)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestSnapshots are made, listed, read and deleted.
func TestSnapshots(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	fs := fsRunner(t, p)
	snapshot := func(status int, args ...string) result {
		t.Helper()
		r := execute(t, append([]string{"snapshot", args[0], "--config", p.config()}, args[1:]...)...)
		if r.status != status {
			t.Fatalf("bfs snapshot %v: exit status %d, want %d\n%s", args, r.status, status, r.stderr)
		}
		return r
	}
	fs(0, "put - /note")
	if out := snapshot(0, "create", "monday").stdout; !strings.Contains(out, ".snapshots/monday") {
		t.Errorf("create prints %q", out)
	}
	fs(0, "rm /note")
	if got := fs(0, "cat /.snapshots/monday/note"); got != "typed in" {
		t.Errorf("the note is %q", got)
	}
	if got := fs(0, "ls -a /"); got != "" {
		t.Errorf("the root directory has %q", got)
	}
	if err := snapshot(1, "create", "monday").stderr; !strings.Contains(err, "file exists") {
		t.Errorf("a second monday: %q", err)
	}
	for _, name := range []string{"/monday", ".snapshots/monday", "."} {
		if err := snapshot(exitUsage, "create", name).stderr; !strings.Contains(err, "without a directory") {
			t.Errorf("one named %s: %q", name, err)
		}
	}
	if err := fs(1, "rm /.snapshots/monday/note"); err != "" {
		t.Error(err)
	}
	var list []snapshotLine
	if err := json.Unmarshal([]byte(snapshot(0, "list", "--json").stdout), &list); err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if l := list[0]; l.Name != "monday" || l.Client != toolsClient || l.Inodes != 2 || l.Bytes != 4096 || time.Since(l.Time) > time.Hour {
		t.Errorf("it is listed as %+v", l)
	}
	snapshot(0, "delete", "monday")
	if err := snapshot(1, "delete", "monday").stderr; !strings.Contains(err, "no such") {
		t.Errorf("deleting it again: %q", err)
	}
	if out := snapshot(0, "list").stdout; strings.Count(out, "\n") != 1 {
		t.Errorf("list prints %q", out)
	}
}

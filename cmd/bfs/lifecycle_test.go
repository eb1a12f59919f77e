package main

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestUpStopsOnSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			r := startUp(t, p)
			write(t, p, "file", "contents")
			r.signal(s)
			if status := r.awaitEnd(t); status != exitOK {
				t.Errorf("exit status %d after %v, want 0", status, s)
			}
			p.nothingLeft(t)
		})
	}
}

func TestUpStopsWhileTheMountIsBusy(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	file, err := os.Create(filepath.Join(p.mount, "open"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r.signal(syscall.SIGTERM)
	if status := r.awaitEnd(t); status != exitOK {
		t.Errorf("exit status %d, want 0", status)
	}
	p.nothingLeft(t)
}

func TestUpStopsWhenItsReplicasAreGone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	for id := range 4 {
		if err := syscall.Kill(r.replicaPID(t, id), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	awaitState(t, p, unavailable)
	stuck := launch(t, "/bin/ls", io.Discard, p.mount)
	r.signal(syscall.SIGTERM)
	if status := r.awaitEnd(t); status != exitOK {
		t.Errorf("exit status %d, want 0", status)
	}
	stuck.awaitEnd(t)
	p.nothingLeft(t)
}

func TestUpEndsWhenUnmounted(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	if err := syscall.Unmount(p.mount, 0); err != nil {
		t.Fatal(err)
	}
	if status := r.awaitEnd(t); status != exitOK {
		t.Errorf("exit status %d, want 0", status)
	}
	r.awaitSaid(t, "was unmounted")
}

func TestKilledUpLeavesNothingThatStopsTheNext(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	r.signal(syscall.SIGKILL)
	r.awaitEnd(t)
	await(t, "the end of the replicas", func() bool { return len(p.processes()) == 0 })
	if !p.mounted() {
		t.Fatal("nothing is left of the mount: this tests nothing")
	}
	startUp(t, p)
	write(t, p, "file", "contents")
	check(t, p, "file", "contents")
}

func TestSecondUpIsRefused(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	other := filepath.Join(t.TempDir(), "other")
	second := execute(t, "up", other, "--data", p.data)
	wantFailure(t, second, exitFailure, "another process runs this cluster", "process "+strconv.Itoa(r.cmd.Process.Pid))
	third := execute(t, "up", p.mount, "--data", filepath.Join(t.TempDir(), "data"))
	wantFailure(t, third, exitFailure, "mounted there already")
	write(t, p, "file", "the first one goes on")
	if _, err := os.Stat(other); err == nil {
		t.Error("the refused one made its mount point")
	}
}

// wantFailure checks an exit status and that all of texts were said.
func wantFailure(t *testing.T, r result, status int, texts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d", r.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(r.stderr, text) {
			t.Errorf("stderr lacks %q:\n%s", text, r.stderr)
		}
	}
	if !strings.HasPrefix(r.stderr, "bfs: ") {
		t.Errorf("stderr does not begin with %q:\n%s", "bfs: ", r.stderr)
	}
}

func TestUpExitsLikeItsCommand(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	cases := []struct {
		name, script string
		status       int
	}{
		{"success", "exit 0", 0},
		{"failure", "exit 7", 7},
		{"signal", "kill -TERM $$", 128 + 15},
		{"directory", `test "$PWD" = "$BFS_MOUNT" && echo x > y && test "$(cat "$BFS_MOUNT/y")" = x`, 0},
		{"forwarded", `trap 'exit 9' TERM; kill -TERM $PPID; while :; do sleep 0.1; done`, 9},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			r := execute(t, "up", "-q", p.mount, "--data", p.data, "--", "sh", "-c", tc.script)
			if r.status != tc.status {
				t.Errorf("exit status %d, want %d:\n%s", r.status, tc.status, r.stderr)
			}
		})
	}
	p := newPlace(t)
	wantFailure(t, execute(t, "up", "-q", p.mount, "--data", p.data, "--", "/no/such/command"), exitNotFound, "cannot run /no/such/command")
}

func TestReplicaStopsOnSignals(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	newCluster(t, p, nil)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		r := launchReplica(t, p, program, 1)
		await(t, "replica 1 to serve", func() bool {
			status, _ := statusOfCluster(t, p)
			return status.Replicas[1].Reachable
		})
		r.signal(s)
		if status := r.awaitEnd(t); status != exitOK {
			t.Errorf("exit status %d after %v, want 0", status, s)
		}
	}
}

func TestStatusWatchesUntilStopped(t *testing.T) {
	t.Parallel()
	p := startServer(t)
	lines := &onText{text: "\n", do: func() {}}
	r := launch(t, program, lines, "status", "--watch", "--json", "--config", p.config())
	await(t, "two lines", func() bool { return lines.count("\n") >= 2 })
	r.signal(syscall.SIGINT)
	if status := r.awaitEnd(t); status != exitOK {
		t.Errorf("exit status %d, want 0", status)
	}
}

func TestASecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := startUp(t, p)
	file, err := os.Create(filepath.Join(p.mount, "open"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	// The open file keeps the first one busy for a second.
	r.signal(syscall.SIGINT)
	r.awaitSaid(t, "stopping the cluster")
	r.signal(syscall.SIGINT)
	if status := r.awaitEnd(t); status != exitSignal+int(syscall.SIGINT) && status != exitOK {
		t.Errorf("exit status %d, want 130, or 0 if the first was faster", status)
	}
	p.nothingLeft(t)
}

func TestUpWithoutAMount(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	wantFailure(t, execute(t, "up", "--no-mount", p.mount, "--data", p.data), exitUsage, "one argument too many")
	r := launch(t, program, nil, "up", "--no-mount", "--data", p.data)
	r.awaitSaid(t, "Stop everything")
	fs := fsRunner(t, p)
	fs(exitOK, "put - /file")
	if got := fs(exitOK, "cat /file"); got != "typed in" {
		t.Errorf("the file holds %q", got)
	}
	launchMount(t, p)
	check(t, p, "file", "typed in")
}

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// workloadEnv is what testdata/workload.sh needs to know.
func workloadEnv(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	return append(os.Environ(),
		"SOURCE="+filepath.Join(strings.TrimSpace(string(out)), "src"),
		"SCRATCH="+t.TempDir())
}

func workloadScript(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("testdata/workload.sh")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const workloadDone = "half\ncopied\nunpacked\nbuilt\ncommitted\n"

func TestUpRunsAWorkload(t *testing.T) {
	needFUSE(t)
	p := newPlace(t)
	cmd := exec.Command(program, "up", "--data", p.data, p.mount, "--", workloadScript(t))
	cmd.Env = workloadEnv(t)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v after %q\n%s", err, stdout.String(), stderr.String())
	}
	if stdout.String() != workloadDone {
		t.Errorf("the workload said %q, want %q", stdout.String(), workloadDone)
	}
}

func TestWorkloadGoesOnWithoutABackup(t *testing.T) {
	p := newPlace(t)
	r := startUp(t, p)
	victim := r.replicaPID(t, 2)
	cmd := exec.Command(workloadScript(t))
	cmd.Dir, cmd.Env = p.mount, workloadEnv(t)
	var stderr bytes.Buffer
	stdout := &onText{text: "half\n", do: func() { _ = syscall.Kill(victim, syscall.SIGKILL) }}
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v after %q\n%s", err, stdout.seen.String(), stderr.String())
	}
	if stdout.seen.String() != workloadDone {
		t.Errorf("the workload said %q, want %q", stdout.seen.String(), workloadDone)
	}
	status, code := statusOfCluster(t, p)
	if status.State != degraded || code != exitDegraded || status.Replicas[2].Reachable {
		t.Errorf("status is %s (exit %d) with replica 2 reachable: %t; want degraded (%d) and false",
			status.State, code, status.Replicas[2].Reachable, exitDegraded)
	}
	r.awaitSaid(t, "ended: signal: killed")
	r.awaitSaid(t, "start it again with: bfs replica --config "+p.config()+" --id 2")
}

// onText keeps what is written to it, and does something once when that has a
// text in it.
type onText struct {
	text string
	do   func()
	once sync.Once
	mu   sync.Mutex
	seen bytes.Buffer
}

func (w *onText) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.Write(b)
	if strings.Contains(w.seen.String(), w.text) {
		w.once.Do(w.do)
	}
	return len(b), nil
}

func (w *onText) count(text string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Count(w.seen.String(), text)
}

func TestRestartedReplicaTakesPartAgain(t *testing.T) {
	p := newPlace(t)
	r := startUp(t, p)
	if err := syscall.Kill(r.replicaPID(t, 3), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitState(t, p, degraded)
	write(t, p, "while", "three replicas are left")
	launch(t, program, os.Stderr, "replica", "--config", p.config(), "--id", "3", "--log-level", "error")
	await(t, "replica 3 to catch up", func() bool {
		status, _ := statusOfCluster(t, p)
		return status.State == healthy && status.Replicas[3].Executed >= status.Replicas[0].Executed
	})
	// With another one gone, nothing is done without replica 3.
	if err := syscall.Kill(r.replicaPID(t, 1), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	awaitState(t, p, degraded)
	write(t, p, "after", "replicas 0, 2 and 3 are left")
	check(t, p, "while", "three replicas are left")
	check(t, p, "after", "replicas 0, 2 and 3 are left")
}

// write writes a file of the mount.
func write(t *testing.T, p place, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.mount, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// check reads a file of the mount.
func check(t *testing.T, p place, name, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(p.mount, name))
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
	}
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The programs as users have them, built once for all tests.
var program, byzantine string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "bfs-acceptance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program, byzantine = filepath.Join(dir, "bfs"), filepath.Join(dir, "bfs-byzantine")
	build := exec.Command("go", "build", "-o", dir, "bfs/cmd/bfs", "bfs/cmd/bfs-byzantine")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the programs: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// patience is how long anything that must happen may take.
const patience = 30 * time.Second

// needFUSE skips a test where nothing can be mounted.
func needFUSE(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skipf("no mounts here: %v", err)
	}
}

// place is where one test keeps its cluster and its mount.
type place struct {
	data, mount string
}

// newPlace also checks, when the test is over, that nothing is left behind.
func newPlace(t *testing.T) place {
	t.Helper()
	dir := t.TempDir()
	p := place{data: filepath.Join(dir, "data"), mount: filepath.Join(dir, "mount")}
	t.Cleanup(func() {
		p.nothingLeft(t)
		_ = syscall.Unmount(p.mount, syscall.MNT_DETACH)
	})
	return p
}

// nothingLeft checks that no mount and no process of the place exists.
func (p place) nothingLeft(t *testing.T) {
	t.Helper()
	if p.mounted() {
		t.Errorf("%s is still mounted", p.mount)
	}
	await(t, "the end of all processes", func() bool { return len(p.processes()) == 0 })
}

func (p place) mounted() bool {
	mounts, err := os.ReadFile("/proc/self/mounts")
	return err == nil && strings.Contains(string(mounts), " "+p.mount+" ")
}

// processes are the command lines of those that name the data directory.
func (p place) processes() (found []string) {
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		line, err := os.ReadFile(path)
		if err == nil && bytes.Contains(line, []byte(p.data)) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func (p place) config() string { return filepath.Join(p.data, "cluster.json") }

// await polls for what another process does.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain for %s", patience, what)
		}
	}
}

// result is how a program that ran to its end did.
type result struct {
	status         int
	stdout, stderr string
}

// execute runs the program to its end.
func execute(t *testing.T, args ...string) result {
	t.Helper()
	return executeWith(t, "", args...)
}

func executeWith(t *testing.T, input string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = testEnvironment(t)
	cmd.Stdin = strings.NewReader(input)
	cmd.WaitDelay = time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("bfs %q: %v, %v\n%s", args, err, ctx.Err(), stderr.String())
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// must runs the program, which has to succeed, and returns its output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	r := execute(t, args...)
	if r.status != 0 {
		t.Fatalf("bfs %q exits with %d:\n%s", args, r.status, r.stderr)
	}
	return r.stdout
}

// testEnvironment keeps the tests out of the user's own cluster.
func testEnvironment(t *testing.T) []string {
	return append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(t.TempDir(), "none"), "BFS_CONFIG=", "BFS_DATA=")
}

// running is a program that runs on, and is stopped at the end of the test.
type running struct {
	cmd    *exec.Cmd
	mu     sync.Mutex
	stderr bytes.Buffer
	ended  chan struct{}
}

// launch starts a program, collects its stderr, and ends it with the test.
func launch(t *testing.T, executable string, stdout io.Writer, args ...string) *running {
	t.Helper()
	r := start(t, executable, stdout, args...)
	t.Cleanup(func() { r.end(t) })
	return r
}

// start starts a program and collects its stderr.
func start(t *testing.T, executable string, stdout io.Writer, args ...string) *running {
	t.Helper()
	r := &running{cmd: exec.Command(executable, args...), ended: make(chan struct{})}
	r.cmd.Env = testEnvironment(t)
	r.cmd.Stdout = stdout
	// A group of its own, as a shell would give it.
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	pipe, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go r.collect(pipe)
	return r
}

// end ends the program, and shows what it has said if that is of interest.
func (r *running) end(t *testing.T) {
	t.Helper()
	if r.alive() {
		r.signal(syscall.SIGTERM)
		r.awaitEnd(t)
	}
	if t.Failed() || *chaosLogs {
		t.Logf("stderr of %q:\n%s", r.cmd.Args, r.said())
	}
}

func (r *running) collect(pipe io.Reader) {
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		r.mu.Lock()
		r.stderr.WriteString(lines.Text() + "\n")
		r.mu.Unlock()
	}
	_ = r.cmd.Wait()
	close(r.ended)
}

func (r *running) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.String()
}

func (r *running) alive() bool {
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}

func (r *running) signal(s syscall.Signal) { _ = r.cmd.Process.Signal(s) }

// awaitEnd waits for the end and returns the exit status.
func (r *running) awaitEnd(t *testing.T) int {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(patience):
		r.signal(syscall.SIGKILL)
		t.Errorf("%q did not end:\n%s", r.cmd.Args, r.said())
	}
	return r.cmd.ProcessState.ExitCode()
}

// awaitSaid waits until the program has said text on stderr.
func (r *running) awaitSaid(t *testing.T, text string) {
	t.Helper()
	await(t, fmt.Sprintf("%q from %q", text, r.cmd.Args), func() bool {
		if !r.alive() && !strings.Contains(r.said(), text) {
			t.Fatalf("%q ended without saying %q:\n%s", r.cmd.Args, text, r.said())
		}
		return strings.Contains(r.said(), text)
	})
}

// startUp starts `bfs up` and waits until it is up.
func startUp(t *testing.T, p place) *running {
	t.Helper()
	needFUSE(t)
	r := launch(t, program, io.Discard, "up", p.mount, "--data", p.data)
	r.awaitSaid(t, "Stop everything")
	return r
}

var processLine = regexp.MustCompile(`replica (\d+)  process (\d+)`)

// replicaPID is the process that runs a replica, as `bfs up` told.
func (r *running) replicaPID(t *testing.T, id int) int {
	t.Helper()
	for _, match := range processLine.FindAllStringSubmatch(r.said(), -1) {
		if match[1] == strconv.Itoa(id) {
			pid, err := strconv.Atoi(match[2])
			if err == nil {
				return pid
			}
		}
	}
	t.Fatalf("no process of replica %d in:\n%s", id, r.said())
	return 0
}

// statusOfCluster asks `bfs status --json`.
func statusOfCluster(t *testing.T, p place) (clusterStatus, int) {
	t.Helper()
	r := execute(t, "status", "--json", "--config", p.config())
	var status clusterStatus
	if err := json.Unmarshal([]byte(r.stdout), &status); err != nil {
		t.Fatalf("bfs status --json: %v\n%s%s", err, r.stdout, r.stderr)
	}
	return status, r.status
}

// awaitState waits until `bfs status` says state.
func awaitState(t *testing.T, p place, want state) clusterStatus {
	t.Helper()
	var status clusterStatus
	await(t, "a cluster that is "+string(want), func() bool {
		status, _ = statusOfCluster(t, p)
		return status.State == want
	})
	return status
}

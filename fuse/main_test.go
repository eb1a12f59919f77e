package fuse

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// This test binary runs in three roles. The process that `go test` starts is
// the warden: it runs the tests in a process of their own, below a temporary
// directory of its own, so that it can remove what they leave mounted when
// they crash or run out of time. The tests in turn start helpers, which use
// mounts as programs do: a process must not map, execute or start processes in
// a file system that it serves itself, because the Go runtime may then wait
// for the thread that waits for the file system.
const (
	roleVariable = "BFS_FUSE_TEST_ROLE"
	roleTests    = "tests"
)

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleVariable); role {
	case "":
		os.Exit(guard())
	case roleTests:
		os.Exit(m.Run())
	default:
		os.Exit(help(role, os.Args[1:]))
	}
}

// guard runs the tests and leaves no mount behind.
func guard() int {
	dir, err := os.MkdirTemp("", "bfs-fuse-test-")
	if err != nil {
		return report(err)
	}
	defer os.RemoveAll(dir)
	signal.Ignore(os.Interrupt, syscall.SIGTERM) // the tests get them too
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Env = append(os.Environ(), roleVariable+"="+roleTests, "TMPDIR="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return report(err)
	}
	err = watch(cmd, dir)
	if left := detachBelow(dir); left > 0 && err == nil {
		err = fmt.Errorf("the tests left %d mounts behind; they are removed", left)
	}
	return report(err)
}

// report prints what went wrong, unless the tests have said it themselves,
// and returns the status to exit with.
func report(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return max(exit.ExitCode(), 1)
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// watch waits for the tests to end. A process that dies while it uses a mount
// that it serves itself cannot end, because nobody else holds the connection:
// its mounts must go first.
func watch(cmd *exec.Cmd, dir string) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	parent := os.Getppid()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-look.C:
		}
		if os.Getppid() != parent {
			cmd.Process.Kill()
		}
		if os.Getppid() != parent || isZombie(cmd.Process.Pid) {
			detachBelow(dir)
		}
	}
}

// isZombie tells whether the first thread of a process has ended.
func isZombie(pid int) bool {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	return err == nil && strings.Contains(string(status), "\nState:\tZ")
}

// detachBelow removes every mount below dir and counts them.
func detachBelow(dir string) int {
	table, err := os.ReadFile(mountTable)
	if err != nil {
		return 0
	}
	count := 0
	for line := range strings.Lines(string(table)) {
		entry, ok := parseMountinfo(line)
		if ok && strings.HasPrefix(entry.path, dir+string(filepath.Separator)) && sever(entry.path, entry.device) == nil {
			count++
		}
	}
	return count
}

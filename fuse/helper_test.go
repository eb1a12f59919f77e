package fuse

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
)

// A helper is a program that a test runs in another process, with arguments.
// It prints what the test is to see, and fails with an error.
type helper func(args []string) error

// helpers by their names, filled where the tests are.
var helpers = map[string]helper{}

// register is for package-level variables beside the tests.
func register(name string, h helper) string {
	helpers[name] = h
	return name
}

func help(role string, args []string) int {
	if err := helpers[role](args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// launches are the processes to be started by the one thread that starts all.
// They are killed when the thread ends that started them, and many threads of
// these tests end: those that pretend to be another user.
var launches = make(chan func())

func init() {
	go func() {
		runtime.LockOSThread()
		for start := range launches {
			start()
		}
	}()
}

// launch starts a process that does not outlive the tests.
func launch(cmd *exec.Cmd) error {
	started := make(chan error)
	launches <- func() { started <- cmd.Start() }
	return <-started
}

// collect launches a process and returns what it prints.
func collect(cmd *exec.Cmd) (string, error) {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := launch(cmd); err != nil {
		return "", err
	}
	err := cmd.Wait()
	return out.String(), err
}

// command prepares a helper's process, which is to be launched.
func command(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// run runs a helper to its end and returns what it printed.
func run(t *testing.T, role string, args ...string) string {
	t.Helper()
	return output(t, command(role, args...))
}

// shell runs a script in dir. The shell changes directory by itself, for the
// reason given with TestMain.
func shell(t *testing.T, dir, script string) string {
	t.Helper()
	cmd := exec.Command("sh", "-euc", `cd "$0"; `+script, dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return output(t, cmd)
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := collect(cmd)
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args[1:], err, out)
	}
	return out
}

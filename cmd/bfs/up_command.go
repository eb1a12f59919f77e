package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/urfave/cli/v2"
)

// Exit statuses of a shell whose command cannot be run.
const (
	exitNotExecutable = 126
	exitNotFound      = 127
)

// runCommand runs a command in dir, which it also finds in BFS_MOUNT, and
// returns its exit status as an error unless it is 0. Signals that come are
// the command's from now on.
//
// dir is served by this very process, and all of it stands still between fork
// and exec of a child: a child that entered dir, or executed a file there,
// itself would wait for ever. So the child is this program once more, which
// does both.
func runCommand(command []string, dir string, signals <-chan os.Signal) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(executable, append([]string{enterName, "--", dir}, command...)...)
	cmd.Env = append(os.Environ(), "BFS_MOUNT="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run a process: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			forward(cmd.Process, s)
		case err := <-ended:
			return commandStatus(err)
		}
	}
}

// forward passes a signal on. What is typed on a terminal reaches the command
// without us, as it is in the same process group.
func forward(p *os.Process, s os.Signal) {
	typed := s == syscall.SIGINT || s == syscall.SIGQUIT
	if !typed || !inForeground(os.Stdin) {
		_ = p.Signal(s)
	}
}

// commandStatus is what a shell makes of a command's end.
func commandStatus(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	status := exit.Sys().(syscall.WaitStatus)
	if status.Signaled() {
		return exitStatus(exitSignal + int(status.Signal()))
	}
	return exitStatus(status.ExitStatus())
}

const enterName = "enter-and-run"

// enterCommand is the child that runCommand starts.
func enterCommand() *cli.Command {
	return &cli.Command{Name: enterName, Hidden: true, HideHelp: true, ArgsUsage: "DIR COMMAND [ARG…]", Action: enterAndRun}
}

// enterAndRun becomes the command, and returns only if that is impossible.
func enterAndRun(c *cli.Context) error {
	if err := wantArgs(c, 2, -1); err != nil {
		return err
	}
	dir, command := c.Args().First(), c.Args().Tail()
	if err := os.Chdir(dir); err != nil {
		return err
	}
	// For a file of the current directory, "./program", LookPath says ErrDot
	// only if it was found by searching, which is to fail.
	path, err := exec.LookPath(command[0])
	if err == nil {
		err = syscall.Exec(path, command, os.Environ())
	}
	fmt.Fprintf(os.Stderr, "bfs: cannot run %s: %v\n", command[0], err)
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return exitStatus(exitNotFound)
	}
	return exitStatus(exitNotExecutable)
}

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// runCommand runs a command in dir, which it also finds in BFS_MOUNT, and
// returns its exit status as an error unless it is 0. Signals that come are
// the command's from now on.
func runCommand(command []string, dir string, signals <-chan os.Signal) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "BFS_MOUNT="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot run %s: %w", command[0], err)
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

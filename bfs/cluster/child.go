package cluster

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Exit says that a replica process has ended.
type Exit struct {
	ID  int
	PID int
	// Status is the process's end in words: "exit status 1".
	Status string
	// Log is the end of what the process logged.
	Log string
}

// child is one replica process.
type child struct {
	id   int
	cmd  *exec.Cmd
	said *os.File      // the pipe on which it says that it serves
	done chan struct{} // closed when it has ended; exit is set before
	exit Exit
}

// newChild prepares the process; its log is appended to.
func newChild(id int, logPath, executable string, args []string) (*child, error) {
	log, err := os.OpenFile(logPath, os.O_WRONLY|os.O_CREATE|os.O_APPEND, logMode)
	if err != nil {
		return nil, fmt.Errorf("opening replica %d's log: %w", id, err)
	}
	said, say, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for replica %d: %w", id, err)
	}
	cmd := exec.Command(executable, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{say}
	// In a process group of its own, a replica does not get the Ctrl-C that
	// its parent does: the parent unmounts first and stops it then.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return &child{id: id, cmd: cmd, said: said, done: make(chan struct{})}, nil
}

// start runs the process. The calling goroutine must be locked to its thread
// and outlive the process: the kernel sends the parent's death signal when
// the thread ends that started the child.
func (c *child) start() error {
	err := c.cmd.Start()
	c.cmd.ExtraFiles[0].Close()
	c.cmd.Stderr.(*os.File).Close()
	if err != nil {
		c.said.Close()
		return fmt.Errorf("starting replica %d: %w", c.id, err)
	}
	return nil
}

// awaitReady returns whether the process has said that it serves; it is false
// when it ended before.
func (c *child) awaitReady() bool {
	text, _ := io.ReadAll(io.LimitReader(c.said, int64(len(readyLine))))
	c.said.Close()
	return string(text) == readyLine
}

// wait returns when the process has ended, and fills exit.
func (c *child) wait(logPath string) {
	c.cmd.Wait()
	c.exit = Exit{
		ID:     c.id,
		PID:    c.cmd.Process.Pid,
		Status: c.cmd.ProcessState.String(),
		Log:    tail(logPath),
	}
	close(c.done)
}

func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// signal is ignored by a process that has ended.
func (c *child) signal(s os.Signal) { _ = c.cmd.Process.Signal(s) }

// tail is the end of a log, in whole lines.
func tail(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return ""
	}
	from := max(end-logTailBytes, 0)
	text := make([]byte, end-from)
	n, _ := file.ReadAt(text, from)
	lines := string(text[:n])
	if from > 0 {
		_, lines, _ = strings.Cut(lines, "\n")
	}
	return strings.TrimSpace(lines)
}

// ReadyFile is the pipe on which a replica process that StartProcesses started
// says that it serves, or nil if this process was started otherwise. fd is
// what the process was told on its command line; 0 is none.
func ReadyFile(fd int) *os.File {
	if fd == 0 {
		return nil
	}
	return os.NewFile(uintptr(fd), "ready-"+strconv.Itoa(fd))
}

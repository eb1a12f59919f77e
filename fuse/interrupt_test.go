package fuse

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
)

// raw returns the file system of a mount without the kernel.
func raw(t *testing.T, invoker bfs.Invoker) *fileSystem {
	t.Helper()
	life, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	o := Options{Client: bfs.NewClient(invoker), Mountpoint: "unused"}
	must(t, o.check())
	return newFileSystem(life, &o)
}

var rootHeader = gofuse.InHeader{NodeId: uint64(fsstate.RootIno)}

// TestInterruptedMutation: an operation that changes something ignores the
// interrupt, even one that comes before it is submitted.
func TestInterruptedMutation(t *testing.T) {
	t.Parallel()
	f := raw(t, newService().invoker())
	interrupted := make(chan struct{})
	close(interrupted)
	in := &gofuse.MkdirIn{InHeader: rootHeader, Mode: 0o755}
	if got := f.Mkdir(interrupted, in, "dir", &gofuse.EntryOut{}); got != gofuse.OK {
		t.Errorf("the first mkdir is %v", got)
	}
	if got := f.Mkdir(interrupted, in, "dir", &gofuse.EntryOut{}); got != gofuse.Status(syscall.EEXIST) {
		t.Errorf("the second mkdir is %v, want EEXIST", got)
	}
}

// TestInterruptedQuery: one that changes nothing gets its answer if it comes
// in time, else EINTR.
func TestInterruptedQuery(t *testing.T) {
	t.Parallel()
	g := newGate(newService().invoker())
	f := raw(t, g)
	interrupted := make(chan struct{})
	close(interrupted)
	in := &gofuse.GetAttrIn{InHeader: rootHeader}
	if got := f.GetAttr(interrupted, in, &gofuse.AttrOut{}); got != gofuse.OK {
		t.Errorf("with replicas that answer it is %v", got)
	}
	g.close()
	if got := f.GetAttr(interrupted, in, &gofuse.AttrOut{}); got != gofuse.EINTR {
		t.Errorf("with replicas that do not answer it is %v, want EINTR", got)
	}
}

// announce prints the number of this thread, which the signals are for.
func announce() {
	runtime.LockOSThread()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
	fmt.Println(syscall.Gettid())
}

// target is a helper that is to be signalled.
type target struct {
	*exec.Cmd
	stdout *bufio.Reader
	thread int
}

// aim starts a helper and learns the thread that it announces.
func aim(t *testing.T, cmd *exec.Cmd) *target {
	t.Helper()
	stdout, err := cmd.StdoutPipe()
	must(t, err)
	cmd.Stderr = os.Stderr
	must(t, launch(cmd))
	x := &target{Cmd: cmd, stdout: bufio.NewReader(stdout)}
	if _, err := fmt.Fscanln(x.stdout, &x.thread); err != nil {
		t.Fatal(err, cmd.Wait())
	}
	return x
}

func (x *target) signal() { syscall.Tgkill(x.Process.Pid, x.thread, syscall.SIGUSR1) }

// roleSignalled makes a directory and writes a file with bare system calls,
// which hide no EINTR.
var roleSignalled = register("signalled", func(args []string) error {
	announce()
	if err := syscall.Mkdir(args[0]+"/dir", 0o755); err != nil {
		return fmt.Errorf("mkdir: %w", err)
	}
	fd, err := syscall.Open(args[0]+"/file", syscall.O_CREAT|syscall.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if n, err := syscall.Write(fd, []byte(args[1])); n != len(args[1]) || err != nil {
		return fmt.Errorf("write: %d, %w", n, err)
	}
	return syscall.Close(fd)
})

// TestSignalsDuringMutations: a program that is signalled over and over while
// its operations wait sees each of them done once, and succeed.
func TestSignalsDuringMutations(t *testing.T) {
	t.Parallel()
	g := &paced{Invoker: newService().invoker(), steps: make(chan struct{})}
	m := mountedOver(t, g, Options{})
	content := strings.Repeat("content", 1000)
	x := aim(t, command(roleSignalled, m.Path(), content))
	ended := make(chan error, 1)
	go func() { ended <- x.Wait() }()
	if err := pester(x, g.steps, ended); err != nil {
		t.Fatal(err)
	}
	g.free.Store(true)
	expect(t, m.Path()+"/file", content)
	list(t, m.Path(), "dir", "file")
}

// pester sends signals until the process ends, and lets an operation pass
// after every tenth.
func pester(x *target, steps chan<- struct{}, ended <-chan error) error {
	for {
		for range 10 {
			x.signal()
		}
		select {
		case err := <-ended:
			return err
		case steps <- struct{}{}:
		}
	}
}

// roleImpatient stats a file with a bare system call and prints the outcome.
var roleImpatient = register("impatient", func(args []string) error {
	announce()
	fmt.Println(syscall.Stat(args[0], &syscall.Stat_t{}))
	return nil
})

// TestSignalDuringQuery: a signal frees a program from waiting for replicas
// that do not answer.
func TestSignalDuringQuery(t *testing.T) {
	t.Parallel()
	g := newGate(newService().invoker())
	m := mountedOver(t, g, Options{})
	g.close()
	x := aim(t, command(roleImpatient, m.Path()+"/file"))
	<-g.arrivals
	x.signal()
	out, err := x.stdout.ReadString('\n')
	if err != nil || out != "interrupted system call\n" {
		t.Errorf("the program printed %q, %v", out, err)
	}
	must(t, x.Wait())
}

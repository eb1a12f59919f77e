package conformance

import (
	"errors"
	"fmt"
	"runtime"
	"sync"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// Kernel is the adapter for a directory of the running system, which is the
// root of the file system under test. It needs the privilege to change
// credentials. Close it before a file system mounted there is unmounted.
type Kernel struct {
	base string

	mu      sync.Mutex
	threads map[string]*thread
}

var _ FS = (*Kernel)(nil)

// NewKernel returns the adapter for the directory base.
func NewKernel(base string) *Kernel {
	return &Kernel{base: base, threads: make(map[string]*thread)}
}

// As returns the process of caller: a thread of its own. It panics if the
// thread cannot take on the credentials.
func (k *Kernel) As(caller fsstate.Caller) Process {
	k.mu.Lock()
	defer k.mu.Unlock()
	key := fmt.Sprint(caller)
	if k.threads[key] == nil {
		k.threads[key] = startThread(k.base, caller)
	}
	return kernelProcess{k.threads[key]}
}

// ErrorName names the system call's error.
func (k *Kernel) ErrorName(err error) string {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return unix.ErrnoName(errno)
	}
	return fmt.Sprint(err)
}

// Close returns when no thread is below the directory any more. Descriptors
// stay as they are.
func (k *Kernel) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.threads {
		close(t.work)
		<-t.ended
	}
	clear(k.threads)
}

// A thread carries out system calls with the credentials, the root directory
// and the umask of one process. Linux has all three per thread; only the C
// library pretends otherwise.
type thread struct {
	work  chan func()
	ended chan struct{}
}

func startThread(base string, caller fsstate.Caller) *thread {
	t := &thread{work: make(chan func()), ended: make(chan struct{})}
	ready := make(chan error)
	go t.serve(base, caller, ready)
	if err := <-ready; err != nil {
		close(t.work)
		panic(fmt.Sprintf("conformance: a thread with the credentials %v: %v", caller, err))
	}
	return t
}

// serve never unlocks its thread, so that the thread ends with it.
func (t *thread) serve(base string, caller fsstate.Caller, ready chan<- error) {
	runtime.LockOSThread()
	defer close(t.ended)
	outside, err := unix.Open("/", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		defer leave(outside)
		err = become(base, caller)
	}
	ready <- err
	for f := range t.work {
		f()
	}
}

// leave goes back to the root directory that a thread came from: the thread
// itself may end later, and would keep a mount busy until then.
func leave(outside int) {
	err := errors.Join(unix.Fchdir(outside), unix.Chroot("."), unix.Close(outside))
	if err != nil {
		panic(fmt.Sprintf("conformance: a thread cannot go back to its root directory: %v", err))
	}
}

func become(base string, caller fsstate.Caller) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := unix.Chroot(base); err != nil {
		return fmt.Errorf("chroot %s: %w", base, err)
	}
	if err := unix.Chdir("/"); err != nil {
		return fmt.Errorf("chdir to the new root: %w", err)
	}
	unix.Umask(int(caller.Umask))
	if err := setgroups(caller.Groups); err != nil {
		return fmt.Errorf("setgroups: %w", err)
	}
	return setIDs(caller)
}

// do runs f on the thread.
func (t *thread) do(f func() error) error {
	var err error
	done := make(chan struct{})
	t.work <- func() {
		defer close(done)
		err = ignoringInterrupts(f)
	}
	<-done
	return err
}

func ignoringInterrupts(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

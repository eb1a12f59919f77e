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

// Close ends the threads. Descriptors stay as they are.
func (k *Kernel) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, t := range k.threads {
		close(t.work)
	}
	clear(k.threads)
}

// A thread carries out system calls with the credentials, the working
// directory and the umask of one process. Linux has all three per thread;
// only the C library pretends otherwise.
type thread struct {
	work chan func()
}

func startThread(base string, caller fsstate.Caller) *thread {
	t := &thread{work: make(chan func())}
	ready := make(chan error)
	go t.serve(base, caller, ready)
	if err := <-ready; err != nil {
		panic(fmt.Sprintf("conformance: a thread with the credentials %v: %v", caller, err))
	}
	return t
}

// serve never unlocks its thread, so that the thread ends with it.
func (t *thread) serve(base string, caller fsstate.Caller, ready chan<- error) {
	runtime.LockOSThread()
	if err := become(base, caller); err != nil {
		ready <- err
		return
	}
	ready <- nil
	for f := range t.work {
		f()
	}
}

func become(base string, caller fsstate.Caller) error {
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := unix.Chdir(base); err != nil {
		return fmt.Errorf("chdir %s: %w", base, err)
	}
	unix.Umask(0)
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

// relative turns a path of the file system into one that starts at the
// thread's working directory.
func relative(path string) string {
	if path == "" {
		return ""
	}
	if rest := path[1:]; rest != "" {
		return rest
	}
	return "."
}

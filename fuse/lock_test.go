package fuse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bfs/bfs"
	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// roleLocker does what it is told on its standard input, line by line, with
// bare system calls, and prints what came of each: "open NAME", "close NAME",
// or a request for a lock of a file that is open.
//
//	set|setw|get[ofd] NAME r|w|u START LENGTH     fcntl(2)
//	flock[nb] NAME r|w|u                          flock(2)
var roleLocker = register("locker", func(args []string) error {
	announce()
	files := make(map[string]int)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		result, err := obey(args[0], files, strings.Fields(in.Text()))
		if err != nil {
			result = unix.ErrnoName(err.(syscall.Errno))
		}
		fmt.Println(result)
	}
	return nil
})

var lockTypes = map[string]int16{"r": unix.F_RDLCK, "w": unix.F_WRLCK, "u": unix.F_UNLCK}

func obey(dir string, files map[string]int, words []string) (string, error) {
	verb, name := words[0], words[1]
	switch verb {
	case "open":
		fd, err := unix.Open(dir+"/"+strings.TrimRight(name, "'"), unix.O_RDWR|unix.O_CREAT, 0o666)
		files[name] = fd
		return "ok", err
	case "close":
		return "ok", unix.Close(files[name])
	case "flock", "flocknb":
		how := map[string]int{"r": unix.LOCK_SH, "w": unix.LOCK_EX, "u": unix.LOCK_UN}[words[2]]
		if verb == "flocknb" {
			how |= unix.LOCK_NB
		}
		return "ok", unix.Flock(files[name], how)
	}
	start, _ := strconv.ParseInt(words[3], 0, 64)
	length, _ := strconv.ParseInt(words[4], 0, 64)
	lock := unix.Flock_t{Type: lockTypes[words[2]], Start: start, Len: length}
	commands := map[string]int{
		"set": unix.F_SETLK, "setw": unix.F_SETLKW, "get": unix.F_GETLK,
		"setofd": unix.F_OFD_SETLK, "setwofd": unix.F_OFD_SETLKW, "getofd": unix.F_OFD_GETLK,
	}
	err := unix.FcntlFlock(uintptr(files[name]), commands[verb], &lock)
	if strings.HasPrefix(verb, "get") {
		return fmt.Sprintf("%d %d+%d pid %d", lock.Type, lock.Start, lock.Len, lock.Pid), err
	}
	return "ok", err
}

// program is a process that sets locks in a mount.
type program struct {
	*target
	t     *testing.T
	stdin io.Writer
}

func lockerIn(t *testing.T, dir string) *program {
	t.Helper()
	cmd := command(roleLocker, dir)
	stdin, err := cmd.StdinPipe()
	must(t, err)
	p := &program{aim(t, cmd), t, stdin}
	t.Cleanup(func() {
		p.Process.Kill()
		p.Wait()
	})
	return p
}

// begin sends a line that may take a while.
func (p *program) begin(line string) { fmt.Fprintln(p.stdin, line) }

// end is what came of the line that was begun.
func (p *program) end() string {
	p.t.Helper()
	out, err := p.stdout.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(out)
}

// does checks what came of lines, which are "line: result".
func (p *program) does(lines ...string) {
	p.t.Helper()
	for _, l := range lines {
		line, want, _ := strings.Cut(l, ": ")
		p.begin(line)
		if got := p.end(); got != want {
			p.t.Fatalf("%s gives %q, want %q", line, got, want)
		}
	}
}

// lockingMounts are two mounts, and a program in each with the file f open,
// the first of which has a lock of its first ten bytes.
func lockingMounts(t *testing.T) (a, b *program, w *witness) {
	t.Helper()
	s := newService()
	w = newWitness(s.invoker(), opcodeSetLock, opcodeCancelLock)
	a, b = lockerIn(t, mounted(t, s).Path()), lockerIn(t, mountedOver(t, w, Options{}).Path())
	a.does("open f: ok", "set f w 0 10: ok")
	b.does("open f: ok")
	return a, b, w
}

// The opcodes of operations that a client is made to send.
var (
	opcodeSetLock = opcodeOf(func(c *bfs.Client) {
		c.SetLock(context.Background(), fsstate.Caller{}, 1, fsstate.Lock{}, false)
	})
	opcodeCancelLock = opcodeOf(func(c *bfs.Client) { c.CancelLock(context.Background(), fsstate.Caller{}, 1) })
)

// opcodeOf is the second byte of what call sends.
func opcodeOf(call func(c *bfs.Client)) (code byte) {
	call(bfs.NewClient(recorder(func(operation []byte) { code = operation[1] })))
	return code
}

// A recorder is an invoker that never answers.
type recorder func(operation []byte)

func (r recorder) Invoke(_ context.Context, operation []byte, _ bool) ([]byte, error) {
	r(operation)
	return nil, errors.New("no answer")
}

func TestLocksBetweenMounts(t *testing.T) {
	t.Parallel()
	a, b, _ := lockingMounts(t)
	b.does("set f w 9 1: EAGAIN", "set f r 0 0: EAGAIN", "set f w 10 5: ok",
		"get f w 0 0: 1 0+10 pid 0")
	a.does("get f w 0 0: 1 10+5 pid 0", "set f u 3 4: ok")
	b.does("set f w 3 4: ok", "set f w 7 1: EAGAIN", "setofd f r 7 1: EAGAIN")
	a.does("set f u 0 0: ok")
	b.does("set f r 0 0: ok")
	a.does("set f r 0 0: ok", "set f w 0 1: EAGAIN", "flocknb f w: ok")
	b.does("flocknb f r: EAGAIN")
	a.does("flocknb f r: ok")
	b.does("flocknb f r: ok", "flocknb f w: EAGAIN")
}

// TestLockShowsProcess: F_GETLK tells the process where it is known.
func TestLockShowsProcess(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	a, b := lockerIn(t, dir), lockerIn(t, dir)
	a.does("open f: ok", "set f w 5 5: ok")
	b.does("open f: ok", fmt.Sprintf("get f r 0 0: 1 5+5 pid %d", a.Process.Pid), "get f r 10 0: 2 10+0 pid 0")
}

// TestLocksGoWithClose: a process loses its locks of ranges with the first
// descriptor of the file that it closes, a description with its last.
func TestLocksGoWithClose(t *testing.T) {
	t.Parallel()
	a, b, _ := lockingMounts(t)
	a.does("open f': ok", "setofd f' w 20 5: ok", "flocknb f' w: ok", "open f'': ok", "close f'': ok")
	b.does("set f w 0 10: ok", "set f w 20 5: EAGAIN", "flocknb f w: EAGAIN")
	a.does("close f': ok")
	b.does("setw f w 20 5: ok", "flock f w: ok") // the kernel does not wait for a release
	a.does("close f: ok")
}

// TestLocksGoWithProcess, however it ends.
func TestLocksGoWithProcess(t *testing.T) {
	t.Parallel()
	a, b, _ := lockingMounts(t)
	a.does("setofd f w 20 5: ok", "flock f w: ok")
	b.begin("setw f w 0 0")
	must(t, a.Process.Kill())
	if got := b.end(); got != "ok" {
		t.Errorf("the lock of a process that was killed: %s", got)
	}
	b.does("flock f w: ok")
}

// TestInterruptedLockWait: a signal ends a wait, and the request with it.
func TestInterruptedLockWait(t *testing.T) {
	t.Parallel()
	a, b, w := lockingMounts(t)
	for _, line := range []string{"setw f w 0 10", "setwofd f r 5 1"} {
		b.begin(line)
		<-w.seen[opcodeSetLock]
		b.signal()
		<-w.seen[opcodeCancelLock]
		// The runtime has its handlers restart system calls.
		<-w.seen[opcodeSetLock]
		a.does("set f u 0 0: ok")
		if got := b.end(); got != "ok" {
			t.Fatalf("%s gives %s after a signal", line, got)
		}
		b.does("set f u 0 0: ok", "setofd f u 0 0: ok")
		<-w.seen[opcodeSetLock]
		<-w.seen[opcodeSetLock]
		a.does("set f w 0 10: ok")
	}
	b.begin("setw f w 0 10")
	<-w.seen[opcodeSetLock]
	must(t, b.Process.Kill())
	<-w.seen[opcodeCancelLock]
}

// TestWaitIsWithdrawnOnce: an interrupt that comes after the grant leaves the
// lock with the process; one that comes before takes the request back.
func TestWaitIsWithdrawnOnce(t *testing.T) {
	t.Parallel()
	s := newService()
	other, f := raw(t, s.invoker()), raw(t, s.invoker())
	created := &gofuse.CreateOut{}
	in := &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_CREAT | syscall.O_RDWR, Mode: 0o666}
	if got := f.Create(nil, in, "f", created); got != gofuse.OK {
		t.Fatal(got)
	}
	header := gofuse.InHeader{NodeId: created.NodeId}
	opened := &gofuse.OpenOut{}
	other.Open(nil, &gofuse.OpenIn{InHeader: header, Flags: syscall.O_RDWR}, opened)
	exclusive := gofuse.FileLock{End: fsstate.MaxSize, Typ: syscall.F_WRLCK}
	if got := other.SetLk(nil, &gofuse.LkIn{InHeader: header, Fh: opened.Fh, Lk: exclusive}); got != gofuse.OK {
		t.Fatal(got)
	}
	interrupted := make(chan struct{})
	close(interrupted)
	ask := &gofuse.LkIn{InHeader: header, Fh: created.Fh, Lk: exclusive}
	if got := f.SetLkw(interrupted, ask); got != gofuse.EINTR {
		t.Fatalf("an interrupted wait gives %v", got)
	}
	ctx := context.Background()
	ticket, err := f.setLock(ctx, ask, true)
	must(t, err)
	must(t, other.unlock(ctx, locker{ino: fsstate.Ino(header.NodeId)}))
	if got := f.waits.withdraw(ticket); got != gofuse.OK {
		t.Errorf("an interrupt after the grant gives %v", got)
	}
	if got := f.waits.withdraw(0); got != gofuse.Status(syscall.ENOLCK) {
		t.Errorf("a ticket of an earlier life gives %v", got)
	}
	if got := other.SetLk(nil, ask); got != gofuse.EAGAIN {
		t.Errorf("the lock that was granted is free: %v", got)
	}
}

func TestDeadlockBetweenMounts(t *testing.T) {
	t.Parallel()
	a, b, w := lockingMounts(t)
	b.does("open g: ok", "set g w 0 1: ok")
	<-w.seen[opcodeSetLock]
	b.begin("setw f w 0 1")
	<-w.seen[opcodeSetLock]
	a.does("open g: ok", "setw g r 0 1: EDEADLK", "set f u 0 0: ok")
	if got := b.end(); got != "ok" {
		t.Errorf("the other: %s", got)
	}
}

// TestLocksOfDeadMount: when a mount's process is killed, its locks are free
// after the lease.
func TestLocksOfDeadMount(t *testing.T) {
	t.Parallel()
	s := newServiceOf(fsstate.Limits{Bytes: 1 << 30, Inodes: 1 << 20, Lease: int64(200 * time.Millisecond)})
	dead := raw(t, s.invoker())
	created := &gofuse.CreateOut{}
	in := &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_CREAT | syscall.O_RDWR, Mode: 0o666}
	if got := dead.Create(nil, in, "f", created); got != gofuse.OK {
		t.Fatal(got)
	}
	exclusive := gofuse.FileLock{End: fsstate.MaxSize, Typ: syscall.F_WRLCK}
	header := gofuse.InHeader{NodeId: created.NodeId}
	if got := dead.SetLk(nil, &gofuse.LkIn{InHeader: header, Fh: created.Fh, Lk: exclusive}); got != gofuse.OK {
		t.Fatal(got)
	}
	b := lockerIn(t, mountedOver(t, s.invoker(), Options{Lease: 200 * time.Millisecond}).Path())
	b.does("open f: ok", "setw f w 0 0: ok")
}

// TestHostileLocks: what the kernel would not send is refused by the replicas.
func TestHostileLocks(t *testing.T) {
	t.Parallel()
	f := raw(t, newService().invoker())
	created := &gofuse.CreateOut{}
	in := &gofuse.CreateIn{InHeader: rootHeader, Flags: syscall.O_CREAT | syscall.O_RDWR, Mode: 0o666}
	if got := f.Create(nil, in, "f", created); got != gofuse.OK {
		t.Fatal(got)
	}
	header := gofuse.InHeader{NodeId: created.NodeId}
	for _, lk := range []gofuse.FileLock{
		{Start: 5, End: 4}, {End: 1 << 63}, {Start: 1<<64 - 1, End: 1<<64 - 1}, {Typ: 3}, {Typ: 1<<32 - 1},
	} {
		in := &gofuse.LkIn{InHeader: header, Lk: lk}
		for _, got := range []gofuse.Status{f.SetLk(nil, in), f.SetLkw(nil, in), f.GetLk(nil, in, &gofuse.LkOut{})} {
			if got != gofuse.EINVAL {
				t.Errorf("%+v gives %v", lk, got)
			}
		}
	}
	whole := &gofuse.LkIn{InHeader: header, LkFlags: gofuse.FUSE_LK_FLOCK, Lk: gofuse.FileLock{Start: 1, End: fsstate.MaxSize}}
	if got := f.SetLk(nil, whole); got != gofuse.EINVAL {
		t.Errorf("flock of a part gives %v", got)
	}
}

// roleCount adds one to the number in a file so many times, each time with the
// file locked in the way that it is told.
var roleCount = register("count", func(args []string) error {
	times, _ := strconv.Atoi(args[2])
	for range times {
		fd, err := unix.Open(args[0], unix.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := ignoringEINTR(func() error { return lockAs(fd, args[1]) }); err != nil {
			return err
		}
		buf := make([]byte, 20)
		n, err := unix.Pread(fd, buf, 0)
		if err != nil {
			return err
		}
		count, err := strconv.Atoi(string(buf[:n]))
		if err != nil {
			return err
		}
		if _, err := unix.Pwrite(fd, []byte(strconv.Itoa(count+1)), 0); err != nil {
			return err
		}
		unix.Close(fd)
	}
	return nil
})

func lockAs(fd int, how string) error {
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: 1 << 30, Len: 1}
	switch how {
	case "flock":
		return unix.Flock(fd, unix.LOCK_EX)
	case "ofd":
		return unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLKW, &lock)
	case "sqlite":
		return lockAsSQLite(fd)
	}
	return unix.FcntlFlock(uintptr(fd), unix.F_SETLKW, &lock)
}

// lockAsSQLite takes the bytes that SQLite takes before it writes: PENDING and
// a shared range to read, RESERVED to write, and the shared range for itself
// when the readers are gone. It never waits in the kernel.
func lockAsSQLite(fd int) error {
	const pending, reserved, first, size = 1 << 30, 1<<30 + 1, 1<<30 + 2, 510
	set := func(kind int16, start, length int64) bool {
		lock := unix.Flock_t{Type: kind, Start: start, Len: length}
		return unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock) == nil
	}
	for {
		read := set(unix.F_RDLCK, pending, 1) && set(unix.F_RDLCK, first, size)
		set(unix.F_UNLCK, pending, 1)
		if read && set(unix.F_WRLCK, reserved, 1) && set(unix.F_WRLCK, pending, 1) {
			for !set(unix.F_WRLCK, first, size) {
				unix.Nanosleep(&unix.Timespec{Nsec: 1e6}, nil)
			}
			return nil
		}
		set(unix.F_UNLCK, 0, 0)
		unix.Nanosleep(&unix.Timespec{Nsec: 1e6}, nil)
	}
}

func ignoringEINTR(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// TestMutualExclusion: two mounts with four processes each count together, and
// not one step is lost.
func TestMutualExclusion(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"posix", "ofd", "flock", "sqlite"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			a, b := twoMounts(t)
			write(t, a+"/count", "0")
			const processes, times = 4, 12
			var running []*exec.Cmd
			for range processes {
				for _, dir := range []string{a, b} {
					cmd := command(roleCount, dir+"/count", how, strconv.Itoa(times))
					cmd.Stderr = os.Stderr
					must(t, launch(cmd))
					running = append(running, cmd)
				}
			}
			for _, cmd := range running {
				if err := cmd.Wait(); err != nil {
					t.Error(err)
				}
			}
			expect(t, b+"/count", strconv.Itoa(2*processes*times))
		})
	}
}

package fuse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"bfs/bfs"
)

// mountAnew mounts an empty file system at path.
func mountAnew(path string, o Options) (*Mounted, error) {
	o.Client = bfs.NewClient(newService().invoker())
	o.Mountpoint = path
	o.Logger = slog.New(slog.DiscardHandler)
	return Mount(o)
}

func unmount(t *testing.T, m *Mounted) {
	t.Helper()
	if err := m.Unmount(context.Background()); err != nil {
		t.Error(err)
	}
	if _, found, err := mountAt(m.Path()); err != nil || found {
		t.Errorf("after Unmount there is still a mount at %s (%v)", m.Path(), err)
	}
	select {
	case <-m.Done():
	default:
		t.Error("Unmount returned before the server ended")
	}
}

func TestMountMakesTheDirectory(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	path := filepath.Join(t.TempDir(), "a", "mount point, with blanks")
	m, err := mountAnew(path, Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("/proc/thread-self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	want := "bfs:test " + strings.ReplaceAll(path, " ", `\040`) + " fuse.bfs rw,nosuid,nodev,"
	if !strings.Contains(string(table), want) {
		t.Errorf("the kernel's table has no line %q:\n%s", want, table)
	}
	unmount(t, m)
	if err := m.Unmount(context.Background()); err != nil {
		t.Errorf("the second Unmount: %v", err)
	}
}

func TestMountRefusals(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	live := mounted(t, newService())
	tests := []struct {
		name, path string
		want       error
	}{
		{"a file", file, ErrNotDirectory},
		{"a directory with entries", dir, ErrNotEmpty},
		{"where one is mounted", live.Path(), ErrMounted},
		{"below a file", filepath.Join(file, "x"), syscall.ENOTDIR},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := mountAnew(test.path, Options{})
			if !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if m != nil {
				unmount(t, m)
			}
		})
	}
	if _, err := Mount(Options{Timeout: -1}); err == nil || !strings.Contains(err.Error(), "Client") ||
		!strings.Contains(err.Error(), "Mountpoint") || !strings.Contains(err.Error(), "Timeout") {
		t.Errorf("the options' problems are told as %v", err)
	}
}

func TestMountHidesEntriesIfAllowed(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "hidden"), 0o755); err != nil {
		t.Fatal(err)
	}
	m, err := mountAnew(dir, Options{NonEmpty: true})
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("the mount shows %v, %v; want nothing", entries, err)
	}
	unmount(t, m)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("after Unmount the directory shows %v, %v; want one entry", entries, err)
	}
}

func TestNoDevice(t *testing.T) {
	t.Parallel()
	err := checkDevice(filepath.Join(t.TempDir(), "fuse"))
	if !errors.Is(err, ErrNoFUSE) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing device is %v", err)
	}
	if err == nil || !strings.Contains(err.Error(), "modprobe fuse") {
		t.Errorf("%v does not say what to do", err)
	}
}

// TestUnmountedByOthers: Wait returns and Unmount is content.
func TestUnmountedByOthers(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	if err := umount(m.Path()); err != nil {
		t.Fatal(err)
	}
	m.Wait()
	unmount(t, m)
}

// roleMountAndDie is a server that is killed. A program that it has started
// lives on as long as the tests hold its input.
var roleMountAndDie = register("mount-and-die", func(args []string) error {
	if _, err := mountAnew(args[0], Options{}); err != nil {
		return err
	}
	survivor := exec.Command("cat")
	survivor.Stdin = os.Stdin
	if err := survivor.Start(); err != nil {
		return err
	}
	fmt.Println("mounted")
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
})

// TestStaleMount: two servers in a row are killed, and leave mount points
// that the next Mount at the same place clears.
func TestStaleMount(t *testing.T) {
	t.Parallel()
	needFUSE(t)
	dir := t.TempDir()
	for range 2 {
		cmd := command(roleMountAndDie, dir)
		held, err := cmd.StdinPipe()
		must(t, err)
		defer held.Close()
		out, err := collect(cmd)
		if out != "mounted\n" {
			t.Fatalf("the server to be killed: %v: %s", err, out)
		}
		if _, err := os.Stat(dir); !errors.Is(err, syscall.ENOTCONN) {
			t.Fatalf("the dead mount answers %v, want ENOTCONN", err)
		}
	}
	m, err := mountAnew(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "works"), 0o755); err != nil {
		t.Error(err)
	}
	unmount(t, m)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("below the mounts there is %v, %v; want an empty directory", entries, err)
	}
}

// TestUnmountBusy: a file is open; Unmount detaches, and the file is dead.
func TestUnmountBusy(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	f, err := os.Create(filepath.Join(m.Path(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unmount(t, m)
	if _, err := f.Write([]byte("x")); !errors.Is(err, syscall.ENOTCONN) {
		t.Errorf("a write after Unmount gives %v, want ENOTCONN", err)
	}
}

// TestUnmountCancelled: a context that has ended does not keep Unmount from
// freeing the mount point.
func TestUnmountCancelled(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	f, err := os.Create(filepath.Join(m.Path(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := m.Unmount(ctx); err != nil && !errors.Is(err, ErrStillServing) {
		t.Error(err)
	}
	if _, found, err := mountAt(m.Path()); err != nil || found {
		t.Errorf("there is still a mount at %s (%v)", m.Path(), err)
	}
	m.Wait()
}

// TestUnmountWhileOperationsHang: the replicas are gone, and a reader and a
// writer wait for them.
func TestUnmountWhileOperationsHang(t *testing.T) {
	t.Parallel()
	g := newGate(newService().invoker())
	m := mountedOver(t, g, Options{})
	f, err := os.Create(filepath.Join(m.Path(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g.close()
	outcomes := make(chan error, 2)
	go func() {
		_, err := os.Stat(filepath.Join(m.Path(), "nothing"))
		outcomes <- err
	}()
	go func() {
		_, err := f.Write([]byte("x"))
		outcomes <- err
	}()
	<-g.arrivals
	<-g.arrivals
	unmount(t, m)
	for range 2 {
		if err := <-outcomes; err == nil || errors.Is(err, os.ErrNotExist) {
			t.Errorf("an operation that nobody carried out gives %v", err)
		}
	}
}

// TestTimeout: with a time limit nobody waits for ever.
func TestTimeout(t *testing.T) {
	t.Parallel()
	g := newGate(newService().invoker())
	m := mountedOver(t, g, Options{Timeout: 1})
	if err := syscall.Mkdir(m.Path()+"/dir", 0o755); err != syscall.EIO {
		t.Errorf("mkdir gives %v, want EIO", err)
	}
	if _, err := os.Stat(m.Path() + "/dir"); !errors.Is(err, syscall.EIO) {
		t.Errorf("stat gives %v, want EIO", err)
	}
}

// TestPanic: a bug below costs one operation, not the mount, and is told.
func TestPanic(t *testing.T) {
	t.Parallel()
	g := newGate(newService().invoker())
	var lines bytes.Buffer
	m := mountedOver(t, g, Options{Logger: slog.New(slog.NewTextHandler(&lines, nil))})
	g.holds = func(readOnly bool) bool {
		if !readOnly {
			panic("the cause")
		}
		return false
	}
	g.close()
	if err := syscall.Mkdir(m.Path()+"/dir", 0o755); err != syscall.EIO {
		t.Errorf("mkdir gives %v, want EIO", err)
	}
	if _, err := os.Stat(m.Path() + "/dir"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stat gives %v after that", err)
	}
	unmount(t, m)
	if got := lines.String(); !strings.Contains(got, "the cause") || !strings.Contains(got, "lifecycle_test.go") {
		t.Errorf("the log does not tell what happened and where: %s", got)
	}
}

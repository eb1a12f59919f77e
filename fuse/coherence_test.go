package fuse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// twoMounts shows one file system at two places.
func twoMounts(t *testing.T) (a, b string) {
	s := newService()
	return mounted(t, s).Path(), mounted(t, s).Path()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o644))
}

func expect(t testing.TB, path, content string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != content {
		t.Fatalf("%s holds %.40q, %v; want %.40q", path, got, err, content)
	}
}

// TestNothingStale: what one mount has done, the other shows at once, even if
// neither size nor modification time tell that anything has changed.
func TestNothingStale(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	fixed := time.Unix(1_000_000_000, 0)
	reader, err := os.OpenFile(a+"/file", os.O_CREATE|os.O_RDWR, 0o644)
	must(t, err)
	defer reader.Close()
	for i := range 20 {
		content := fmt.Sprintf("%08d", i)
		write(t, b+"/file", content)
		must(t, os.Chtimes(b+"/file", fixed, fixed))
		got := make([]byte, 64)
		if n, err := reader.ReadAt(got, 0); err != io.EOF || string(got[:n]) != content {
			t.Fatalf("the open file reads %q, %v; want %q", got[:n], err, content)
		}
		expect(t, a+"/file", content)
		if info, err := reader.Stat(); err != nil || !info.ModTime().Equal(fixed) {
			t.Fatalf("the open file shows %v, %v; want time %v", info.ModTime(), err, fixed)
		}
	}
}

// TestNamesNotStale: names appear, change and go for both mounts alike.
func TestNamesNotStale(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	if _, err := os.Stat(a + "/dir"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a name nobody made gives %v", err)
	}
	must(t, os.Mkdir(b+"/dir", 0o755))
	write(t, a+"/dir/one", "1")
	list(t, b+"/dir", "one")
	must(t, os.Rename(b+"/dir/one", b+"/dir/two"))
	list(t, a+"/dir", "two")
	expect(t, a+"/dir/two", "1")
	write(t, b+"/dir/one", "another")
	expect(t, a+"/dir/one", "another")
	must(t, os.Rename(a+"/dir", a+"/moved"))
	expect(t, b+"/moved/one", "another")
	must(t, os.Chmod(b+"/moved/one", 0o600))
	if info, err := os.Stat(a + "/moved/one"); err != nil || info.Mode() != 0o600 {
		t.Fatalf("after chmod in the other mount: %v, %v", info, err)
	}
	must(t, os.RemoveAll(b+"/moved"))
	list(t, a)
}

// list checks the sorted names of a directory.
func list(t testing.TB, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s lists %q, want %q", dir, got, want)
	}
}

// TestRewind: a listing that starts again shows what has changed since.
func TestRewind(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	write(t, a+"/first", "")
	dir, err := os.Open(a)
	must(t, err)
	defer dir.Close()
	if names, err := dir.Readdirnames(-1); err != nil || len(names) != 1 {
		t.Fatalf("the first listing has %q, %v", names, err)
	}
	write(t, b+"/second", "")
	must(t, os.Remove(b+"/first"))
	_, err = dir.Seek(0, io.SeekStart)
	must(t, err)
	if names, err := dir.Readdirnames(-1); err != nil || !slices.Equal(names, []string{"second"}) {
		t.Fatalf("after rewinding the listing has %q, %v; want the second file alone", names, err)
	}
}

// TestAppendFromTwoMounts: records that two mounts append at the same time
// are all there, whole, each writer's in its order.
func TestAppendFromTwoMounts(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	write(t, a+"/log", "")
	const records = 200
	var writers sync.WaitGroup
	for i, dir := range []string{a, b, a} {
		writers.Go(func() {
			f, err := os.OpenFile(dir+"/log", os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			for n := range records {
				if _, err := fmt.Fprintf(f, "%d %04d %s\n", i, n, strings.Repeat("x", n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	content, err := os.ReadFile(b + "/log")
	must(t, err)
	var next [3]int
	for line := range bytes.Lines(content) {
		var i, n int
		var tail string
		fmt.Sscanf(string(line), "%d %d %s", &i, &n, &tail)
		if n != next[i] || len(tail) != n {
			t.Fatalf("after record %d of writer %d comes %q", next[i], i, line)
		}
		next[i]++
	}
	if next != [3]int{records, records, records} {
		t.Errorf("there are %v records, want %d of each writer", next, records)
	}
}

// TestAppendFlagChanges: O_APPEND counts as fcntl(2) has set it last.
func TestAppendFlagChanges(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	fd, err := syscall.Open(a+"/file", syscall.O_CREAT|syscall.O_WRONLY|syscall.O_APPEND, 0o644)
	must(t, err)
	defer syscall.Close(fd)
	put := func(data string) {
		t.Helper()
		_, err := syscall.Pwrite(fd, []byte(data), 0)
		must(t, err)
	}
	put("one")
	write(t, b+"/file", "from the other mount ")
	put("two")
	expect(t, b+"/file", "from the other mount two")
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_SETFL, 0); errno != 0 {
		t.Fatal(errno)
	}
	put("FROM")
	expect(t, b+"/file", "FROM the other mount two")
}

// TestUnlinkedWhileOpen: a file lives as long as any mount has it open.
func TestUnlinkedWhileOpen(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	write(t, b+"/file", "content")
	f, err := os.OpenFile(a+"/file", os.O_RDWR, 0)
	must(t, err)
	defer f.Close()
	must(t, os.Remove(b+"/file"))
	list(t, a)
	got := make([]byte, 7)
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "content" {
		t.Fatalf("the unlinked file reads %q, %v", got, err)
	}
	_, err = f.WriteAt([]byte("CON"), 0)
	must(t, err)
	must(t, f.Truncate(4))
	info, err := f.Stat()
	must(t, err)
	if nlink := info.Sys().(*syscall.Stat_t).Nlink; info.Size() != 4 || nlink != 0 {
		t.Errorf("the unlinked file has %d bytes and %d names, want 4 and 0", info.Size(), nlink)
	}
}

// TestRemovedWhileListed: a directory that is removed while it is open answers
// as Linux does, where getdents(2) has ENOENT for it.
func TestRemovedWhileListed(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	must(t, os.Mkdir(a+"/dir", 0o755))
	dir, err := os.Open(a + "/dir")
	must(t, err)
	defer dir.Close()
	must(t, os.Remove(b+"/dir"))
	if names, err := dir.Readdirnames(-1); !errors.Is(err, os.ErrNotExist) || len(names) != 0 {
		t.Errorf("the removed directory lists %q, %v", names, err)
	}
	if info, err := dir.Stat(); err != nil || info.Sys().(*syscall.Stat_t).Nlink != 0 {
		t.Errorf("the removed directory has the attributes %v, %v", info, err)
	}
	if _, err := os.Create(filepath.Join(a, "dir", "file")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("creating a file in it gives %v", err)
	}
}

// TestTruncateOnOpen: O_TRUNC empties the file in the same step as it opens it.
func TestTruncateOnOpen(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	write(t, a+"/file", "content")
	f, err := os.OpenFile(b+"/file", os.O_RDWR|os.O_TRUNC, 0)
	must(t, err)
	defer f.Close()
	expect(t, a+"/file", "")
	if info, err := f.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the opened file has size %d, %v", info.Size(), err)
	}
}

package fuse

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bfs/fsstate"
)

func TestParseGroups(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("7 ", fsstate.MaxGroups+10)
	tests := []struct {
		name, status string
		want         []uint32
	}{
		{"some", "Name:\tx\nGroups:\t1 20 4294967295 \nNStgid:\t1\n", []uint32{1, 20, 4294967295}},
		{"none", "Name:\tx\nGroups:\t \nNStgid:\t1\n", nil},
		{"a name that looks like the line", "Name:\tGroups: 5\nGroups:\t6 \n", []uint32{6}},
		{"more than the replicas take", "\nGroups:\t" + many + "\n", slices.Repeat([]uint32{7}, fsstate.MaxGroups)},
		{"cut within a number", "\nGroups:\t1 2 3", []uint32{1, 2}},
		{"cut before it", "Name:\tx\n", nil},
		{"empty", "", nil},
		{"no number", "\nGroups:\tx -1 4294967296 9\n", []uint32{9}},
	}
	for _, test := range tests {
		if got := parseGroups([]byte(test.status)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// proc makes a directory that looks like /proc, with a thread for each tid.
func fakeThread(t *testing.T, proc string, tid uint32, groups string) {
	t.Helper()
	dir := filepath.Join(proc, fmt.Sprint(tid))
	must(t, os.MkdirAll(dir, 0o755))
	write(t, filepath.Join(dir, "status"), "Name:\tx\nGroups:\t"+groups+"\n")
}

// TestGroupsAreReadAnew: what a thread's groups were a moment ago does not
// count.
func TestGroupsAreReadAnew(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	g := newGroupReader(proc)
	defer g.close()
	for _, groups := range []string{"1 2", "3", ""} {
		fakeThread(t, proc, 10, groups)
		if got := fmt.Sprint(g.of(10)); got != "["+groups+"]" {
			t.Errorf("got groups %s, want %s", got, groups)
		}
	}
	if got := g.of(11); got != nil {
		t.Errorf("a thread that does not exist has groups %v", got)
	}
}

// TestGroupsOfReusedNumber: a thread that got the number of one that ended has
// its own groups. An empty file is what the ended one's has become.
func TestGroupsOfReusedNumber(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	g := newGroupReader(proc)
	defer g.close()
	fakeThread(t, proc, 10, "1")
	g.of(10)
	status := filepath.Join(proc, "10", "status")
	must(t, os.Truncate(status, 0))
	must(t, os.Rename(status, status+".old"))
	fakeThread(t, proc, 10, "2")
	if got := g.of(10); !slices.Equal(got, []uint32{2}) {
		t.Errorf("got groups %v, want those of the new thread, 2", got)
	}
}

// TestGroupFilesAreBounded: no more files are open than the limit, and the
// groups are right beyond it.
func TestGroupFilesAreBounded(t *testing.T) {
	t.Parallel()
	proc := t.TempDir()
	g := newGroupReader(proc)
	defer g.close()
	for tid := range uint32(maxGroupFiles + 20) {
		fakeThread(t, proc, tid, fmt.Sprint(tid))
		if got := g.of(tid); !slices.Equal(got, []uint32{tid}) {
			t.Fatalf("thread %d has groups %v", tid, got)
		}
	}
	if len(g.files) != maxGroupFiles || len(g.order) != maxGroupFiles {
		t.Errorf("%d files are open, in an order of %d; want %d", len(g.files), len(g.order), maxGroupFiles)
	}
}

// TestSupplementaryGroups: a file's group lets in a process that has it among
// its supplementary groups, and no other.
func TestSupplementaryGroups(t *testing.T) {
	t.Parallel()
	if !isRoot() {
		t.Skip("running programs as other users needs root")
	}
	m := mounted(t, newService())
	write(t, m.Path()+"/file", "for the group")
	must(t, os.Chown(m.Path()+"/file", 0, 4242))
	must(t, os.Chmod(m.Path()+"/file", 0o640))
	f, err := os.Open(m.Path())
	must(t, err)
	defer f.Close()
	tests := []struct {
		groups []uint32
		ok     bool
	}{
		{nil, false},
		{[]uint32{1, 2, 3}, false},
		{[]uint32{1, 4242, 3}, true},
	}
	for _, test := range tests {
		// The mount is reached by a descriptor: the directories above are the
		// tests' own.
		cmd := exec.Command("cat", "/proc/self/fd/3/file")
		cmd.ExtraFiles = []*os.File{f}
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Credential: &syscall.Credential{Uid: 1234, Gid: 1234, Groups: test.groups},
		}
		out, err := cmd.CombinedOutput()
		if ok := err == nil && string(out) == "for the group"; ok != test.ok {
			t.Errorf("with groups %v the file gives %q, %v", test.groups, out, err)
		}
	}
}

func BenchmarkGroups(b *testing.B) {
	g := newGroupReader("/proc")
	defer g.close()
	for b.Loop() {
		g.of(uint32(os.Getpid()))
	}
}

package fuse

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// getdents reads entries from an open directory until none is left or stop.
func getdents(t *testing.T, fd, bufferSize int, stop func(gofuse.DirEntry) bool) {
	t.Helper()
	buf := make([]byte, bufferSize)
	for {
		n, err := unix.Getdents(fd, buf)
		must(t, err)
		if n == 0 {
			return
		}
		for rest := buf[:n]; len(rest) > 0; {
			var e gofuse.DirEntry
			rest = rest[e.Parse(rest):]
			if stop(e) {
				return
			}
		}
	}
}

// manyFiles makes a directory with files, directories and links, whose names
// have from 1 to 255 bytes.
func manyFiles(t *testing.T, dir string, count int) {
	t.Helper()
	must(t, os.Mkdir(dir, 0o755))
	for i := range count {
		name := fmt.Sprintf("%s/%d", dir, i)
		name += strings.Repeat("x", i*7%250)
		switch i % 3 {
		case 0:
			must(t, syscall.Mknod(name, syscall.S_IFREG|0o644, 0))
		case 1:
			must(t, os.Mkdir(name, 0o755))
		case 2:
			must(t, os.Symlink("x", name))
		}
	}
}

// TestSeekdir: every entry's cookie resumes the listing after it, and entries
// have their types and numbers.
func TestSeekdir(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path() + "/dir"
	const count = 300
	manyFiles(t, dir, count)
	fd, err := syscall.Open(dir, syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	must(t, err)
	defer syscall.Close(fd)
	var all []gofuse.DirEntry
	getdents(t, fd, 8192, func(e gofuse.DirEntry) bool {
		all = append(all, e)
		return false
	})
	if len(all) != count+2 || all[0].Name != "." || all[1].Name != ".." {
		t.Fatalf("the listing has %d entries, and begins %v", len(all), all[:2])
	}
	for i, e := range all {
		var st unix.Stat_t
		must(t, unix.Fstatat(fd, e.Name, &st, unix.AT_SYMLINK_NOFOLLOW))
		if e.Ino != st.Ino || e.Mode != st.Mode&syscall.S_IFMT {
			t.Errorf("%s is listed as %v; it has number %d and mode %#o", e.Name, e.String(), st.Ino, st.Mode)
		}
		if i%10 > 1 {
			continue
		}
		_, err := syscall.Seek(fd, int64(e.Off), 0)
		must(t, err)
		next := ""
		getdents(t, fd, 512, func(e gofuse.DirEntry) bool {
			next = e.Name
			return true
		})
		if i+1 < len(all) && next != all[i+1].Name {
			t.Errorf("after entry %d comes %.20q, want %.20q", i, next, all[i+1].Name)
		}
	}
}

// TestListWhileChanging: entries that stay are listed once, whatever else
// comes and goes meanwhile.
func TestListWhileChanging(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	manyFiles(t, a+"/dir", 100)
	fd, err := syscall.Open(a+"/dir", syscall.O_RDONLY|syscall.O_DIRECTORY, 0)
	must(t, err)
	defer syscall.Close(fd)
	seen := make(map[string]int)
	getdents(t, fd, 512, func(e gofuse.DirEntry) bool {
		seen[e.Name]++
		name := fmt.Sprintf("%s/dir/new%d", b, len(seen))
		must(t, syscall.Mknod(name, syscall.S_IFREG|0o644, 0))
		if len(seen)%2 == 0 {
			must(t, os.Remove(name))
		}
		return len(seen) > 1000
	})
	stayed := 0
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%.20q was listed %d times", name, times)
		}
		if !strings.HasPrefix(name, "new") {
			stayed++
		}
	}
	if len(seen) <= 1000 && stayed != 102 {
		t.Errorf("%d of the entries that stayed were listed, want 102", stayed)
	}
}

// TestListWithoutSearch: a directory that may be read but not searched shows
// names and types, as on Linux.
func TestListWithoutSearch(t *testing.T) {
	t.Parallel()
	f := raw(t, newService().invoker())
	header := rootHeader
	var dir gofuse.EntryOut
	f.Mkdir(nil, &gofuse.MkdirIn{InHeader: header, Mode: 0o744}, "dir", &dir)
	header.NodeId = dir.NodeId
	f.Mkdir(nil, &gofuse.MkdirIn{InHeader: header, Mode: 0o755}, "name", &gofuse.EntryOut{})
	header.Uid = 1234
	out := gofuse.NewDirEntryList(make([]byte, 4096), 0)
	if status := f.ReadDir(nil, &gofuse.ReadIn{InHeader: header, Size: 4096}, out); status != gofuse.OK {
		t.Fatalf("the listing is %v", status)
	}
	entries, err := gofuse.ParseDirEntries(out.Bytes())
	must(t, err)
	if len(entries) != 3 || entries[2].Name != "name" || entries[2].Mode != syscall.S_IFDIR {
		t.Errorf("the listing is %v", entries)
	}
	header.NodeId = uint64(fsstate.RootIno)
	f.SetAttr(nil, &gofuse.SetAttrIn{SetAttrInCommon: gofuse.SetAttrInCommon{
		InHeader: rootHeader, Valid: gofuse.FATTR_MODE, Mode: 0o711}}, &gofuse.AttrOut{})
	if status := f.ReadDir(nil, &gofuse.ReadIn{InHeader: header, Size: 4096}, out); status != gofuse.EACCES {
		t.Errorf("a directory that may not be read gives %v, want EACCES", status)
	}
}

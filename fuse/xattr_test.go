package fuse

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"bfs/bfs"

	"golang.org/x/sys/unix"
)

// counting counts the operations that a mount asks for.
type counting struct {
	bfs.Invoker
	all, ordered atomic.Int64
}

func (c *counting) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	c.all.Add(1)
	if !readOnly {
		c.ordered.Add(1)
	}
	return c.Invoker.Invoke(ctx, operation, readOnly)
}

// TestWritesAskForNoCapabilities: the kernel has to know whether a file has
// capabilities before it changes it, but must not ask at each write.
func TestWritesAskForNoCapabilities(t *testing.T) {
	t.Parallel()
	c := &counting{Invoker: newService().invoker()}
	m := mountedOver(t, c, Options{})
	for _, flags := range []int{os.O_WRONLY, os.O_WRONLY | os.O_APPEND} {
		f, err := os.OpenFile(filepath.Join(m.Path(), "f"), flags|os.O_CREATE, 0o644)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const writes = 50
		before := c.all.Load()
		for range writes {
			if _, err := f.Write([]byte("text")); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.all.Load() - before; got != writes {
			t.Errorf("flags %#x: %d writes are %d operations", flags, writes, got)
		}
		ordered := c.ordered.Load()
		if err := f.Truncate(3); err != nil {
			t.Fatal(err)
		}
		if got := c.ordered.Load() - ordered; got != 1 {
			t.Errorf("flags %#x: a truncation is %d ordered operations", flags, got)
		}
	}
}

// TestXattrBuffers: the caller may ask for the size first, and guess wrong.
func TestXattrBuffers(t *testing.T) {
	t.Parallel()
	m := mounted(t, newService())
	path := filepath.Join(m.Path(), "f")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	value := strings.Repeat("v", 9000)
	if err := unix.Setxattr(path, "user.a", []byte(value), 0); err != nil {
		t.Fatal(err)
	}
	list := "user.a\x00"
	for _, test := range []struct {
		what string
		call func(buf []byte) (int, error)
		want string
	}{
		{"getxattr", func(buf []byte) (int, error) { return unix.Getxattr(path, "user.a", buf) }, value},
		{"listxattr", func(buf []byte) (int, error) { return unix.Listxattr(path, buf) }, list},
	} {
		for size, want := range map[int]error{0: nil, 1: unix.ERANGE, len(test.want) - 1: unix.ERANGE, len(test.want): nil, 60000: nil} {
			buf := make([]byte, size)
			n, err := test.call(buf)
			if err != want || err == nil && n != len(test.want) || n == len(buf) && string(buf) != test.want {
				t.Errorf("%s of %d bytes into %d: %d, %v", test.what, len(test.want), size, n, err)
			}
		}
	}
}

// TestProgramsKeepAttributes: what copies attributes and lists finds them, and
// what shows them shows what was set.
func TestProgramsKeepAttributes(t *testing.T) {
	t.Parallel()
	dir := mounted(t, newService()).Path()
	for _, program := range []string{"setfattr", "getfattr", "setfacl", "getfacl", "rsync"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, "is missing: install the packages attr, acl and rsync")
		}
	}
	shell(t, dir, `umask 077
		mkdir a; setfacl -d -m u:1002:rwx,g:2000:r-x a
		echo text > a/f; mkdir a/d
		setfattr -n user.note -v keep a/f; setfattr -n user.note -v too a/d
		setfacl -m u:1003:r a/f; chmod g-w a/f
		cp -a a b; mkdir c; rsync -aAX a/ c/
		tar --xattrs --acls -cf a.tar a; mkdir e; tar --xattrs --acls -xf a.tar -C e`)
	show := func(from string) string {
		return shell(t, dir, "cd "+from+"; getfacl -R -n . ; getfattr -R -d .")
	}
	want := show("a")
	for _, part := range []string{"user:1003:r--", "default:group:2000:r-x", "mask::r", "user.note=\"keep\""} {
		if !strings.Contains(want, part) {
			t.Errorf("%q is missing in\n%s", part, want)
		}
	}
	for _, copied := range []string{"b", "c", "e/a"} {
		if got := show(copied); got != want {
			t.Errorf("%s has\n%s\nand not\n%s", copied, got, want)
		}
	}
	if got := shell(t, dir, `stat -c %a a a/f a/d`); got != "700\n650\n770\n" {
		t.Errorf("the modes are\n%s", got)
	}
}

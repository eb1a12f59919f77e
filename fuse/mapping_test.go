package fuse

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// mappedSize is some pages and a part of one.
const mappedSize = 5*4096 + 123

// roleMap changes a file through a shared mapping and by write(2), and checks
// that each shows what the other did. A second argument is the file's name in
// another mount.
var roleMap = register("map", func(args []string) error {
	f, err := os.OpenFile(args[0], os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	mapping, err := unix.Mmap(int(f.Fd()), 0, mappedSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mmap: %w", err)
	}
	if mapping[4096] != 'o' {
		return fmt.Errorf("the mapping shows %q", mapping[4096])
	}
	copy(mapping[4090:], "through the mapping")
	got := make([]byte, 19)
	if _, err := f.ReadAt(got, 4090); err != nil || string(got) != "through the mapping" {
		return fmt.Errorf("read(2) shows %q, %w", got, err)
	}
	if _, err := f.WriteAt([]byte("by write"), 9000); err != nil {
		return err
	}
	if shown := mapping[9000:9008]; string(shown) != "by write" {
		return fmt.Errorf("the mapping shows %q after write(2)", shown)
	}
	mapping[mappedSize-1] = '!'
	if err := unix.Msync(mapping, unix.MS_SYNC); err != nil {
		return fmt.Errorf("msync: %w", err)
	}
	if other, err := os.ReadFile(args[1]); err != nil || other[mappedSize-1] != '!' {
		return fmt.Errorf("after msync the other mount does not show it (%w)", err)
	}
	mapping[0] = '#'
	return unix.Munmap(mapping)
})

func TestSharedMapping(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	content := bytes.Repeat([]byte("o"), mappedSize)
	write(t, a+"/file", string(content))
	run(t, roleMap, a+"/file", b+"/file")
	copy(content[4090:], "through the mapping")
	copy(content[9000:], "by write")
	content[0], content[mappedSize-1] = '#', '!'
	expect(t, b+"/file", string(content))
}

// roleShow prints a file as a private mapping shows it.
var roleShow = register("show", func(args []string) error {
	f, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	mapping, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(mapping)
	return err
})

// TestMappingNotStale: a file is mapped again after another mount has changed
// it without changing its size.
func TestMappingNotStale(t *testing.T) {
	t.Parallel()
	a, b := twoMounts(t)
	for _, content := range []string{"first", "other"} {
		write(t, b+"/file", content)
		if got := run(t, roleShow, a+"/file"); got != content {
			t.Errorf("the mapping shows %q, want %q", got, content)
		}
	}
}

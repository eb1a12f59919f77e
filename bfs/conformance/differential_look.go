package conformance

import (
	"fmt"
	"slices"
	"strings"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// describe leaves out what may differ: inode numbers, sizes of directories,
// and the times but for whether the mtime is the one that was set.
func describe(a fsstate.Attr, err error) (string, error) {
	if isType(a, unix.S_IFDIR) {
		a.Size = 0
	}
	return fmt.Sprintf("%o links %d owner %d:%d size %d old %v", a.Mode, a.Nlink, a.UID, a.GID, a.Size, a.Mtime == longAgo), err
}

// wholeTree describes everything that the caller can see.
func wholeTree(_ *side, p Process, _ step) (string, error) {
	var b strings.Builder
	err := describeTree(p, "/", &b)
	return b.String(), err
}

func describeTree(p Process, path string, b *strings.Builder) error {
	attr, err := p.Lstat(path)
	text, _ := describe(attr, nil)
	attributes, _ := describeXattrs(p, path)
	fmt.Fprintf(b, "%s: %s%s%s\n", path, text, attributes, describeContents(p, path, attr))
	if err != nil || !isType(attr, unix.S_IFDIR) {
		return err
	}
	all, err := names(p, path)
	for _, name := range all {
		if err == nil {
			err = describeTree(p, strings.TrimSuffix(path, "/")+"/"+name, b)
		}
	}
	return err
}

func describeContents(p Process, path string, attr fsstate.Attr) string {
	switch attr.Mode & unix.S_IFMT {
	case unix.S_IFLNK:
		target, err := p.Readlink(path)
		return fmt.Sprint(" -> ", target, err)
	case unix.S_IFREG:
		f, err := p.Open(path, unix.O_RDONLY, 0)
		if err != nil {
			return " cannot be opened"
		}
		defer f.Close()
		text, err := contents(f, 0, readSize)
		return fmt.Sprint(" ", text, err)
	}
	return ""
}

// describeXattrs has all names, and the values that the caller may read.
func describeXattrs(p Process, path string) (string, error) {
	names, err := p.Llistxattr(path)
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		value, _ := p.Lgetxattr(path, name)
		fmt.Fprintf(&b, " %s=%s", name, digest(value))
	}
	return b.String(), err
}

func names(p Process, path string) ([]string, error) {
	dir, err := p.OpenDir(path)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var all []string
	for {
		entries, err := dir.Next()
		if err != nil || len(entries) == 0 {
			slices.Sort(all)
			return all, err
		}
		for _, e := range entries {
			all = append(all, e.Name)
		}
	}
}

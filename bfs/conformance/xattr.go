package conformance

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// fileCapabilities is a value of security.capability: cap_net_raw, effective
// and permitted.
const fileCapabilities = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

var xattrClaims = []claim{
	{"an attribute has the value that it was given", func(s *suite) {
		s.put(s.alice, "f", "x")
		for _, size := range []int{3, 0, 5000, 64 << 10, 1} {
			value := strings.Repeat("v\x00", size/2) + strings.Repeat("\x00", size%2)
			s.setxattr(s.alice, "f", "user.a", value)
			equal(s, "value", s.getxattr(s.bob, "f", "user.a"), value)
		}
		s.mkdir(s.alice, "d", 0o755)
		s.setxattr(s.alice, "d", "user.a", "of a directory")
		equal(s, "value", s.getxattr(s.alice, "d", "user.a"), "of a directory")
	}},
	{"attributes are created and replaced as the flags say", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.fails(s.alice.Lsetxattr(s.at("f"), "user.a", []byte("v"), unix.XATTR_REPLACE), "ENODATA")
		s.ok(s.alice.Lsetxattr(s.at("f"), "user.a", []byte("v"), unix.XATTR_CREATE))
		s.fails(s.alice.Lsetxattr(s.at("f"), "user.a", []byte("w"), unix.XATTR_CREATE), "EEXIST")
		equal(s, "value", s.getxattr(s.alice, "f", "user.a"), "v")
		s.ok(s.alice.Lsetxattr(s.at("f"), "user.a", []byte("w"), unix.XATTR_REPLACE))
		equal(s, "value", s.getxattr(s.alice, "f", "user.a"), "w")
		s.fails(s.alice.Lsetxattr(s.at("f"), "user.a", nil, 4), "EINVAL")
	}},
	{"attributes are listed and removed", func(s *suite) {
		s.put(s.alice, "f", "x")
		equal(s, "names", s.xattrs(s.alice, "f"), "")
		for _, name := range []string{"user.b", "user.a", "user.c"} {
			s.setxattr(s.alice, "f", name, name)
		}
		equal(s, "names", s.xattrs(s.bob, "f"), "user.a user.b user.c")
		s.ok(s.alice.Lremovexattr(s.at("f"), "user.b"))
		equal(s, "names", s.xattrs(s.alice, "f"), "user.a user.c")
		_, err := s.alice.Lgetxattr(s.at("f"), "user.b")
		s.fails(err, "ENODATA")
		s.fails(s.alice.Lremovexattr(s.at("f"), "user.b"), "ENODATA")
	}},
	{"many attributes are listed", func(s *suite) {
		s.put(s.alice, "f", "x")
		var names []string
		for i := range 200 {
			names = append(names, "user."+strings.Repeat("n", 50+i))
			s.setxattr(s.alice, "f", names[i], "")
		}
		equal(s, "names", s.xattrs(s.alice, "f"), strings.Join(names, " "))
	}},
	{"user attributes need the permissions of contents", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.alice, "f", "user.a", "v")
		s.fails(s.bob.Lsetxattr(s.at("f"), "user.a", nil, 0), "EACCES")
		s.fails(s.bob.Lremovexattr(s.at("f"), "user.a"), "EACCES")
		s.ok(s.alice.Chmod(s.at("f"), 0o622))
		s.setxattr(s.bob, "f", "user.b", "v")
		_, err := s.bob.Lgetxattr(s.at("f"), "user.a")
		s.fails(err, "EACCES")
		equal(s, "names", s.xattrs(s.bob, "f"), "user.a user.b")
		s.ok(s.alice.Chmod(s.at("f"), 0o044))
		s.fails(s.alice.Lsetxattr(s.at("f"), "user.a", nil, 0), "EACCES")
	}},
	{"user attributes are for files and directories", func(s *suite) {
		s.ok(s.alice.Symlink("nowhere", s.at("l")))
		for _, p := range []Process{s.alice, s.root} {
			s.fails(p.Lsetxattr(s.at("l"), "user.a", nil, 0), "EPERM")
			_, err := p.Lgetxattr(s.at("l"), "user.a")
			s.fails(err, "ENODATA")
		}
		s.setxattr(s.root, "l", "trusted.a", "v")
		equal(s, "value", s.getxattr(s.root, "l", "trusted.a"), "v")
	}},
	{"user attributes of a sticky directory are its owner's", func(s *suite) {
		s.mkdir(s.alice, "d", 0o777)
		s.setxattr(s.bob, "d", "user.a", "v")
		s.ok(s.alice.Chmod(s.at("d"), 0o1777))
		s.fails(s.bob.Lsetxattr(s.at("d"), "user.a", nil, 0), "EPERM")
		s.fails(s.bob.Lremovexattr(s.at("d"), "user.a"), "EPERM")
		equal(s, "value", s.getxattr(s.bob, "d", "user.a"), "v")
		s.setxattr(s.alice, "d", "user.a", "w")
	}},
	{"trusted and security attributes are root's", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.root, "f", "trusted.a", "v")
		s.setxattr(s.root, "f", "security.a", "v")
		for _, name := range []string{"trusted.a", "security.a"} {
			s.fails(s.alice.Lsetxattr(s.at("f"), name, nil, 0), "EPERM")
			s.fails(s.alice.Lremovexattr(s.at("f"), name), "EPERM")
			equal(s, "value", s.getxattr(s.root, "f", name), "v")
		}
		_, err := s.alice.Lgetxattr(s.at("f"), "trusted.a")
		s.fails(err, "ENODATA")
		equal(s, "value", s.getxattr(s.bob, "f", "security.a"), "v")
		equal(s, "names", s.xattrs(s.alice, "f"), "security.a")
		equal(s, "names for root", s.xattrs(s.root, "f"), "security.a trusted.a")
	}},
	{"names of attributes have a namespace and a length", func(s *suite) {
		s.put(s.root, "f", "x")
		for name, want := range map[string]string{
			"": "ERANGE", "user." + strings.Repeat("n", 251): "ERANGE",
			"user.": "EINVAL", "trusted.": "EINVAL", "security.": "EINVAL",
			"a": "ENOTSUP", "os2.a": "ENOTSUP", "system.a": "ENOTSUP", "user": "ENOTSUP",
		} {
			s.fails(s.root.Lsetxattr(s.at("f"), name, nil, 0), want)
			_, err := s.root.Lgetxattr(s.at("f"), name)
			s.fails(err, want)
			s.fails(s.root.Lremovexattr(s.at("f"), name), want)
		}
		long := "user." + strings.Repeat("\xff", 250)
		s.setxattr(s.root, "f", long, "v")
		equal(s, "names", s.xattrs(s.root, "f"), long)
		s.fails(s.root.Lsetxattr(s.at("f"), "user.a", make([]byte, 64<<10+1), 0), "E2BIG")
		s.fails(s.root.Lsetxattr(s.at("none"), "user.a", nil, 0), "ENOENT")
	}},
	{"attributes change the change time alone", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.moves("f", onlyCtime, func() { s.setxattr(s.alice, "f", "user.a", "v") })
		s.moves("f", onlyCtime, func() { s.setxattr(s.alice, "f", "user.a", "v") })
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Lremovexattr(s.at("f"), "user.a")) })
	}},
	{"attributes belong to the file and not to the name", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.alice, "f", "user.a", "v")
		s.ok(s.alice.Link(s.at("f"), s.at("g")))
		s.ok(s.alice.Rename(s.at("f"), s.at("h")))
		equal(s, "value", s.getxattr(s.alice, "h", "user.a"), "v")
		s.ok(s.alice.Unlink(s.at("h")))
		equal(s, "value", s.getxattr(s.alice, "g", "user.a"), "v")
		s.ok(s.alice.Unlink(s.at("g")))
		s.put(s.alice, "g", "x")
		equal(s, "names of a new file", s.xattrs(s.alice, "g"), "")
	}},
	{"capabilities go with the contents and the owner", func(s *suite) {
		for name, change := range map[string]func(path string) error{
			"a write":      func(path string) error { s.put2(s.alice, path, "y"); return nil },
			"root's write": func(path string) error { s.put2(s.root, path, "y"); return nil },
			"truncation":   func(path string) error { return s.alice.Truncate(path, 0) },
			"a new owner":  func(path string) error { return s.root.Lchown(path, bobID, -1) },
		} {
			s.put(s.alice, name, "x")
			s.setxattr(s.root, name, "security.capability", fileCapabilities)
			s.ok(s.alice.Chmod(s.at(name), 0o755))
			equal(s, "before "+name, s.xattrs(s.alice, name), "security.capability")
			s.ok(change(s.at(name)))
			equal(s, "after "+name, s.xattrs(s.alice, name), "")
			s.setxattr(s.root, name, "security.capability", fileCapabilities)
			s.fails(s.alice.Lremovexattr(s.at(name), "security.capability"), "EPERM")
		}
	}},
}

// put2 writes over the beginning of a file.
func (s *suite) put2(p Process, path, content string) {
	s.Helper()
	f, err := p.Open(path, unix.O_WRONLY, 0)
	s.ok(err)
	s.pwrite(f, content, 0)
	s.close(f)
}

func (s *suite) setxattr(p Process, name, attribute, value string) {
	s.Helper()
	s.ok(p.Lsetxattr(s.at(name), attribute, []byte(value), 0))
}

func (s *suite) getxattr(p Process, name, attribute string) string {
	s.Helper()
	value, err := p.Lgetxattr(s.at(name), attribute)
	s.ok(err)
	return string(value)
}

// xattrs returns the names of all attributes, in their order.
func (s *suite) xattrs(p Process, name string) string {
	s.Helper()
	names, err := p.Llistxattr(s.at(name))
	s.ok(err)
	slices.Sort(names)
	return strings.Join(names, " ")
}

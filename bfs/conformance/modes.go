package conformance

import (
	"golang.org/x/sys/unix"
)

var modeClaims = []claim{
	{"chmod sets the permission bits", func(s *suite) {
		s.put(s.alice, "f", "x")
		for _, mode := range []uint32{0, 0o777, 0o640, 0o1644, 0o4755, 0o2755} {
			s.ok(s.root.Chmod(s.at("f"), mode))
			equal(s, "mode", s.attr("f").Mode, unix.S_IFREG|mode)
		}
		s.mkdir(s.alice, "d", 0o777)
		s.ok(s.alice.Chmod(s.at("d"), 0o1750))
		equal(s, "mode", s.attr("d").Mode, unix.S_IFDIR|0o1750)
		s.fails(s.root.Chmod(s.at("none"), 0o777), "ENOENT")
	}},
	{"chmod is for the owner", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.alice.Chmod(s.at("f"), 0o666))
		s.fails(s.bob.Chmod(s.at("f"), 0o600), "EPERM")
		equal(s, "mode", s.mode("f"), 0o666)
		s.ok(s.root.Chmod(s.at("f"), 0o600))
	}},
	{"chmod gives set-gid to members of the group only", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.put(s.alice, "g", "x")
		s.ok(s.root.Lchown(s.at("f"), aliceID, staff))
		s.ok(s.root.Lchown(s.at("g"), aliceID, bobID))
		s.ok(s.alice.Chmod(s.at("f"), 0o2755))
		equal(s, "mode in a group of hers", s.mode("f"), 0o2755)
		s.ok(s.alice.Chmod(s.at("g"), 0o2755))
		equal(s, "mode in another's group", s.mode("g"), 0o755)
	}},
	{"what is made in a set-gid directory gets its group", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Lchown(s.at("d"), 0, staff))
		s.ok(s.root.Chmod(s.at("d"), 0o2777))
		s.put(s.alice, "d/f", "x")
		s.mkdir(s.alice, "d/e", 0o755)
		s.ok(s.alice.Symlink("x", s.at("d/s")))
		equal(s, "group of the file", s.attr("d/f").GID, staff)
		equal(s, "group of the link", s.attr("d/s").GID, staff)
		equal(s, "group of the directory", s.attr("d/e").GID, staff)
		equal(s, "mode of the directory", s.mode("d/e"), 0o2755)
		equal(s, "mode of the file", s.mode("d/f"), 0o644)
	}},
	{"a write by others than root takes set-id bits away", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o6777))
		f := s.open(s.bob, "f", unix.O_WRONLY, 0)
		defer s.close(f)
		equal(s, "mode before", s.mode("f"), 0o6777)
		s.pwrite(f, "y", 0)
		equal(s, "mode after", s.mode("f"), 0o777)
	}},
	{"truncation by others than root takes set-id bits away", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o6777))
		s.ok(s.bob.Truncate(s.at("f"), 0))
		equal(s, "mode", s.mode("f"), 0o777)
	}},
	{"set-gid that means no execution stays with the group", func(s *suite) {
		s.put(s.alice, "f", "x")
		through := func(change func(File) error) func() error {
			return func() error {
				f := s.open(s.bob, "f", unix.O_RDWR, 0)
				defer s.close(f)
				return change(f)
			}
		}
		changes := map[string]func() error{
			"truncate":  func() error { return s.bob.Truncate(s.at("f"), 10_000) },
			"ftruncate": through(func(f File) error { return f.Ftruncate(9_000) }),
			"write":     through(func(f File) error { _, err := f.Pwrite([]byte("y"), 0); return err }),
			"fallocate": through(func(f File) error { return f.Fallocate(0, 0, 9_000) }),
			"copy":      through(func(f File) error { _, err := f.CopyRange(0, f, 4096, 4096); return err }),
		}
		for how, change := range changes {
			for group, want := range map[int]uint32{staff: 0o2666, aliceID: 0o666} {
				s.ok(s.root.Lchown(s.at("f"), aliceID, group))
				s.ok(s.root.Chmod(s.at("f"), 0o6666))
				s.ok(change())
				equal(s, "mode after "+how+" by bob", s.mode("f"), want)
			}
		}
	}},
	{"create takes set-id bits, but not those of a foreign group", func(s *suite) {
		s.close(s.open(s.alice, "f", createExclusive, 0o6755))
		equal(s, "mode in her own group", s.mode("f"), 0o6755)
		s.mkdir(s.root, "d", 0o777)
		s.ok(s.root.Chmod(s.at("d"), 0o2777))
		s.close(s.open(s.alice, "d/f", createExclusive, 0o6755))
		equal(s, "mode in root's group", s.mode("d/f"), 0o4755)
	}},
	{"mkdir takes the sticky bit and no set-id bits", func(s *suite) {
		s.mkdir(s.alice, "d", 0o7777)
		equal(s, "mode", s.mode("d"), 0o1777)
	}},
	{"a write by root leaves set-id bits", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o6755))
		s.put(s.root, "f", "y")
		equal(s, "mode", s.mode("f"), 0o6755)
	}},
}

var ownerClaims = []claim{
	{"chown by root gives files away", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Lchown(s.at("f"), bobID, staff))
		equal(s, "owner", s.attr("f").UID, bobID)
		equal(s, "group", s.attr("f").GID, staff)
		s.ok(s.root.Lchown(s.at("f"), -1, 7))
		equal(s, "owner left alone", s.attr("f").UID, bobID)
		s.ok(s.root.Lchown(s.at("f"), 8, -1))
		equal(s, "group left alone", s.attr("f").GID, 7)
		s.fails(s.root.Lchown(s.at("none"), 1, 1), "ENOENT")
	}},
	{"lchown changes the link", func(s *suite) {
		s.put(s.root, "f", "x")
		s.ok(s.root.Symlink("f", s.at("s")))
		s.ok(s.root.Lchown(s.at("s"), bobID, bobID))
		equal(s, "owner of the link", s.attr("s").UID, bobID)
		equal(s, "owner of the target", s.attr("f").UID, 0)
	}},
	{"an owner gives files to groups of hers only", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.alice.Lchown(s.at("f"), -1, staff))
		equal(s, "group", s.attr("f").GID, staff)
		s.fails(s.alice.Lchown(s.at("f"), -1, bobID), "EPERM")
		s.fails(s.alice.Lchown(s.at("f"), bobID, -1), "EPERM")
		s.fails(s.bob.Lchown(s.at("f"), -1, staff), "EPERM")
		s.ok(s.alice.Lchown(s.at("f"), aliceID, aliceID))
		equal(s, "group", s.attr("f").GID, aliceID)
	}},
	{"chown takes set-id bits from files", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Chmod(s.at("f"), 0o6755))
		s.ok(s.root.Lchown(s.at("f"), bobID, bobID))
		equal(s, "mode", s.mode("f"), 0o755)
		s.mkdir(s.alice, "d", 0o777)
		s.ok(s.root.Chmod(s.at("d"), 0o6755))
		s.ok(s.root.Lchown(s.at("d"), bobID, bobID))
		equal(s, "mode of a directory", s.mode("d"), 0o6755)
	}},
}

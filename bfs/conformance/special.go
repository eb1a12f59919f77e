package conformance

import (
	"golang.org/x/sys/unix"
)

// specialTypes are the files without bytes that anybody may make.
var specialTypes = map[string]uint32{"fifo": unix.S_IFIFO, "socket": unix.S_IFSOCK}

var specialClaims = []claim{
	{"mknod makes files of every type", func(s *suite) {
		for name, kind := range specialTypes {
			s.ok(s.alice.Mknod(s.at(name), kind|0o640, 0))
			a := s.attr(name)
			equal(s, "mode of a "+name, a.Mode, kind|0o640)
			equal(s, "owner of a "+name, a.UID, aliceID)
			equal(s, "size of a "+name, a.Size, 0)
			equal(s, "links of a "+name, a.Nlink, 1)
			s.fails(s.alice.Mknod(s.at(name), kind|0o640, 0), "EEXIST")
		}
		s.ok(s.alice.Mknod(s.at("f"), unix.S_IFREG|0o6755, 0))
		equal(s, "mode of a file", s.attr("f").Mode, unix.S_IFREG|0o6755)
		equal(s, "contents of a file", s.get("f"), "")
		s.fails(s.alice.Mknod(s.at("d"), unix.S_IFDIR|0o755, 0), "EPERM")
		s.fails(s.alice.Mknod(s.at("l"), unix.S_IFLNK|0o755, 0), "EINVAL")
	}},
	{"mknod minds the directory", func(s *suite) {
		s.mkdir(s.alice, "d", 0o755)
		s.fails(s.bob.Mknod(s.at("d/p"), unix.S_IFIFO|0o644, 0), "EACCES")
		s.fails(s.bob.Mknod(s.at("none/p"), unix.S_IFIFO|0o644, 0), "ENOENT")
		s.fails(s.bob.Mknod(s.at(longName), unix.S_IFIFO|0o644, 0), "ENAMETOOLONG")
		s.ok(s.root.Lchown(s.at("d"), aliceID, staff))
		s.ok(s.root.Chmod(s.at("d"), 0o2777))
		s.ok(s.alice.Mknod(s.at("d/p"), unix.S_IFIFO|0o644, 0))
		equal(s, "group in a set-gid directory", s.attr("d/p").GID, staff)
	}},
	{"devices keep their number and are for root", func(s *suite) {
		rdev := uint32(unix.Mkdev(8, 300))
		s.ok(s.root.Mknod(s.at("block"), unix.S_IFBLK|0o660, rdev))
		s.ok(s.root.Mknod(s.at("char"), unix.S_IFCHR|0o666, rdev))
		equal(s, "type", s.attr("block").Mode, unix.S_IFBLK|0o660)
		equal(s, "number of the block device", s.attr("block").Rdev, rdev)
		equal(s, "number of the character device", s.attr("char").Rdev, rdev)
		s.fails(s.alice.Mknod(s.at("none"), unix.S_IFBLK|0o660, rdev), "EPERM")
		s.fails(s.alice.Mknod(s.at("none"), unix.S_IFCHR|0o660, rdev), "EPERM")
		s.absent("none")
	}},
	{"special files are renamed, linked, changed and removed as others", func(s *suite) {
		for name, kind := range specialTypes {
			s.ok(s.alice.Mknod(s.at(name), kind|0o600, 0))
			s.ok(s.alice.Link(s.at(name), s.at("second")))
			equal(s, "links", s.attr(name).Nlink, 2)
			s.ok(s.alice.Rename(s.at("second"), s.at("moved")))
			s.ok(s.alice.Chmod(s.at("moved"), 0o644))
			equal(s, "mode", s.attr(name).Mode, kind|0o644)
			s.ok(s.root.Lchown(s.at(name), bobID, bobID))
			equal(s, "owner", s.attr("moved").UID, bobID)
			s.ok(s.alice.Utimens(s.at(name), TimeOmit, TimeOmit))
			s.fails(s.root.Truncate(s.at(name), 0), "EINVAL", "ENXIO")
			s.ok(s.alice.Unlink(s.at("moved")))
			s.ok(s.alice.Unlink(s.at(name)))
			s.absent(name)
		}
	}},
	{"a FIFO without a reader and a socket cannot be written to", func(s *suite) {
		for name, kind := range specialTypes {
			s.ok(s.alice.Mknod(s.at(name), kind|0o600, 0))
			_, err := s.alice.Open(s.at(name), unix.O_WRONLY|unix.O_NONBLOCK, 0)
			s.fails(err, "ENXIO")
			_, err = s.alice.Open(s.at(name), unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CREAT, 0o644)
			s.fails(err, "ENXIO")
			_, err = s.alice.Open(s.at(name), unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, 0o644)
			s.fails(err, "EEXIST")
		}
	}},
	{"listings tell the types, also to those who may not search", func(s *suite) {
		s.mkdir(s.root, "d", 0o777)
		want := map[string]uint32{"f": unix.S_IFREG, "sub": unix.S_IFDIR, "link": unix.S_IFLNK, "block": unix.S_IFBLK}
		s.put(s.root, "d/f", "x")
		s.mkdir(s.root, "d/sub", 0o777)
		s.ok(s.root.Symlink("x", s.at("d/link")))
		s.ok(s.root.Mknod(s.at("d/block"), unix.S_IFBLK, 1))
		for name, kind := range specialTypes {
			want[name] = kind
			s.ok(s.root.Mknod(s.at("d/"+name), kind, 0))
		}
		s.ok(s.root.Chmod(s.at("d"), 0o744))
		d, err := s.alice.OpenDir(s.at("d"))
		s.ok(err)
		defer s.close(d)
		got := s.rest(d)
		equal(s, "entries", len(got), len(want))
		for _, e := range got {
			equal(s, "type of "+e.Name, e.Type, want[e.Name])
		}
	}},
}

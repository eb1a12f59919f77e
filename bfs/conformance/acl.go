package conformance

import (
	"encoding/binary"
	"fmt"
	"strings"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// The names of access control lists among extended attributes.
const (
	accessList  = "system.posix_acl_access"
	defaultList = "system.posix_acl_default"
)

var umaskClaims = []claim{
	{"the umask takes bits from what is made", func(s *suite) {
		p := s.fs.As(fsstate.Caller{UID: aliceID, GID: aliceID, Umask: 0o27})
		s.mkdir(p, "d", 0o777)
		s.put(p, "f", "x")
		s.close(s.open(p, "g", createExclusive, 0o4777))
		s.ok(p.Symlink("f", s.at("l")))
		equal(s, "mode of the directory", s.mode("d"), 0o750)
		equal(s, "mode of the file", s.mode("f"), 0o640)
		equal(s, "mode with set-user-ID", s.mode("g"), 0o4750)
		equal(s, "mode of the link", s.mode("l"), 0o777)
		s.ok(p.Chmod(s.at("f"), 0o666))
		equal(s, "mode after chmod", s.mode("f"), 0o666)
	}},
}

var aclClaims = []claim{
	{"an access list lets in whom it names, within its mask", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.alice, "f", accessList, aclOf("u::rw-", named(bobID, "rw-"), "g::---", "m::r--", "o::---"))
		equal(s, "bob reads", s.reads(s.bob, "f"), true)
		s.fails(s.bob.Access(s.at("f"), unix.W_OK), "EACCES")
		s.fails(s.bob.Truncate(s.at("f"), 0), "EACCES")
		equal(s, "another reads", s.reads(s.fs.As(fsstate.Caller{UID: 7, GID: 7}), "f"), false)
		equal(s, "mode", s.mode("f"), 0o640)
	}},
	{"an access list shuts out whom it names", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.alice, "f", accessList, aclOf("u::---", named(bobID, "---"), "g::r--", "m::r--", "o::r--"))
		equal(s, "bob reads", s.reads(s.bob, "f"), false)
		equal(s, "alice reads", s.reads(s.alice, "f"), false)
		equal(s, "another reads", s.reads(s.fs.As(fsstate.Caller{UID: 7, GID: 7}), "f"), true)
		equal(s, "root reads", s.reads(s.root, "f"), true)
	}},
	{"any of a caller's groups lets in, but others' bits do not", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Lchown(s.at("f"), 0, 3000))
		s.setxattr(s.root, "f", accessList, aclOf("u::rw-", "g::-w-", namedGroup(staff, "r--"), "m::rwx", "o::--x"))
		both := s.fs.As(fsstate.Caller{UID: 7, GID: 3000, Groups: []uint32{staff}})
		s.ok(both.Access(s.at("f"), unix.R_OK))
		s.ok(both.Access(s.at("f"), unix.W_OK))
		s.fails(both.Access(s.at("f"), unix.R_OK|unix.W_OK), "EACCES")
		s.fails(both.Access(s.at("f"), unix.X_OK), "EACCES")
		s.ok(s.fs.As(fsstate.Caller{UID: 7, GID: 7}).Access(s.at("f"), unix.X_OK))
	}},
	{"directories obey their list", func(s *suite) {
		s.mkdir(s.alice, "d", 0o700)
		s.setxattr(s.alice, "d", accessList, aclOf("u::rwx", named(bobID, "-wx"), "g::---", "m::rwx", "o::---"))
		s.put(s.bob, "d/f", "x")
		_, err := s.bob.OpenDir(s.at("d"))
		s.fails(err, "EACCES")
		_, err = s.fs.As(fsstate.Caller{UID: 7, GID: 7}).Lstat(s.at("d/f"))
		s.fails(err, "EACCES")
		s.ok(s.alice.Lremovexattr(s.at("d"), accessList))
		s.fails(s.bob.Unlink(s.at("d/f")), "EACCES")
	}},
	{"the list and the mode are one", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.setxattr(s.alice, "f", accessList, aclOf("u::rw-", named(bobID, "rwx"), "g::r-x", "m::rw-", "o::--x"))
		equal(s, "mode", s.mode("f"), 0o661)
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Chmod(s.at("f"), 0o734)) })
		want := aclOf("u::rwx", named(bobID, "rwx"), "g::r-x", "m::-wx", "o::r--")
		equal(s, "list after chmod", s.getxattr(s.bob, "f", accessList), want)
		equal(s, "names", s.xattrs(s.bob, "f"), accessList)
		s.moves("f", onlyCtime, func() { s.ok(s.alice.Lremovexattr(s.at("f"), accessList)) })
		equal(s, "mode without the list", s.mode("f"), 0o734)
		_, err := s.alice.Lgetxattr(s.at("f"), accessList)
		s.fails(err, "ENODATA")
		s.ok(s.alice.Lremovexattr(s.at("f"), accessList))
	}},
	{"a list that the mode can say is the mode", func(s *suite) {
		s.put(s.alice, "f", "x")
		for list, mode := range map[string]uint32{
			aclOf("u::rw-", "g::-w-", "o::--x"):           0o621,
			aclOf("u::rw-", "g::-w-", "m::r--", "o::--x"): 0o641,
		} {
			s.setxattr(s.alice, "f", accessList, list)
			equal(s, "mode", s.mode("f"), mode)
			names := map[uint32]string{0o641: accessList}[mode]
			equal(s, "names", s.xattrs(s.alice, "f"), names)
		}
		s.setxattr(s.alice, "f", accessList, aclOf("u::rw-", named(bobID, "r--"), "g::r--", "m::r--", "o::r--"))
		s.setxattr(s.alice, "f", accessList, aclOf())
		equal(s, "names after an empty list", s.xattrs(s.alice, "f"), "")
	}},
	{"a list by a stranger to the group takes set-gid", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.root.Lchown(s.at("f"), aliceID, bobID))
		s.ok(s.root.Chmod(s.at("f"), 0o2775))
		s.setxattr(s.alice, "f", accessList, aclOf("u::rwx", named(bobID, "r-x"), "g::r-x", "m::r-x", "o::r-x"))
		equal(s, "mode", s.mode("f"), 0o755)
	}},
	{"lists are the owner's", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.ok(s.alice.Chmod(s.at("f"), 0o666))
		list := aclOf("u::rw-", named(bobID, "rw-"), "g::rw-", "m::rw-", "o::rw-")
		s.fails(s.bob.Lsetxattr(s.at("f"), accessList, []byte(list), 0), "EPERM")
		s.setxattr(s.root, "f", accessList, list)
		s.fails(s.bob.Lremovexattr(s.at("f"), accessList), "EPERM")
		equal(s, "list", s.getxattr(s.bob, "f", accessList), list)
		s.fails(s.alice.Lsetxattr(s.at("f"), defaultList, []byte(list), 0), "EACCES")
		s.ok(s.alice.Lremovexattr(s.at("f"), defaultList))
		s.ok(s.alice.Symlink("f", s.at("l")))
		s.fails(s.alice.Lsetxattr(s.at("l"), accessList, []byte(list), 0), "ENOTSUP")
	}},
	{"what is no list is refused", func(s *suite) {
		s.put(s.alice, "f", "x")
		s.mkdir(s.alice, "d", 0o755)
		good := aclOf("u::rwx", named(bobID, "r-x"), "g::r-x", "m::r-x", "o::r-x")
		for list, want := range map[string]string{
			good[:3]: "EINVAL", good[:len(good)-1]: "EINVAL", "\x01" + good[1:]: "ENOTSUP",
			strings.Replace(good, "\x10", "\x18", 1):                             "EINVAL",
			strings.Replace(good, "\x07", "\x0f", 1):                             "EINVAL",
			aclOf("u::rwx"):                                                      "EINVAL",
			aclOf("g::rwx", "u::rwx", "o::rwx"):                                  "EINVAL",
			aclOf("u::rwx", "u::rwx", "g::rwx", "o::rwx"):                        "EINVAL",
			aclOf("u::rwx", "g::rwx", "m::rwx", "m::rwx", "o::rwx"):              "EINVAL",
			aclOf("u::rwx", named(bobID, "rwx"), "g::rwx", "o::rwx"):             "EINVAL",
			aclOf("u::rwx", named(1<<32-1, "rwx"), "g::rwx", "m::rwx", "o::---"): "EINVAL",
		} {
			s.fails(s.alice.Lsetxattr(s.at("f"), accessList, []byte(list), 0), want)
			s.fails(s.alice.Lsetxattr(s.at("d"), defaultList, []byte(list), 0), want)
		}
		equal(s, "names", s.xattrs(s.alice, "f")+s.xattrs(s.alice, "d"), "")
		twice := aclOf("u::rwx", named(bobID, "--x"), named(bobID, "r--"), "g::---", "m::rwx", "o::---")
		s.setxattr(s.alice, "f", accessList, twice)
		equal(s, "the first of two entries counts", s.reads(s.bob, "f"), false)
	}},
	{"a default list is inherited, and no umask then", func(s *suite) {
		p := s.fs.As(fsstate.Caller{UID: aliceID, GID: aliceID, Umask: 0o77})
		s.mkdir(p, "d", 0o755)
		equal(s, "mode before", s.mode("d"), 0o700)
		list := aclOf("u::rwx", named(bobID, "rwx"), "g::r-x", "m::rwx", "o::r-x")
		s.setxattr(p, "d", defaultList, list)
		equal(s, "mode with a default list", s.mode("d"), 0o700)
		s.ok(s.root.Chmod(s.at("d"), 0o755))
		s.put(p, "d/f", "x")
		s.mkdir(p, "d/e", 0o770)
		s.ok(p.Symlink("f", s.at("d/l")))
		equal(s, "mode of the file", s.mode("d/f"), 0o644)
		equal(s, "list of the file", s.getxattr(s.bob, "d/f", accessList),
			aclOf("u::rw-", named(bobID, "rwx"), "g::r-x", "m::r--", "o::r--"))
		equal(s, "names of the file", s.xattrs(s.bob, "d/f"), accessList)
		equal(s, "mode of the directory", s.mode("d/e"), 0o770)
		equal(s, "default list of the directory", s.getxattr(s.bob, "d/e", defaultList), list)
		equal(s, "access list of the directory", s.getxattr(s.bob, "d/e", accessList),
			aclOf("u::rwx", named(bobID, "rwx"), "g::r-x", "m::rwx", "o::---"))
		equal(s, "names of the link", s.xattrs(s.bob, "d/l"), "")
		s.put(s.bob, "d/e/g", "x")
	}},
	{"a minimal default list makes modes alone", func(s *suite) {
		p := s.fs.As(fsstate.Caller{UID: aliceID, GID: aliceID, Umask: 0o77})
		s.mkdir(s.alice, "d", 0o777)
		s.setxattr(s.alice, "d", defaultList, aclOf("u::rwx", "g::r-x", "o::--x"))
		s.close(s.open(p, "d/f", createExclusive, 0o676))
		equal(s, "mode", s.mode("d/f"), 0o650)
		equal(s, "names", s.xattrs(p, "d/f"), "")
		s.ok(s.alice.Lremovexattr(s.at("d"), defaultList))
		s.close(s.open(p, "d/g", createExclusive, 0o676))
		equal(s, "mode without the list", s.mode("d/g"), 0o600)
	}},
}

func named(id uint32, perm string) string      { return fmt.Sprintf("u:%d:%s", id, perm) }
func namedGroup(id uint32, perm string) string { return fmt.Sprintf("g:%d:%s", id, perm) }

// aclOf is the extended attribute of a list, whose entries are written as
// setfacl(1) takes them.
func aclOf(entries ...string) string {
	b := binary.LittleEndian.AppendUint32(nil, 2)
	for _, entry := range entries {
		id, tags := uint32(1<<32-1), map[string]uint16{"u": 0x01, "g": 0x04, "m": 0x10, "o": 0x20}
		fields := strings.Split(entry, ":")
		if fields[1] != "" {
			fmt.Sscan(fields[1], &id)
			tags = map[string]uint16{"u": 0x02, "g": 0x08}
		}
		var perm uint16
		for i, letter := range "xwr" {
			if strings.ContainsRune(fields[2], letter) {
				perm |= 1 << i
			}
		}
		b = binary.LittleEndian.AppendUint16(b, tags[fields[0]])
		b = binary.LittleEndian.AppendUint16(b, perm)
		b = binary.LittleEndian.AppendUint32(b, id)
	}
	return string(b)
}

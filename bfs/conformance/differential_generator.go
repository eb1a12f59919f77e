package conformance

import (
	"math/rand/v2"
	"strings"

	"bfs/fsstate"

	"golang.org/x/sys/unix"
)

// A generator makes random steps, whose names are few so that they meet.
type generator struct {
	random  *rand.Rand
	mounted bool
	makers  []func() step
}

func pick[T any](g *generator, from ...T) T { return from[g.random.IntN(len(from))] }

// next is a random step. Only root makes hard links, and off a mount there are
// no sticky bits: for both Linux has protections of its own, above the file
// systems, that can be switched off. At a mount only root goes through a
// directory and back by its dots, for which the kernel does not ask anybody.
func (g *generator) next() step {
	if g.makers == nil {
		g.makers = []func() step{
			g.mkdir, g.mkdir, g.mkdir, g.open, g.open, g.open, g.symlink, g.rename, g.rename, g.remove, g.look,
			g.link, g.mknod, g.chmod, g.chown, g.truncate, g.utimens, g.list, g.locks, g.setxattr, g.setACL, g.setACL, g.xattr,
		}
		g.makers = append(g.makers, g.hold, g.hold, g.tmpfile, g.throughFile, g.throughFile, g.throughFile, g.throughFile, g.copy)
		if g.mounted {
			g.makers = append(g.makers, g.odd)
		}
		if g.random.IntN(2) == 0 { // where holes are differs between file systems once space is reserved
			g.makers = append(g.makers, g.fallocate)
		} else {
			g.makers = append(g.makers, g.seek)
		}
	}
	s := pick(g, g.makers...)()
	if s.Call != "link" && !(g.mounted && strings.Contains(s.Path+s.To, "/.")) {
		s.By = g.random.IntN(len(callers))
	}
	return s
}

func (g *generator) path() string {
	path := ""
	for range 1 + g.random.IntN(3) {
		path += "/" + pick(g, "a", "b", "c")
	}
	return path
}

func (g *generator) mode() uint32 {
	if g.mounted && g.random.IntN(8) == 0 {
		return 0o1777
	}
	return pick[uint32](g, 0o777, 0o777, 0o755, 0o750, 0o700, 0o711, 0o666, 0o644, 0o640, 0o2777, 0o6755, 0o060, 0)
}

func (g *generator) mkdir() step { return step{Call: "mkdir", Path: g.path(), Mode: g.mode()} }
func (g *generator) list() step  { return step{Call: "list", Path: g.path()} }
func (g *generator) chmod() step { return step{Call: "chmod", Path: g.path(), Mode: g.mode()} }
func (g *generator) link() step  { return step{Call: "link", Path: g.path(), To: g.path()} }

func (g *generator) flags() int {
	return pick(g, unix.O_RDONLY, unix.O_WRONLY, unix.O_RDWR) |
		pick(g, 0, unix.O_CREAT, unix.O_CREAT, unix.O_CREAT|unix.O_EXCL) |
		pick(g, 0, 0, unix.O_TRUNC) | pick(g, 0, unix.O_APPEND) | pick(g, 0, 0, unix.O_NOFOLLOW)
}

func (g *generator) open() step {
	return step{
		Call: "open", Path: g.path(), Flags: g.flags(), Mode: g.mode(),
		Fill: pick(g, "x", "y"), Length: int64(g.random.IntN(6000)), Offset: int64(g.random.IntN(6000)),
	}
}

// mknod makes no FIFOs, whose opening waits, and no devices, which are the host's.
func (g *generator) mknod() step {
	kind := pick[uint32](g, unix.S_IFSOCK, unix.S_IFREG, unix.S_IFDIR)
	return step{Call: "mknod", Path: g.path(), Mode: kind | g.mode()}
}

func (g *generator) locks() step {
	s := step{Call: "locks", Path: g.path(), Flags: unix.O_RDWR}
	for range 12 {
		r := lockRequest{Who: g.random.IntN(3), Kind: fsstate.LockType(g.random.IntN(3))}
		r.Start, r.Length = int64(g.random.IntN(12)), int64(g.random.IntN(6))
		if g.random.IntN(3) == 0 {
			r.Flock = pick(g, unix.LOCK_SH, unix.LOCK_EX, unix.LOCK_UN) | unix.LOCK_NB
		}
		s.Locks = append(s.Locks, r)
	}
	return s
}

func (g *generator) symlink() step {
	targets := []string{"a", "b/c", "../b", "c", "./b", "/a/b"}
	if !g.mounted {
		targets = append(targets, "./a/../b")
	}
	return step{Call: "symlink", Path: g.path(), To: pick(g, targets...)}
}

func (g *generator) rename() step {
	return step{Call: pick(g, "rename", "rename -n", "rename -x"), Path: g.path(), To: g.path()}
}

func (g *generator) remove() step { return step{Call: pick(g, "unlink", "rmdir"), Path: g.path()} }

func (g *generator) look() step {
	return step{Call: pick(g, "stat", "lstat", "readlink", "access"), Path: g.path(), Mode: uint32(g.random.IntN(8))}
}

// chown always sets the group: setting neither id never reaches a file
// system, although Linux takes the set-id bits then.
func (g *generator) chown() step {
	return step{Call: "chown", Path: g.path(), UID: pick(g, -1, -1, aliceID, bobID), GID: pick(g, aliceID, bobID, staff)}
}

func (g *generator) truncate() step {
	return step{Call: "truncate", Path: g.path(), Length: int64(g.random.IntN(9000) - 10)}
}

func (g *generator) utimens() step {
	when := []int64{TimeNow, TimeOmit, longAgo}
	return step{Call: "utimens", Path: g.path(), Offset: pick(g, when...), Length: pick(g, when...)}
}

// attribute is no file's capabilities at a mount, where the kernel takes them
// away before it asks whether the owner or the size may change.
func (g *generator) attribute() string {
	names := []string{"user.a", "user.a", "user.b", "trusted.a", "security.a", "user.", "other.a", ""}
	if !g.mounted {
		names = append(names, "security.capability")
	}
	return pick(g, names...)
}

func (g *generator) setxattr() step {
	return step{
		Call: "setxattr", Path: g.path(), Name: g.attribute(), Flags: pick(g, 0, 0, 0, 1, 2, 3, 4),
		Fill: pick(g, "x", "\x00"), Length: pick[int64](g, 0, 1, 10, 5000),
	}
}

func (g *generator) xattr() step {
	return step{
		Call: pick(g, "getxattr", "rmxattr", "listxattr"), Path: g.path(),
		Name: pick(g, g.attribute(), accessList, defaultList),
	}
}

// setACL sets lists of few entries, most of them lawful.
func (g *generator) setACL() step {
	entries := []string{"u::" + g.perm()}
	for range g.random.IntN(3) {
		entries = append(entries, named(pick[uint32](g, aliceID, bobID), g.perm()))
	}
	entries = append(entries, "g::"+g.perm())
	for range g.random.IntN(2) {
		entries = append(entries, namedGroup(pick[uint32](g, aliceID, bobID, staff), g.perm()))
	}
	if g.random.IntN(4) > 0 {
		entries = append(entries, "m::"+g.perm())
	}
	entries = append(entries, "o::"+g.perm())[g.random.IntN(20)/19:]
	return step{Call: "setxattr", Path: g.path(), Name: pick(g, accessList, defaultList), List: strings.Join(entries, " ")}
}

func (g *generator) perm() string {
	return pick(g, "rwx", "rwx", "rw-", "r-x", "r--", "-wx", "--x", "---")
}

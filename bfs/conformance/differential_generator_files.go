package conformance

import (
	"math"
	"strings"

	"golang.org/x/sys/unix"
)

func (g *generator) slot() int { return g.random.IntN(slots) }

// offset is mostly within the files, often at the boundary of a block.
func (g *generator) offset() int64 {
	return pick(g, int64(g.random.IntN(12_000)), int64(g.random.IntN(12_000)), 0, 4096, 8192)
}

// hold opens for both reading and writing off a mount, where no kernel refuses
// what a file was not opened for.
func (g *generator) hold() step {
	flags := unix.O_RDWR | pick(g, 0, unix.O_CREAT) | pick(g, 0, 0, unix.O_TRUNC)
	if g.mounted {
		flags = g.flags()
	}
	return step{Call: "hold", Slot: g.slot(), Path: g.path(), Flags: flags, Mode: g.mode()}
}

func (g *generator) tmpfile() step {
	access := unix.O_RDWR
	if g.mounted {
		access = pick(g, unix.O_RDWR, unix.O_WRONLY, unix.O_RDONLY)
	}
	return step{
		Call: pick(g, "hold", "tmpfile"), Slot: g.slot(), Path: g.path(), To: g.path(),
		Flags: unix.O_TMPFILE | access | pick(g, 0, 0, unix.O_EXCL), Mode: g.mode(), Fill: "t", Length: g.offset(),
	}
}

func (g *generator) throughFile() step {
	return step{
		Call: pick(g, "pread", "pread", "pwrite", "pwrite", "pwrite", "ftruncate", "fstat", "fsync", "release"),
		Slot: g.slot(), Offset: g.offset(), Length: g.offset(), Fill: pick(g, "x", "y"),
	}
}

func (g *generator) copy() step {
	return step{
		Call: "copy", Slot: g.slot(), Other: g.slot(),
		Offset: g.offset(), Flags: int(g.offset()), Length: g.offset(),
	}
}

func (g *generator) fallocate() step {
	mode := pick[uint32](g, 0, 0, unix.FALLOC_FL_KEEP_SIZE,
		unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, unix.FALLOC_FL_PUNCH_HOLE, 1<<30)
	return step{Call: "fallocate", Slot: g.slot(), Mode: mode, Offset: g.offset(), Length: g.offset()}
}

func (g *generator) seek() step {
	return step{Call: "seek", Slot: g.slot(), Flags: pick(g, unix.SEEK_DATA, unix.SEEK_HOLE, 17), Offset: g.offset() - 2}
}

// odd is a step whose arguments make little sense.
func (g *generator) odd() step {
	far := pick[int64](g, -1, math.MinInt64, math.MaxInt64, math.MaxInt64-1, math.MaxInt64-4096, 1<<62)
	target := pick(g, "/"+strings.Repeat("n", 256), "/"+strings.Repeat("n", 255), strings.Repeat("/n", 3000),
		"/a/b/", "/a\x00b", "", "/", "/a/"+strings.Repeat("n", 256))
	name := pick(g, target, target, "/a/.", "/a/..", ".")
	return pick(g,
		step{Call: pick(g, "pread", "pwrite"), Slot: g.slot(), Offset: far, Length: 10, Fill: "x"},
		step{Call: pick(g, "ftruncate", "release"), Slot: g.slot(), Length: pick(g, -1, int64(math.MinInt64))},
		step{Call: "copy", Slot: g.slot(), Other: g.slot(), Offset: pick(g, far, 0), Length: 4096},
		step{Call: "fallocate", Slot: g.slot(), Mode: pick[uint32](g, 0, 3), Offset: pick(g, far, -1), Length: pick(g, far, 0)},
		step{Call: pick(g, "mkdir", "stat", "unlink", "rmdir", "readlink", "list"), Path: name},
		step{Call: pick(g, "rename", "rename -n", "rename -x", "link"), Path: pick(g, name, g.path()), To: name},
		step{Call: "symlink", To: target, Path: pick(g, name, g.path())},
		step{Call: "open", Path: name, Flags: g.flags(), Mode: g.mode(), Fill: "x", Length: 1},
		step{Call: "mknod", Path: g.path(), Mode: pick[uint32](g, 0o170000, 0o030000, unix.S_IFLNK)},
		step{Call: "chmod", Path: g.path(), Mode: 1<<31 | 0o755},
		step{Call: "access", Path: g.path(), Mode: 8},
		step{Call: "setxattr", Path: g.path(), Name: "user." + strings.Repeat("n", 251), Fill: "x", Length: pick[int64](g, 1, 70_000)},
	)
}

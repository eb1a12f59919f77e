package fuse

import (
	"math"
	"time"

	"bfs/fsstate"

	gofuse "github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// putEntry fills in a reply that makes the kernel know a name. The times for
// which it may believe name and attributes stay 0: it asks every time.
func putEntry(out *gofuse.EntryOut, attr *fsstate.Attr) {
	out.NodeId = uint64(attr.Ino)
	out.Generation = generation
	putAttr(&out.Attr, attr)
}

func putAttr(out *gofuse.Attr, attr *fsstate.Attr) {
	out.Ino = uint64(attr.Ino)
	out.Size = attr.Size
	out.Blocks = attr.Blocks
	out.Atime, out.Atimensec = seconds(attr.Atime)
	out.Mtime, out.Mtimensec = seconds(attr.Mtime)
	out.Ctime, out.Ctimensec = seconds(attr.Ctime)
	out.Mode = attr.Mode
	out.Nlink = attr.Nlink
	out.Owner = gofuse.Owner{Uid: attr.UID, Gid: attr.GID}
	out.Rdev = attr.Rdev
	out.Blksize = fsstate.BlockSize
}

func putStatx(out *gofuse.Statx, attr *fsstate.Attr) {
	out.Mask = unix.STATX_BASIC_STATS | unix.STATX_BTIME
	out.Ino = uint64(attr.Ino)
	out.Size = attr.Size
	out.Blocks = attr.Blocks
	out.Atime.Sec, out.Atime.Nsec = seconds(attr.Atime)
	out.Btime.Sec, out.Btime.Nsec = seconds(attr.Btime)
	out.Ctime.Sec, out.Ctime.Nsec = seconds(attr.Ctime)
	out.Mtime.Sec, out.Mtime.Nsec = seconds(attr.Mtime)
	out.Mode = uint16(attr.Mode)
	out.Nlink = attr.Nlink
	out.Uid, out.Gid = attr.UID, attr.GID
	out.RdevMajor, out.RdevMinor = unix.Major(uint64(attr.Rdev)), unix.Minor(uint64(attr.Rdev))
	out.Blksize = fsstate.BlockSize
}

// seconds splits a time as the kernel wants it: whole seconds, which may be
// negative, and the nanoseconds after them, which may not.
func seconds(ns int64) (uint64, uint32) {
	t := time.Unix(0, ns)
	return uint64(t.Unix()), uint32(t.Nanosecond())
}

// nanoseconds undoes seconds. Times that the file system cannot express, in
// the years before 1678 and after 2261, become the nearest that it can.
func nanoseconds(sec uint64, nsec uint32) int64 {
	s := int64(sec)
	switch {
	case s > math.MaxInt64/int64(time.Second)-1:
		return math.MaxInt64
	case s < math.MinInt64/int64(time.Second)+1:
		return math.MinInt64
	}
	return s*int64(time.Second) + int64(nsec)
}

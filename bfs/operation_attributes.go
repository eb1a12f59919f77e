package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on attributes, and on those of the whole file system.

type getattr struct{ ino fsstate.Ino }

func (*getattr) code() opcode   { return opGetattr }
func (*getattr) arguments() int { return 1 }

func (o *getattr) appendArguments(dst []byte) []byte { return appendIno(dst, o.ino) }
func (o *getattr) decodeArguments(r *wire.Reader)    { o.ino = decodeIno(r) }

func (o *getattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Getattr(c, o.ino)
	return appendAttributes(dst, attr, status)
}

// setattr carries all fields of set, also those that its mask does not name.
type setattr struct {
	ino fsstate.Ino
	set fsstate.SetAttr
}

func (*setattr) code() opcode   { return opSetattr }
func (*setattr) arguments() int { return 8 }

func (o *setattr) appendArguments(dst []byte) []byte {
	dst = appendIno(dst, o.ino)
	dst = wire.AppendUint(dst, uint64(o.set.Mask))
	dst = wire.AppendUint(dst, uint64(o.set.Mode))
	dst = wire.AppendUint(dst, uint64(o.set.UID))
	dst = wire.AppendUint(dst, uint64(o.set.GID))
	dst = wire.AppendUint(dst, o.set.Size)
	dst = wire.AppendInt(dst, o.set.Atime)
	return wire.AppendInt(dst, o.set.Mtime)
}

func (o *setattr) decodeArguments(r *wire.Reader) {
	o.ino = decodeIno(r)
	o.set = fsstate.SetAttr{
		Mask:  fsstate.SetMask(decodeUint32(r)),
		Mode:  decodeUint32(r),
		UID:   decodeUint32(r),
		GID:   decodeUint32(r),
		Size:  r.Uint(),
		Atime: r.Int(),
		Mtime: r.Int(),
	}
}

func (o *setattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Setattr(c, o.ino, o.set)
	return appendAttributes(dst, attr, status)
}

type access struct {
	ino  fsstate.Ino
	mask fsstate.AccessMask
}

func (*access) code() opcode   { return opAccess }
func (*access) arguments() int { return 2 }

func (o *access) appendArguments(dst []byte) []byte {
	return wire.AppendUint(appendIno(dst, o.ino), uint64(o.mask))
}

func (o *access) decodeArguments(r *wire.Reader) {
	o.ino, o.mask = decodeIno(r), fsstate.AccessMask(decodeUint32(r))
}

func (o *access) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Access(c, o.ino, o.mask))
}

type statfs struct{}

func (*statfs) code() opcode                      { return opStatfs }
func (*statfs) arguments() int                    { return 0 }
func (*statfs) appendArguments(dst []byte) []byte { return dst }
func (*statfs) decodeArguments(*wire.Reader)      {}

func (*statfs) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	totals, status := s.Statfs(c)
	return appendTotals(dst, &total{totals}, status)
}

// total is the result of statfs.
type total struct{ statfs fsstate.Statfs }

func appendTotals(dst []byte, res *total, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendUint(dst, res.statfs.Bytes)
	dst = wire.AppendUint(dst, res.statfs.BytesFree)
	dst = wire.AppendUint(dst, res.statfs.Inodes)
	return wire.AppendUint(dst, res.statfs.InodesFree)
}

func (*total) fields() int { return 4 }

func (res *total) decodeFields(r *wire.Reader) {
	res.statfs = fsstate.Statfs{
		Bytes: r.Uint(), BytesFree: r.Uint(), Inodes: r.Uint(), InodesFree: r.Uint(),
	}
}

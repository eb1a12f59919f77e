package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// mknod makes a file that nobody has open: a regular or a special one.
type mknod struct {
	dir        fsstate.Ino
	name       string
	mode, rdev uint32
}

func (*mknod) code() opcode   { return opMknod }
func (*mknod) arguments() int { return 4 }

func (o *mknod) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.dir), o.name)
	return wire.AppendUint(wire.AppendUint(dst, uint64(o.mode)), uint64(o.rdev))
}

func (o *mknod) decodeArguments(r *wire.Reader) {
	o.dir, o.name = decodeIno(r), decodeName(r)
	o.mode, o.rdev = decodeUint32(r), decodeUint32(r)
}

func (o *mknod) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Mknod(c, o.dir, o.name, o.mode, o.rdev)
	return appendAttributes(dst, attr, status)
}

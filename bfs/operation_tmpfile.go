package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// tmpfile makes a file without a name and opens it.
type tmpfile struct {
	dir       fsstate.Ino
	mode      uint32
	open      fsstate.OpenMode
	exclusive bool
}

func (*tmpfile) code() opcode   { return opTmpfile }
func (*tmpfile) arguments() int { return 4 }

func (o *tmpfile) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.dir), uint64(o.mode))
	return wire.AppendBool(wire.AppendUint(dst, uint64(o.open)), o.exclusive)
}

func (o *tmpfile) decodeArguments(r *wire.Reader) {
	o.dir, o.mode = decodeIno(r), decodeUint32(r)
	o.open, o.exclusive = fsstate.OpenMode(decodeUint32(r)), r.Bool()
}

func (o *tmpfile) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Tmpfile(c, o.dir, o.mode, o.open, o.exclusive)
	return appendAttributes(dst, attr, status)
}

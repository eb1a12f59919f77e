package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on where files have blocks.

type fallocate struct {
	ino            fsstate.Ino
	mode           fsstate.FallocMode
	offset, length uint64
}

func (*fallocate) code() opcode   { return opFallocate }
func (*fallocate) arguments() int { return 4 }

func (o *fallocate) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.ino), uint64(o.mode))
	return wire.AppendUint(wire.AppendUint(dst, o.offset), o.length)
}

func (o *fallocate) decodeArguments(r *wire.Reader) {
	o.ino, o.mode = decodeIno(r), fsstate.FallocMode(decodeUint32(r))
	o.offset, o.length = r.Uint(), r.Uint()
}

func (o *fallocate) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Fallocate(c, o.ino, o.mode, o.offset, o.length)
	return appendAttributes(dst, attr, status)
}

type seek struct {
	ino    fsstate.Ino
	offset uint64
	whence fsstate.Whence
}

func (*seek) code() opcode   { return opSeek }
func (*seek) arguments() int { return 3 }

func (o *seek) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.ino), o.offset)
	return wire.AppendUint(dst, uint64(o.whence))
}

func (o *seek) decodeArguments(r *wire.Reader) {
	o.ino, o.offset, o.whence = decodeIno(r), r.Uint(), fsstate.Whence(decodeUint32(r))
}

func (o *seek) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	offset, status := s.Seek(c, o.ino, o.offset, o.whence)
	return appendNumber(dst, offset, status)
}

type copyRange struct{ fsstate.CopyRange }

func (*copyRange) code() opcode   { return opCopyRange }
func (*copyRange) arguments() int { return 5 }

func (o *copyRange) appendArguments(dst []byte) []byte {
	dst = appendIno(appendIno(dst, o.From), o.To)
	dst = wire.AppendUint(wire.AppendUint(dst, o.FromOffset), o.ToOffset)
	return wire.AppendUint(dst, o.Length)
}

func (o *copyRange) decodeArguments(r *wire.Reader) {
	o.From, o.To = decodeIno(r), decodeIno(r)
	o.FromOffset, o.ToOffset, o.Length = r.Uint(), r.Uint(), r.Uint()
}

func (o *copyRange) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	copied, status := s.CopyRange(c, o.CopyRange)
	return appendNumber(dst, copied, status)
}

package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on what a session holds open, and the one on nothing.

type open struct {
	ino  fsstate.Ino
	mode fsstate.OpenMode
}

func (*open) code() opcode   { return opOpen }
func (*open) arguments() int { return 2 }

func (o *open) appendArguments(dst []byte) []byte {
	return wire.AppendUint(appendIno(dst, o.ino), uint64(o.mode))
}

func (o *open) decodeArguments(r *wire.Reader) {
	o.ino, o.mode = decodeIno(r), fsstate.OpenMode(decodeUint32(r))
}

func (o *open) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Open(c, o.ino, o.mode)
	return appendAttributes(dst, attr, status)
}

type release struct {
	ino  fsstate.Ino
	mode fsstate.OpenMode
}

func (*release) code() opcode   { return opRelease }
func (*release) arguments() int { return 2 }

func (o *release) appendArguments(dst []byte) []byte {
	return wire.AppendUint(appendIno(dst, o.ino), uint64(o.mode))
}

func (o *release) decodeArguments(r *wire.Reader) {
	o.ino, o.mode = decodeIno(r), fsstate.OpenMode(decodeUint32(r))
}

func (o *release) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Release(c, o.ino, o.mode))
}

type renew struct{}

func (*renew) code() opcode                      { return opRenew }
func (*renew) arguments() int                    { return 0 }
func (*renew) appendArguments(dst []byte) []byte { return dst }
func (*renew) decodeArguments(*wire.Reader)      {}

func (*renew) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Renew(c))
}

// null is the papers' null operation: an argument and a result of any size,
// and no effect on the files.
type null struct {
	resultSize uint32
	argument   []byte
}

func (*null) code() opcode   { return opNull }
func (*null) arguments() int { return 2 }

func (o *null) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(wire.AppendUint(dst, uint64(o.resultSize)), o.argument)
}

func (o *null) decodeArguments(r *wire.Reader) {
	o.resultSize, o.argument = uint32(r.UintMax(MaxIO)), r.Bytes(MaxIO)
}

// apply leaves the lease alone too: the operation costs what ordering costs.
func (o *null) apply(_ *fsstate.State, _ *fsstate.Context, dst []byte) []byte {
	dst = appendStatus(dst, fsstate.OK, 1)
	dst = wire.AppendBytesHead(dst, int(o.resultSize))
	return append(dst, make([]byte, o.resultSize)...)
}

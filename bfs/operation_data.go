package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on the contents of files.

type create struct {
	dir  fsstate.Ino
	name string
	mode uint32
	open fsstate.OpenMode
}

func (*create) code() opcode   { return opCreate }
func (*create) arguments() int { return 4 }

func (o *create) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.dir), o.name)
	return wire.AppendUint(wire.AppendUint(dst, uint64(o.mode)), uint64(o.open))
}

func (o *create) decodeArguments(r *wire.Reader) {
	o.dir, o.name, o.mode = decodeIno(r), decodeName(r), decodeUint32(r)
	o.open = fsstate.OpenMode(decodeUint32(r))
}

func (o *create) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, made, status := s.Create(c, o.dir, o.name, o.mode, o.open)
	return appendCreated(dst, &created{attr, made}, status)
}

// created is the result of create: [attributes, whether it made the file].
type created struct {
	attr fsstate.Attr
	made bool
}

func appendCreated(dst []byte, res *created, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status == fsstate.OK {
		dst = wire.AppendBool(appendAttr(dst, &res.attr), res.made)
	}
	return dst
}

func (*created) fields() int { return 2 }

func (res *created) decodeFields(r *wire.Reader) {
	res.attr, res.made = decodeAttr(r), r.Bool()
}

type read struct {
	ino    fsstate.Ino
	offset uint64
	size   uint32
}

func (*read) code() opcode   { return opRead }
func (*read) arguments() int { return 3 }

func (o *read) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.ino), o.offset)
	return wire.AppendUint(dst, uint64(o.size))
}

func (o *read) decodeArguments(r *wire.Reader) {
	o.ino, o.offset, o.size = decodeIno(r), r.Uint(), decodeUint32(r)
}

func (o *read) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	data, status := s.Read(c, o.ino, o.offset, o.size)
	return appendContents(dst, data, status)
}

type write struct {
	ino    fsstate.Ino
	offset uint64
	atEnd  bool
	data   []byte
}

func (*write) code() opcode   { return opWrite }
func (*write) arguments() int { return 4 }

func (o *write) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.ino), o.offset)
	return wire.AppendBytes(wire.AppendBool(dst, o.atEnd), o.data)
}

func (o *write) decodeArguments(r *wire.Reader) {
	o.ino, o.offset, o.atEnd, o.data = decodeIno(r), r.Uint(), r.Bool(), r.Bytes(MaxIO)
}

func (o *write) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Write(c, o.ino, o.offset, o.data, o.atEnd)
	return appendAttributes(dst, attr, status)
}

type fsync struct{ ino fsstate.Ino }

func (*fsync) code() opcode   { return opFsync }
func (*fsync) arguments() int { return 1 }

func (o *fsync) appendArguments(dst []byte) []byte { return appendIno(dst, o.ino) }
func (o *fsync) decodeArguments(r *wire.Reader)    { o.ino = decodeIno(r) }

func (o *fsync) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Fsync(c, o.ino))
}

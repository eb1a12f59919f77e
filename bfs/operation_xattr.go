package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on extended attributes, access control lists among them.

type getxattr struct {
	ino  fsstate.Ino
	name string
}

func (*getxattr) code() opcode   { return opGetxattr }
func (*getxattr) arguments() int { return 2 }

func (o *getxattr) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(dst, o.ino), o.name)
}

func (o *getxattr) decodeArguments(r *wire.Reader) {
	o.ino, o.name = decodeIno(r), decodeName(r)
}

func (o *getxattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	value, status := s.Getxattr(c, o.ino, o.name)
	return appendContents(dst, value, status)
}

// setxattr takes values of up to maxXattr bytes, more than an attribute may
// have, so that a value too long has a status of its own.
type setxattr struct {
	ino   fsstate.Ino
	name  string
	value []byte
	flags fsstate.XattrFlags
}

func (*setxattr) code() opcode   { return opSetxattr }
func (*setxattr) arguments() int { return 4 }

func (o *setxattr) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.ino), o.name)
	return wire.AppendUint(wire.AppendBytes(dst, o.value), uint64(o.flags))
}

func (o *setxattr) decodeArguments(r *wire.Reader) {
	o.ino, o.name, o.value = decodeIno(r), decodeName(r), r.Bytes(maxXattr)
	o.flags = fsstate.XattrFlags(decodeUint32(r))
}

func (o *setxattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Setxattr(c, o.ino, o.name, o.value, o.flags))
}

type removexattr struct {
	ino  fsstate.Ino
	name string
}

func (*removexattr) code() opcode   { return opRemovexattr }
func (*removexattr) arguments() int { return 2 }

func (o *removexattr) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(dst, o.ino), o.name)
}

func (o *removexattr) decodeArguments(r *wire.Reader) {
	o.ino, o.name = decodeIno(r), decodeName(r)
}

func (o *removexattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Removexattr(c, o.ino, o.name))
}

type listxattr struct{ ino fsstate.Ino }

func (*listxattr) code() opcode   { return opListxattr }
func (*listxattr) arguments() int { return 1 }

func (o *listxattr) appendArguments(dst []byte) []byte { return appendIno(dst, o.ino) }
func (o *listxattr) decodeArguments(r *wire.Reader)    { o.ino = decodeIno(r) }

func (o *listxattr) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	names, status := s.Listxattr(c, o.ino)
	return appendXattrNames(dst, &xattrNames{names}, status)
}

// xattrNames is the result of listxattr: [names].
type xattrNames struct{ names []string }

func appendXattrNames(dst []byte, res *xattrNames, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, res.fields())
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendArray(dst, len(res.names))
	for _, name := range res.names {
		dst = wire.AppendBytes(dst, name)
	}
	return dst
}

func (*xattrNames) fields() int { return 1 }

func (res *xattrNames) decodeFields(r *wire.Reader) {
	count := r.ArrayMax(fsstate.MaxXattrs)
	for range count {
		if r.Err() != nil {
			return
		}
		res.names = append(res.names, decodeXattrName(r))
	}
}

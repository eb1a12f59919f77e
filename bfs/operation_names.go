package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations on names in directories.

type lookup struct {
	dir  fsstate.Ino
	name string
}

func (*lookup) code() opcode   { return opLookup }
func (*lookup) arguments() int { return 2 }

func (o *lookup) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(dst, o.dir), o.name)
}

func (o *lookup) decodeArguments(r *wire.Reader) {
	o.dir, o.name = decodeIno(r), decodeName(r)
}

func (o *lookup) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Lookup(c, o.dir, o.name)
	return appendAttributes(dst, attr, status)
}

type link struct {
	ino, dir fsstate.Ino
	name     string
}

func (*link) code() opcode   { return opLink }
func (*link) arguments() int { return 3 }

func (o *link) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(appendIno(dst, o.ino), o.dir), o.name)
}

func (o *link) decodeArguments(r *wire.Reader) {
	o.ino, o.dir, o.name = decodeIno(r), decodeIno(r), decodeName(r)
}

func (o *link) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Link(c, o.ino, o.dir, o.name)
	return appendAttributes(dst, attr, status)
}

type unlink struct {
	dir  fsstate.Ino
	name string
}

func (*unlink) code() opcode   { return opUnlink }
func (*unlink) arguments() int { return 2 }

func (o *unlink) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(dst, o.dir), o.name)
}

func (o *unlink) decodeArguments(r *wire.Reader) {
	o.dir, o.name = decodeIno(r), decodeName(r)
}

func (o *unlink) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Unlink(c, o.dir, o.name))
}

type rename struct {
	dir     fsstate.Ino
	name    string
	newDir  fsstate.Ino
	newName string
	flags   fsstate.RenameFlags
}

func (*rename) code() opcode   { return opRename }
func (*rename) arguments() int { return 5 }

func (o *rename) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.dir), o.name)
	dst = wire.AppendBytes(appendIno(dst, o.newDir), o.newName)
	return wire.AppendUint(dst, uint64(o.flags))
}

func (o *rename) decodeArguments(r *wire.Reader) {
	o.dir, o.name = decodeIno(r), decodeName(r)
	o.newDir, o.newName = decodeIno(r), decodeName(r)
	o.flags = fsstate.RenameFlags(decodeUint32(r))
}

func (o *rename) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Rename(c, o.dir, o.name, o.newDir, o.newName, o.flags))
}

type symlink struct {
	dir          fsstate.Ino
	name, target string
}

func (*symlink) code() opcode   { return opSymlink }
func (*symlink) arguments() int { return 3 }

func (o *symlink) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.dir), o.name)
	return wire.AppendBytes(dst, o.target)
}

func (o *symlink) decodeArguments(r *wire.Reader) {
	o.dir, o.name, o.target = decodeIno(r), decodeName(r), decodeName(r)
}

func (o *symlink) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Symlink(c, o.dir, o.name, o.target)
	return appendAttributes(dst, attr, status)
}

type readlink struct{ ino fsstate.Ino }

func (*readlink) code() opcode   { return opReadlink }
func (*readlink) arguments() int { return 1 }

func (o *readlink) appendArguments(dst []byte) []byte { return appendIno(dst, o.ino) }
func (o *readlink) decodeArguments(r *wire.Reader)    { o.ino = decodeIno(r) }

func (o *readlink) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	target, status := s.Readlink(c, o.ino)
	return appendContents(dst, target, status)
}

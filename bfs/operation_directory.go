package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The operations that make, remove and list directories.

type mkdir struct {
	dir  fsstate.Ino
	name string
	mode uint32
}

func (*mkdir) code() opcode   { return opMkdir }
func (*mkdir) arguments() int { return 3 }

func (o *mkdir) appendArguments(dst []byte) []byte {
	dst = wire.AppendBytes(appendIno(dst, o.dir), o.name)
	return wire.AppendUint(dst, uint64(o.mode))
}

func (o *mkdir) decodeArguments(r *wire.Reader) {
	o.dir, o.name, o.mode = decodeIno(r), decodeName(r), decodeUint32(r)
}

func (o *mkdir) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	attr, status := s.Mkdir(c, o.dir, o.name, o.mode)
	return appendAttributes(dst, attr, status)
}

type rmdir struct {
	dir  fsstate.Ino
	name string
}

func (*rmdir) code() opcode   { return opRmdir }
func (*rmdir) arguments() int { return 2 }

func (o *rmdir) appendArguments(dst []byte) []byte {
	return wire.AppendBytes(appendIno(dst, o.dir), o.name)
}

func (o *rmdir) decodeArguments(r *wire.Reader) {
	o.dir, o.name = decodeIno(r), decodeName(r)
}

func (o *rmdir) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	return appendNothing(dst, s.Rmdir(c, o.dir, o.name))
}

type readdir struct {
	ino    fsstate.Ino
	cookie uint64
	max    uint32 // entries
	plus   bool
}

func (*readdir) code() opcode   { return opReaddir }
func (*readdir) arguments() int { return 4 }

func (o *readdir) appendArguments(dst []byte) []byte {
	dst = wire.AppendUint(appendIno(dst, o.ino), o.cookie)
	return wire.AppendBool(wire.AppendUint(dst, uint64(o.max)), o.plus)
}

func (o *readdir) decodeArguments(r *wire.Reader) {
	o.ino, o.cookie, o.max, o.plus = decodeIno(r), r.Uint(), decodeUint32(r), r.Bool()
}

func (o *readdir) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	limit := int(min(o.max, fsstate.MaxPage))
	entries, eof, status := s.Readdir(c, o.ino, o.cookie, limit, o.plus)
	return appendPage(dst, &page{o.plus, entries, eof}, status)
}

// page is the result of readdir: [entries, eof].
type page struct {
	plus    bool
	entries []fsstate.Dirent
	eof     bool
}

func appendPage(dst []byte, p *page, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, p.fields())
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendArray(dst, len(p.entries))
	for i := range p.entries {
		dst = appendDirent(dst, &p.entries[i], p.plus)
	}
	return wire.AppendBool(dst, p.eof)
}

func (*page) fields() int { return 2 }

func (p *page) decodeFields(r *wire.Reader) {
	p.entries = make([]fsstate.Dirent, 0, r.ArrayMax(fsstate.MaxPage))
	for range cap(p.entries) {
		if r.Err() != nil {
			break
		}
		p.entries = append(p.entries, decodeDirent(r, p.plus))
	}
	p.eof = r.Bool()
}

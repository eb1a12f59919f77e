package bfs

import (
	"errors"
	"math"
	"strings"

	"bfs/fsstate"
	"bfs/pbft/wire"
)

// The values that operations and results are made of.

const (
	callerElements = 3
	attrElements   = 12
	direntElements = 4

	// The file type is in the bits of a mode from typeShift on.
	typeShift = 12
	maxType   = 15
)

func appendCaller(dst []byte, c *fsstate.Caller) []byte {
	dst = wire.AppendArray(dst, callerElements)
	dst = wire.AppendUint(dst, uint64(c.UID))
	dst = wire.AppendUint(dst, uint64(c.GID))
	dst = wire.AppendArray(dst, len(c.Groups))
	for _, g := range c.Groups {
		dst = wire.AppendUint(dst, uint64(g))
	}
	return dst
}

func decodeCaller(r *wire.Reader) fsstate.Caller {
	r.Array(callerElements)
	c := fsstate.Caller{UID: decodeUint32(r), GID: decodeUint32(r)}
	if n := r.ArrayMax(fsstate.MaxGroups); n > 0 {
		c.Groups = make([]uint32, n)
		for i := range c.Groups {
			c.Groups[i] = decodeUint32(r)
		}
	}
	return c
}

func appendAttr(dst []byte, a *fsstate.Attr) []byte {
	dst = wire.AppendArray(dst, attrElements)
	dst = wire.AppendUint(dst, uint64(a.Ino))
	dst = wire.AppendUint(dst, uint64(a.Mode))
	dst = wire.AppendUint(dst, uint64(a.Nlink))
	dst = wire.AppendUint(dst, uint64(a.UID))
	dst = wire.AppendUint(dst, uint64(a.GID))
	dst = wire.AppendUint(dst, uint64(a.Rdev))
	dst = wire.AppendUint(dst, a.Size)
	dst = wire.AppendUint(dst, a.Blocks)
	dst = wire.AppendInt(dst, a.Atime)
	dst = wire.AppendInt(dst, a.Mtime)
	dst = wire.AppendInt(dst, a.Ctime)
	return wire.AppendInt(dst, a.Btime)
}

func decodeAttr(r *wire.Reader) fsstate.Attr {
	r.Array(attrElements)
	return fsstate.Attr{
		Ino:    decodeIno(r),
		Mode:   decodeUint32(r),
		Nlink:  decodeUint32(r),
		UID:    decodeUint32(r),
		GID:    decodeUint32(r),
		Rdev:   decodeUint32(r),
		Size:   r.Uint(),
		Blocks: r.Uint(),
		Atime:  r.Int(),
		Mtime:  r.Int(),
		Ctime:  r.Int(),
		Btime:  r.Int(),
	}
}

// appendDirent writes the file type, unless plus asks for all attributes.
func appendDirent(dst []byte, e *fsstate.Dirent, plus bool) []byte {
	dst = wire.AppendArray(dst, direntElements)
	dst = wire.AppendUint(dst, uint64(e.Ino))
	dst = wire.AppendUint(dst, e.Cookie)
	dst = wire.AppendBytes(dst, e.Name)
	if plus {
		return appendAttr(dst, &e.Attr)
	}
	return wire.AppendUint(dst, uint64(e.Attr.Mode>>typeShift))
}

func decodeDirent(r *wire.Reader, plus bool) fsstate.Dirent {
	r.Array(direntElements)
	e := fsstate.Dirent{Ino: decodeIno(r), Cookie: r.Uint(), Name: decodeEntryName(r)}
	if plus {
		e.Attr = decodeAttr(r)
	} else {
		e.Attr = fsstate.Attr{Ino: e.Ino, Mode: uint32(r.UintMax(maxType)) << typeShift}
	}
	return e
}

func appendIno(dst []byte, ino fsstate.Ino) []byte {
	return wire.AppendUint(dst, uint64(ino))
}

func decodeIno(r *wire.Reader) fsstate.Ino { return fsstate.Ino(r.Uint()) }

func decodeUint32(r *wire.Reader) uint32 { return uint32(r.UintMax(math.MaxUint32)) }

// decodeName takes any bytes, also more than a name or a target may have: the
// state judges them, so that what is wrong has a status of its own.
func decodeName(r *wire.Reader) string { return string(r.Bytes(MaxPath)) }

// errEntryName is the reason to refuse a listing with a name that leads
// somewhere else, as programs build paths from what they list.
var errEntryName = errors.New("a slash or a zero byte, dots alone, or of no lawful length")

func decodeEntryName(r *wire.Reader) string {
	start := r.Offset()
	name := string(r.Bytes(fsstate.MaxName))
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		r.Fail(start, "the name of an entry", errEntryName)
	}
	return name
}

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
	callerElements = 3 // and a umask if it is not 0
	attrElements   = 12
	maxUmask       = 0o777
	direntElements = 4

	// The file type is in the bits of a mode from typeShift on.
	typeShift = 12
	maxType   = 15
)

func appendCaller(dst []byte, c *fsstate.Caller) []byte {
	elements := callerElements
	if c.Umask != 0 {
		elements++
	}
	dst = wire.AppendArray(dst, elements)
	dst = wire.AppendUint(dst, uint64(c.UID))
	dst = wire.AppendUint(dst, uint64(c.GID))
	dst = wire.AppendArray(dst, len(c.Groups))
	for _, g := range c.Groups {
		dst = wire.AppendUint(dst, uint64(g))
	}
	if c.Umask != 0 {
		dst = wire.AppendUint(dst, uint64(c.Umask))
	}
	return dst
}

func decodeCaller(r *wire.Reader) fsstate.Caller {
	start := r.Offset()
	elements := r.ArrayMax(callerElements + 1)
	c := fsstate.Caller{UID: decodeUint32(r), GID: decodeUint32(r)}
	if n := r.ArrayMax(fsstate.MaxGroups); n > 0 {
		c.Groups = make([]uint32, n)
		for i := range c.Groups {
			c.Groups[i] = decodeUint32(r)
		}
	}
	if elements > callerElements {
		c.Umask = uint32(r.UintMax(maxUmask))
	}
	if elements < callerElements || elements > callerElements && c.Umask == 0 {
		r.Fail(start, "a caller", wire.ErrLength)
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

// decodeXattrName takes what lists of names in one string can hold.
func decodeXattrName(r *wire.Reader) string {
	start := r.Offset()
	name := string(r.Bytes(fsstate.MaxName))
	if name == "" || strings.IndexByte(name, 0) >= 0 {
		r.Fail(start, "the name of an extended attribute", errXattrName)
	}
	return name
}

// errXattrName is the reason to refuse a list that would be read as another.
var errXattrName = errors.New("empty or with a zero byte")

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

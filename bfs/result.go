package bfs

import (
	"errors"
	"fmt"

	"bfs/fsstate"
	"bfs/pbft/wire"
)

// ErrMalformed: the service answered with bytes that are no result of the
// operation. It wraps the reason.
var ErrMalformed = errors.New("bfs: malformed result")

// A result is [status, fields…] if the status is OK and [status] otherwise.

// appendStatus appends the head of a result and its status. If that is OK,
// the fields must follow.
func appendStatus(dst []byte, status fsstate.Status, fields int) []byte {
	if status != fsstate.OK {
		fields = 0
	}
	dst = wire.AppendArray(dst, 1+fields)
	return wire.AppendUint(dst, uint64(status))
}

// result is what an operation returns besides its status.
type result interface {
	fields() int
	decodeFields(r *wire.Reader)
}

// decodeResult reads a result into res. The error is the Status if that is
// not OK, ErrMalformed if b is not a result.
func decodeResult(b []byte, res result) error {
	r := wire.NewReader(b)
	elements := r.ArrayMax(len(b))
	status := fsstate.Status(decodeUint32(&r))
	fields := 0
	if status == fsstate.OK {
		fields = res.fields()
	}
	if elements != 1+fields {
		r.Fail(0, "the fields of the result", wire.ErrLength)
	}
	if status == fsstate.OK {
		res.decodeFields(&r)
	}
	if err := r.Finish(); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if status != fsstate.OK {
		return status
	}
	return nil
}

// nothing is the result of what returns a status alone.
type nothing struct{}

func appendNothing(dst []byte, status fsstate.Status) []byte {
	return appendStatus(dst, status, 0)
}

func (*nothing) fields() int               { return 0 }
func (*nothing) decodeFields(*wire.Reader) {}

// attributes is the result of what returns attributes.
type attributes struct{ attr fsstate.Attr }

func appendAttributes(dst []byte, a fsstate.Attr, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, 1)
	if status == fsstate.OK {
		dst = appendAttr(dst, &a)
	}
	return dst
}

func (*attributes) fields() int                   { return 1 }
func (a *attributes) decodeFields(r *wire.Reader) { a.attr = decodeAttr(r) }

// number is the result of what returns an offset or a length.
type number struct{ value uint64 }

func appendNumber(dst []byte, value uint64, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, 1)
	if status == fsstate.OK {
		dst = wire.AppendUint(dst, value)
	}
	return dst
}

func (*number) fields() int                   { return 1 }
func (n *number) decodeFields(r *wire.Reader) { n.value = r.Uint() }

// contents is the result of what returns bytes; max bounds them.
type contents struct {
	max   int
	bytes []byte
}

func appendContents[Bytes ~[]byte | ~string](dst []byte, b Bytes, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, 1)
	if status == fsstate.OK {
		dst = wire.AppendBytes(dst, b)
	}
	return dst
}

func (*contents) fields() int                   { return 1 }
func (c *contents) decodeFields(r *wire.Reader) { c.bytes = r.Bytes(c.max) }

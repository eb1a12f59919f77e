package wire

import (
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// What a Reader wants, for its errors.
const (
	wantUint  = "an unsigned integer"
	wantInt   = "an integer"
	wantBool  = "a boolean"
	wantArray = "an array"
	wantBytes = "a byte string"
	wantText  = "a text"
)

// Uint reads an unsigned integer.
func (r *Reader) Uint() uint64 {
	c, ok := r.code(wantUint)
	if !ok || c < sizeFixUint {
		return uint64(c)
	}
	return r.longUint(c, wantUint)
}

// UintMax reads an unsigned integer from 0 to max.
func (r *Reader) UintMax(max uint64) uint64 {
	start := r.offset
	v := r.Uint()
	if v > max {
		r.Fail(start, wantUint, ErrRange)
		return 0
	}
	return v
}

// longUint reads what follows the code of an unsigned integer.
func (r *Reader) longUint(c byte, want string) uint64 {
	switch c {
	case msgpcode.Uint8:
		return r.number(1, sizeFixUint, want)
	case msgpcode.Uint16:
		return r.number(2, least16, want)
	case msgpcode.Uint32:
		return r.number(4, least32, want)
	case msgpcode.Uint64:
		return r.number(8, least64, want)
	}
	r.Fail(r.offset-1, want, ErrType)
	return 0
}

// Int reads a signed integer.
func (r *Reader) Int() int64 {
	start := r.offset
	c, ok := r.code(wantInt)
	switch {
	case !ok || c < sizeFixUint || c >= msgpcode.NegFixedNumLow:
		return int64(int8(c))
	case c >= msgpcode.Int8 && c <= msgpcode.Int64:
		return r.negative(c)
	}
	v := r.longUint(c, wantInt)
	if v > math.MaxInt64 {
		r.Fail(start, wantInt, ErrRange)
		return 0
	}
	return int64(v)
}

// negative reads what follows the code of a signed integer, which must be
// negative: otherwise it has an unsigned form.
func (r *Reader) negative(c byte) int64 {
	start, v, shortest := r.offset-1, int64(0), true
	switch c {
	case msgpcode.Int8:
		v = int64(int8(r.number(1, 0, wantInt)))
		shortest = v < minFixInt
	case msgpcode.Int16:
		v = int64(int16(r.number(2, 0, wantInt)))
		shortest = v < math.MinInt8
	case msgpcode.Int32:
		v = int64(int32(r.number(4, 0, wantInt)))
		shortest = v < math.MinInt16
	default:
		v = int64(r.number(8, 0, wantInt))
		shortest = v < math.MinInt32
	}
	if !shortest {
		r.Fail(start, wantInt, ErrNotCanonical)
		return 0
	}
	return v
}

// Bool reads a boolean.
func (r *Reader) Bool() bool {
	c, ok := r.code(wantBool)
	if ok && c != msgpcode.True && c != msgpcode.False {
		r.Fail(r.offset-1, wantBool, ErrType)
		return false
	}
	return c == msgpcode.True
}

// Array reads the head of an array of exactly length elements.
func (r *Reader) Array(length int) {
	start := r.offset
	if n := r.arrayHead(); r.err == nil && n != uint64(length) {
		r.Fail(start, wantArray, ErrLength)
	}
}

// ArrayMax reads the head of an array of at most max elements and returns
// their number, which is never more than the number of bytes left to read.
func (r *Reader) ArrayMax(max int) int {
	start := r.offset
	n := r.arrayHead()
	switch {
	case n > uint64(max):
		r.Fail(start, wantArray, ErrTooLong)
		return 0
	case n > uint64(r.Remaining()):
		r.Fail(start, wantArray, ErrTruncated)
		return 0
	}
	return int(n)
}

func (r *Reader) arrayHead() uint64 {
	c, ok := r.code(wantArray)
	switch {
	case !ok:
		return 0
	case msgpcode.IsFixedArray(c):
		return uint64(c & msgpcode.FixedArrayMask)
	case c == msgpcode.Array16:
		return r.number(2, sizeFixArray, wantArray)
	case c == msgpcode.Array32:
		return r.number(4, least32, wantArray)
	}
	r.Fail(r.offset-1, wantArray, ErrType)
	return 0
}

// Bytes reads a byte string (bin) of at most max bytes. The result is a part
// of the input; it is empty, not nil, for an empty byte string.
func (r *Reader) Bytes(max int) []byte {
	start := r.offset
	n := r.bytesHead()
	if n > uint64(max) {
		r.Fail(start, wantBytes, ErrTooLong)
		return nil
	}
	return r.take(start, n, wantBytes)
}

// Fixed reads a byte string (bin) of exactly length bytes. The result is a
// part of the input; it is nil after an error.
func (r *Reader) Fixed(length int) []byte {
	start := r.offset
	if n := r.bytesHead(); r.err == nil && n != uint64(length) {
		r.Fail(start, wantBytes, ErrLength)
	}
	return r.take(start, uint64(length), wantBytes)
}

func (r *Reader) bytesHead() uint64 {
	c, ok := r.code(wantBytes)
	switch {
	case !ok:
		return 0
	case c == msgpcode.Bin8:
		return r.number(1, 0, wantBytes)
	case c == msgpcode.Bin16:
		return r.number(2, least16, wantBytes)
	case c == msgpcode.Bin32:
		return r.number(4, least32, wantBytes)
	}
	r.Fail(r.offset-1, wantBytes, ErrType)
	return 0
}

// Text reads a text (str) of at most max bytes, which may be any bytes. It
// is a copy.
func (r *Reader) Text(max int) string {
	start := r.offset
	n := r.textHead()
	if n > uint64(max) {
		r.Fail(start, wantText, ErrTooLong)
		return ""
	}
	return string(r.take(start, n, wantText))
}

func (r *Reader) textHead() uint64 {
	c, ok := r.code(wantText)
	switch {
	case !ok:
		return 0
	case msgpcode.IsFixedString(c):
		return uint64(c & msgpcode.FixedStrMask)
	case c == msgpcode.Str8:
		return r.number(1, sizeFixText, wantText)
	case c == msgpcode.Str16:
		return r.number(2, least16, wantText)
	case c == msgpcode.Str32:
		return r.number(4, least32, wantText)
	}
	r.Fail(r.offset-1, wantText, ErrType)
	return 0
}

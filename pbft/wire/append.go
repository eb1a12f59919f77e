package wire

import (
	"encoding/binary"
	"math"

	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// AppendUint appends v to dst in its shortest form.
func AppendUint(dst []byte, v uint64) []byte {
	switch {
	case v < sizeFixUint:
		return append(dst, byte(v))
	case v <= math.MaxUint8:
		return append(dst, msgpcode.Uint8, byte(v))
	case v <= math.MaxUint16:
		return append16(dst, msgpcode.Uint16, uint16(v))
	case v <= math.MaxUint32:
		return append32(dst, msgpcode.Uint32, uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, msgpcode.Uint64), v)
}

// AppendInt appends v to dst in its shortest form, which for v >= 0 is the
// form that AppendUint writes.
func AppendInt(dst []byte, v int64) []byte {
	switch {
	case v >= 0:
		return AppendUint(dst, uint64(v))
	case v >= minFixInt:
		return append(dst, byte(v))
	case v >= math.MinInt8:
		return append(dst, msgpcode.Int8, byte(v))
	case v >= math.MinInt16:
		return append16(dst, msgpcode.Int16, uint16(v))
	case v >= math.MinInt32:
		return append32(dst, msgpcode.Int32, uint32(v))
	}
	return binary.BigEndian.AppendUint64(append(dst, msgpcode.Int64), uint64(v))
}

// AppendBool appends v to dst.
func AppendBool(dst []byte, v bool) []byte {
	if v {
		return append(dst, msgpcode.True)
	}
	return append(dst, msgpcode.False)
}

// AppendArray appends the head of an array to dst; its length elements must
// follow. It holds from 0 to 2^32-1 elements.
func AppendArray(dst []byte, length int) []byte {
	switch n := length32(length); {
	case n < sizeFixArray:
		return append(dst, msgpcode.FixedArrayLow|byte(n))
	case n <= math.MaxUint16:
		return append16(dst, msgpcode.Array16, uint16(n))
	default:
		return append32(dst, msgpcode.Array32, n)
	}
}

// AppendBytes appends v to dst as a byte string (bin), also where v is held
// as a Go string, such as a file's name. nil is written like an empty slice.
func AppendBytes[Bytes ~[]byte | ~string](dst []byte, v Bytes) []byte {
	return append(AppendBytesHead(dst, len(v)), v...)
}

// AppendBytesHead appends the head of a byte string to dst; its length bytes
// must follow. It is for what is not held in one piece.
func AppendBytesHead(dst []byte, length int) []byte {
	switch n := length32(length); {
	case n <= math.MaxUint8:
		return append(dst, msgpcode.Bin8, byte(n))
	case n <= math.MaxUint16:
		return append16(dst, msgpcode.Bin16, uint16(n))
	default:
		return append32(dst, msgpcode.Bin32, n)
	}
}

// AppendText appends v to dst as text (str), which may be any bytes.
func AppendText(dst []byte, v string) []byte {
	switch n := length32(len(v)); {
	case n < sizeFixText:
		dst = append(dst, msgpcode.FixedStrLow|byte(n))
	case n <= math.MaxUint8:
		dst = append(dst, msgpcode.Str8, byte(n))
	case n <= math.MaxUint16:
		dst = append16(dst, msgpcode.Str16, uint16(n))
	default:
		dst = append32(dst, msgpcode.Str32, n)
	}
	return append(dst, v...)
}

func append16(dst []byte, code byte, v uint16) []byte {
	return append(dst, code, byte(v>>8), byte(v))
}

func append32(dst []byte, code byte, v uint32) []byte {
	return append(dst, code, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// length32 asserts that a length, which our own code gives, fits the format.
func length32(length int) uint32 {
	if length < 0 || int64(length) > math.MaxUint32 {
		panic("wire: a length must be from 0 to 2^32-1")
	}
	return uint32(length)
}

package wire_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"testing"

	"bfs/pbft/wire"
)

// reading is one call of a Reader's method, made for its error only.
type reading func(r *wire.Reader)

func readUint(r *wire.Reader)  { r.Uint() }
func readInt(r *wire.Reader)   { r.Int() }
func readBool(r *wire.Reader)  { r.Bool() }
func readArray(r *wire.Reader) { r.Array(2) }
func readList(r *wire.Reader)  { r.ArrayMax(20) }
func readBytes(r *wire.Reader) { r.Bytes(300) }
func readFixed(r *wire.Reader) { r.Fixed(2) }
func readText(r *wire.Reader)  { r.Text(300) }

var refused = []struct {
	name   string
	read   reading
	input  string // in hexadecimal
	reason error
}{
	{"uint from nothing", readUint, "", wire.ErrTruncated},
	{"uint8 cut", readUint, "cc", wire.ErrTruncated},
	{"uint64 cut", readUint, "cf00000001000000", wire.ErrTruncated},
	{"uint of 7 bits in 8", readUint, "cc7f", wire.ErrNotCanonical},
	{"uint of 8 bits in 16", readUint, "cd00ff", wire.ErrNotCanonical},
	{"uint of 16 bits in 32", readUint, "ce0000ffff", wire.ErrNotCanonical},
	{"uint of 32 bits in 64", readUint, "cf00000000ffffffff", wire.ErrNotCanonical},
	{"-1 for a uint", readUint, "ff", wire.ErrType},
	{"int8 for a uint", readUint, "d001", wire.ErrType},
	{"nil for a uint", readUint, "c0", wire.ErrType},
	{"float for a uint", readUint, "ca3f800000", wire.ErrType},
	{"bool for a uint", readUint, "c3", wire.ErrType},
	{"uint above its bound", func(r *wire.Reader) { r.UintMax(9) }, "0a", wire.ErrRange},
	{"uint that is no int64", readInt, "cf8000000000000000", wire.ErrRange},
	{"0 as int8", readInt, "d000", wire.ErrNotCanonical},
	{"-32 as int8", readInt, "d0e0", wire.ErrNotCanonical},
	{"-128 as int16", readInt, "d1ff80", wire.ErrNotCanonical},
	{"-32768 as int32", readInt, "d2ffff8000", wire.ErrNotCanonical},
	{"-2^31 as int64", readInt, "d3ffffffff80000000", wire.ErrNotCanonical},
	{"positive as int64", readInt, "d37fffffffffffffff", wire.ErrNotCanonical},
	{"127 as uint8 for an int", readInt, "cc7f", wire.ErrNotCanonical},
	{"int16 cut", readInt, "d1ff", wire.ErrTruncated},
	{"bytes for an int", readInt, "c400", wire.ErrType},
	{"0 for a bool", readBool, "00", wire.ErrType},
	{"nil for a bool", readBool, "c0", wire.ErrType},
	{"no bool", readBool, "", wire.ErrTruncated},
	{"map for an array", readArray, "8201020304", wire.ErrType},
	{"map16 for an array", readArray, "de0002", wire.ErrType},
	{"nil for an array", readArray, "c0", wire.ErrType},
	{"array too short", readArray, "9101", wire.ErrLength},
	{"array too long", readArray, "93010203", wire.ErrLength},
	{"array of 2 as array16", readArray, "dc00020102", wire.ErrNotCanonical},
	{"array of 2 as array32", readArray, "dd000000020102", wire.ErrNotCanonical},
	{"array16 cut", readArray, "dc00", wire.ErrTruncated},
	{"list beyond its bound", readList, "dc0015" + strings.Repeat("00", 21), wire.ErrTooLong},
	{"list of 2^32-1", readList, "ddffffffff00", wire.ErrTooLong},
	{"list longer than the input", readList, "940102", wire.ErrTruncated},
	{"text for bytes", readBytes, "a161", wire.ErrType},
	{"ext for bytes", readBytes, "c70100ff", wire.ErrType},
	{"nil for bytes", readBytes, "c0", wire.ErrType},
	{"array for bytes", readBytes, "9100", wire.ErrType},
	{"bytes longer than the input", readBytes, "c403abcd", wire.ErrTruncated},
	{"bytes beyond their bound", readBytes, "c5012d" + strings.Repeat("00", 301), wire.ErrTooLong},
	{"bytes of 2^32-1", readBytes, "c6ffffffff", wire.ErrTooLong},
	{"2 bytes as bin16", readBytes, "c50002abcd", wire.ErrNotCanonical},
	{"2 bytes as bin32", readBytes, "c600000002abcd", wire.ErrNotCanonical},
	{"fixed too short", readFixed, "c401ab", wire.ErrLength},
	{"fixed too long", readFixed, "c403abcdef", wire.ErrLength},
	{"fixed cut", readFixed, "c402ab", wire.ErrTruncated},
	{"bytes for a text", readText, "c401ab", wire.ErrType},
	{"text cut", readText, "a261", wire.ErrTruncated},
	{"short text as str8", readText, "d90161", wire.ErrNotCanonical},
	{"short text as str16", readText, "da000161", wire.ErrNotCanonical},
	{"short text as str32", readText, "db0000000161", wire.ErrNotCanonical},
	{"text of 2^32-1", readText, "dbffffffff", wire.ErrTooLong},
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReaderRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range refused {
		r := wire.NewReader(unhex(t, c.input))
		c.read(&r)
		var typed *wire.Error
		if !errors.Is(r.Err(), c.reason) || !errors.As(r.Err(), &typed) || typed.Offset != 0 {
			t.Errorf("%s (%s): error %v, want %v at byte 0", c.name, c.input, r.Err(), c.reason)
		}
	}
}

func TestNothingIsReadAfterAnError(t *testing.T) {
	t.Parallel()
	good := wire.AppendBytes(wire.AppendUint(nil, 7), "abc")
	r := wire.NewReader(append(wire.AppendBool(nil, true), good...))
	r.Uint()
	first := r.Err()
	if r.Uint() != 0 || r.Int() != 0 || r.Bool() || r.ArrayMax(9) != 0 || r.Text(9) != "" {
		t.Error("a value came after the error")
	}
	if r.Bytes(9) != nil || r.Fixed(0) != nil || r.Since(0) != nil || r.Remaining() != 0 {
		t.Error("bytes came after the error")
	}
	if r.Array(0); r.Err() != first || r.Finish() != first {
		t.Errorf("the error became %v, first it was %v", r.Err(), first)
	}
}

func TestFailKeepsTheFirstError(t *testing.T) {
	t.Parallel()
	mine := errors.New("an unknown colour")
	r := wire.NewReader([]byte{1, 2, 3})
	r.Uint()
	r.Fail(0, "a colour", mine)
	r.Fail(1, "a shape", wire.ErrRange)
	if err := r.Finish(); !errors.Is(err, mine) {
		t.Errorf("Finish says %v, want the first failure", err)
	}
	if got, want := r.Err().Error(), "wire: byte 0: want a colour: an unknown colour"; got != want {
		t.Errorf("the message is %q, want %q", got, want)
	}
}

func TestFinishRefusesTrailingBytes(t *testing.T) {
	t.Parallel()
	r := wire.NewReader([]byte{1, 2})
	r.Uint()
	if err := r.Finish(); !errors.Is(err, wire.ErrTrailing) {
		t.Errorf("Finish with a byte left says %v", err)
	}
}

func TestBytesAliasTheInputAndCannotGrowIntoIt(t *testing.T) {
	t.Parallel()
	input := wire.AppendBytes(wire.AppendBytes(nil, "first"), "next")
	kept := bytes.Clone(input)
	r := wire.NewReader(input)
	b := r.Bytes(10)
	if &b[0] != &input[2] {
		t.Error("the bytes were copied")
	}
	_ = append(b, "overwrite"...)
	if !bytes.Equal(input, kept) {
		t.Error("appending to the result changed the input")
	}
	if got := r.Since(0); !bytes.Equal(got, input[:7]) {
		t.Errorf("Since(0) = %x, want what was read", got)
	}
}

func TestEmptyBytesAreNotNil(t *testing.T) {
	t.Parallel()
	r := wire.NewReader(wire.AppendBytes[[]byte](nil, nil))
	if b := r.Bytes(0); b == nil || len(b) != 0 || r.Finish() != nil {
		t.Errorf("empty bytes came back as %#v, error %v", b, r.Err())
	}
}

func TestReadingDoesNotAllocate(t *testing.T) {
	input := wire.AppendArray(nil, 4)
	input = wire.AppendUint(input, math.MaxUint64)
	input = wire.AppendInt(input, math.MinInt64)
	input = wire.AppendBool(input, true)
	input = wire.AppendBytes(input, "some bytes")
	allocs := testing.AllocsPerRun(100, func() {
		r := wire.NewReader(input)
		r.Array(4)
		r.Uint()
		r.Int()
		r.Bool()
		r.Bytes(10)
		if r.Finish() != nil {
			t.Fatal(r.Err())
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}

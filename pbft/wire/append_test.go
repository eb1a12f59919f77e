package wire_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"bfs/pbft/wire"
)

// interestingInts are the integers at the edges of every form.
func interestingInts() []int64 {
	edges := []int64{
		0, 1, 31, 32, 127, 128, math.MaxUint8, math.MaxUint8 + 1, math.MaxInt16, math.MaxUint16, math.MaxUint16 + 1,
		math.MaxInt32, math.MaxUint32, math.MaxUint32 + 1, math.MaxInt64,
	}
	var all []int64
	for _, v := range edges {
		all = append(all, v, -v, -v-1)
	}
	return all
}

// reference encodes with the MessagePack library, which also writes the
// shortest form.
func reference(t *testing.T, encode func(*msgpack.Encoder) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(msgpack.NewEncoder(&b)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestIntegersAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	t.Parallel()
	for _, v := range interestingInts() {
		want := reference(t, func(e *msgpack.Encoder) error { return e.EncodeInt(v) })
		if got := wire.AppendInt(nil, v); !bytes.Equal(got, want) {
			t.Errorf("AppendInt(%d) = %x, the library writes %x", v, got, want)
		}
		want = reference(t, func(e *msgpack.Encoder) error { return e.EncodeUint(uint64(v)) })
		if got := wire.AppendUint(nil, uint64(v)); !bytes.Equal(got, want) {
			t.Errorf("AppendUint(%d) = %x, the library writes %x", uint64(v), got, want)
		}
	}
}

func TestIntegersComeBack(t *testing.T) {
	t.Parallel()
	for _, v := range interestingInts() {
		b := wire.AppendUint(wire.AppendInt(nil, v), uint64(v))
		r := wire.NewReader(b)
		if i, u := r.Int(), r.Uint(); i != v || u != uint64(v) || r.Finish() != nil {
			t.Errorf("%d came back as %d, %d, error %v", v, i, u, r.Err())
		}
	}
}

// interestingLengths are the lengths at the edges of every form.
var interestingLengths = []int{0, 1, 15, 16, 31, 32, 255, 256, 65535, 65536}

func TestBytesAndTextAreWrittenAsTheLibraryWritesThem(t *testing.T) {
	t.Parallel()
	for _, n := range interestingLengths {
		v := bytes.Repeat([]byte{0xff}, n)
		want := reference(t, func(e *msgpack.Encoder) error { return e.EncodeBytes(v) })
		if got := wire.AppendBytes(nil, v); !bytes.Equal(got, want) {
			t.Errorf("AppendBytes of %d bytes differs from the library's", n)
		}
		if got := wire.AppendBytes(nil, string(v)); !bytes.Equal(got, want) {
			t.Errorf("AppendBytes of a string of %d bytes differs from the library's", n)
		}
		want = reference(t, func(e *msgpack.Encoder) error { return e.EncodeString(string(v)) })
		if got := wire.AppendText(nil, string(v)); !bytes.Equal(got, want) {
			t.Errorf("AppendText of %d bytes differs from the library's", n)
		}
		want = reference(t, func(e *msgpack.Encoder) error { return e.EncodeArrayLen(n) })
		if got := wire.AppendArray(nil, n); !bytes.Equal(got, want) {
			t.Errorf("AppendArray of %d differs from the library's", n)
		}
	}
}

func TestBytesAndTextComeBack(t *testing.T) {
	t.Parallel()
	for _, n := range interestingLengths {
		v := bytes.Repeat([]byte{'x'}, n)
		b := wire.AppendText(wire.AppendBytes(wire.AppendBytes(nil, v), v), string(v))
		r := wire.NewReader(b)
		got, fixed, text := r.Bytes(n), r.Fixed(n), r.Text(n)
		if err := r.Finish(); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		if !bytes.Equal(got, v) || !bytes.Equal(fixed, v) || text != string(v) {
			t.Errorf("%d bytes came back different", n)
		}
	}
}

func TestAppendRefusesALengthThatDoesNotFit(t *testing.T) {
	t.Parallel()
	for _, n := range []int{-1, math.MaxUint32 + 1} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("AppendArray(%d) did not panic", n)
				}
			}()
			wire.AppendArray(nil, n)
		}()
	}
}

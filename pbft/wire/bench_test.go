package wire_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"bfs/pbft/wire"
)

// The benchmarks write and read an array of three numbers and a byte string
// of 32, which is what a vote of the protocol has.

var payload = bytes.Repeat([]byte{0x11}, 32)

func appendSample(dst []byte) []byte {
	dst = wire.AppendArray(dst, 4)
	dst = wire.AppendUint(dst, 3)
	dst = wire.AppendUint(dst, math.MaxUint16+1)
	dst = wire.AppendInt(dst, -300)
	return wire.AppendBytes(dst, payload)
}

func encodeSample(e *msgpack.Encoder) error {
	if err := e.EncodeArrayLen(4); err != nil {
		return err
	}
	if err := e.EncodeUint(3); err != nil {
		return err
	}
	if err := e.EncodeUint(math.MaxUint16 + 1); err != nil {
		return err
	}
	if err := e.EncodeInt(-300); err != nil {
		return err
	}
	return e.EncodeBytes(payload)
}

func decodeSample(d *msgpack.Decoder) error {
	if _, err := d.DecodeArrayLen(); err != nil {
		return err
	}
	if _, err := d.DecodeUint64(); err != nil {
		return err
	}
	if _, err := d.DecodeUint64(); err != nil {
		return err
	}
	if _, err := d.DecodeInt64(); err != nil {
		return err
	}
	_, err := d.DecodeBytes()
	return err
}

func TestTheComparisonIsFair(t *testing.T) {
	t.Parallel()
	if want := reference(t, encodeSample); !bytes.Equal(appendSample(nil), want) {
		t.Errorf("written %x, the library writes %x", appendSample(nil), want)
	}
}

func BenchmarkWrite(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		dst := make([]byte, 0, 64)
		for b.Loop() {
			dst = appendSample(dst[:0])
		}
	})
	b.Run("library-primitives", func(b *testing.B) {
		b.ReportAllocs()
		var out bytes.Buffer
		e := msgpack.NewEncoder(&out)
		for b.Loop() {
			out.Reset()
			if err := encodeSample(e); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	input := appendSample(nil)
	b.Run("here", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := wire.NewReader(input)
			r.Array(4)
			r.Uint()
			r.Uint()
			r.Int()
			r.Bytes(32)
			if r.Finish() != nil {
				b.Fatal(r.Err())
			}
		}
	})
	b.Run("library-primitives", func(b *testing.B) {
		b.ReportAllocs()
		in := bytes.NewReader(input)
		d := msgpack.NewDecoder(in)
		for b.Loop() {
			in.Reset(input)
			d.Reset(in)
			if err := decodeSample(d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

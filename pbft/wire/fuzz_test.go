package wire_test

import (
	"bytes"
	"testing"

	"bfs/pbft/wire"
)

// FuzzReader reads input as the values that plan's bytes name, and holds that
// whatever was read is written back to the same bytes.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 1, 2}, wire.AppendBool(wire.AppendInt(wire.AppendUint(nil, 300), -300), true))
	f.Add([]byte{3, 4, 5}, wire.AppendText(wire.AppendBytes(wire.AppendArray(nil, 3), "bytes"), "text"))
	for _, c := range refused {
		f.Add([]byte{0, 0, 0}, unhex(f, c.input))
	}
	for kind := range byte(6) {
		for _, v := range interestingInts() {
			f.Add([]byte{kind}, wire.AppendInt(nil, v))
		}
	}
	f.Fuzz(func(t *testing.T, plan, input []byte) {
		r := wire.NewReader(input)
		var again []byte
		for _, kind := range plan {
			before := len(again)
			again = copyValue(again, &r, kind)
			if r.Err() != nil {
				again = again[:before]
				break
			}
		}
		if !bytes.HasPrefix(input, again) {
			t.Fatalf("read %x\nwrote %x", input, again)
		}
		if r.Finish() == nil && len(again) != len(input) {
			t.Fatalf("all of %x was read, %x was written", input, again)
		}
	})
}

// copyValue reads one value and appends it to dst.
func copyValue(dst []byte, r *wire.Reader, kind byte) []byte {
	const bound = 1000
	switch kind % 6 {
	case 0:
		return wire.AppendUint(dst, r.Uint())
	case 1:
		return wire.AppendInt(dst, r.Int())
	case 2:
		return wire.AppendBool(dst, r.Bool())
	case 3:
		return wire.AppendArray(dst, r.ArrayMax(bound))
	case 4:
		return wire.AppendBytes(dst, r.Bytes(bound))
	default:
		return wire.AppendText(dst, r.Text(bound))
	}
}

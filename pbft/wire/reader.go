package wire

import "github.com/vmihailenco/msgpack/v5/msgpcode"

// Reader takes values off the front of a byte slice, each of the type that
// its caller asks for. The first value that is not as asked stops it: from
// then on every method returns a zero value and Err tells what happened, so a
// caller may read a whole structure and look at the error once, before it
// uses any of it.
//
// A Reader is a small value and is not safe for concurrent use. Its input must
// not be changed while the slices that it returned are in use.
type Reader struct {
	input  []byte
	offset int // of the next byte to read; len(input) after a failure
	err    error
}

// NewReader returns a Reader at the start of input.
func NewReader(input []byte) Reader { return Reader{input: input} }

// Err returns the first error, an *Error, or nil.
func (r *Reader) Err() error { return r.err }

// Fail stops the Reader, if it has not stopped yet, with an *Error for the
// value that starts at offset: for a value that was well written, but may not
// stand there. The caller's want completes "want …".
func (r *Reader) Fail(offset int, want string, reason error) {
	if r.err == nil {
		r.err = &Error{Offset: offset, Want: want, Reason: reason}
	}
	r.offset = len(r.input)
}

// Finish returns the first error, which is ErrTrailing if all was well but
// the input goes on.
func (r *Reader) Finish() error {
	if r.err == nil && r.offset < len(r.input) {
		r.Fail(r.offset, "nothing", ErrTrailing)
	}
	return r.err
}

// Offset returns the place of the next value, in bytes from the start of the
// input.
func (r *Reader) Offset() int { return r.offset }

// Since returns the input from offset, which an earlier call of Offset gave,
// up to the next value; it is empty after an error.
func (r *Reader) Since(offset int) []byte {
	if r.err != nil {
		return nil
	}
	return r.input[offset:r.offset:r.offset]
}

// Remaining returns how many bytes are left to read, 0 after an error.
func (r *Reader) Remaining() int { return len(r.input) - r.offset }

// code takes the byte that begins a value. It says false if there is none.
func (r *Reader) code(want string) (byte, bool) {
	if r.offset >= len(r.input) {
		r.Fail(r.offset, want, ErrTruncated)
		return 0, false
	}
	c := r.input[r.offset]
	r.offset++
	return c, true
}

// AtBytes says whether the next value is bytes, without reading it.
func (r *Reader) AtBytes() bool {
	if r.offset >= len(r.input) {
		return false
	}
	c := r.input[r.offset]
	return c == msgpcode.Bin8 || c == msgpcode.Bin16 || c == msgpcode.Bin32
}

// number takes the big-endian integer of size bytes that follows a code, and
// refuses it if it is below least and so has a shorter form.
func (r *Reader) number(size int, least uint64, want string) uint64 {
	start := r.offset - 1
	if r.Remaining() < size {
		r.Fail(start, want, ErrTruncated)
		return 0
	}
	var v uint64
	for _, b := range r.input[r.offset : r.offset+size] {
		v = v<<8 | uint64(b)
	}
	r.offset += size
	if v < least {
		r.Fail(start, want, ErrNotCanonical)
		return 0
	}
	return v
}

// take returns the next length bytes of the value that starts at start.
func (r *Reader) take(start int, length uint64, want string) []byte {
	if uint64(r.Remaining()) < length {
		r.Fail(start, want, ErrTruncated)
	}
	if r.err != nil {
		return nil
	}
	end := r.offset + int(length)
	b := r.input[r.offset:end:end]
	r.offset = end
	return b
}

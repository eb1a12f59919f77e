package wire

import (
	"errors"
	"fmt"
)

// Reasons for which a Reader refuses its input. They arrive inside an Error
// and are told apart with errors.Is.
var (
	// ErrTruncated: the input ends inside a value, or before it.
	ErrTruncated = errors.New("the input ends too early")
	// ErrType: there is a value of another type than the one asked for.
	ErrType = errors.New("a value of another type")
	// ErrNotCanonical: the value is written in more bytes than it needs.
	ErrNotCanonical = errors.New("not in its shortest form")
	// ErrTooLong: a byte string, text or list exceeds the caller's bound.
	ErrTooLong = errors.New("longer than allowed")
	// ErrLength: an array or byte string has not the one length it must have.
	ErrLength = errors.New("of the wrong length")
	// ErrRange: an integer lies outside of the bounds that its meaning sets.
	ErrRange = errors.New("out of range")
	// ErrTrailing: there are bytes after the last value.
	ErrTrailing = errors.New("followed by more bytes")
)

// Error says where a Reader stopped, what it was to read there, and why it
// did not. It unwraps to the reason.
type Error struct {
	// Offset is where the refused value starts, in bytes from the start of
	// the input.
	Offset int
	// Want names what was to be read, such as "a byte string".
	Want string
	// Reason is one of this package's errors, or what was given to Fail.
	Reason error
}

// Error tells the place, the expectation and the reason in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("wire: byte %d: want %s: %v", e.Offset, e.Want, e.Reason)
}

// Unwrap gives the reason to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Reason }

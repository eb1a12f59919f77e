package cluster

import (
	"fmt"
	"strconv"
	"time"
)

// Duration is a time.Duration that is written as "150ms" or "1m0s".
type Duration time.Duration

// MarshalText writes the duration as time.Duration.String does.
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).String()), nil
}

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration: write a number with a unit, such as \"150ms\" or \"1m\"", text)
	}
	*d = Duration(v)
	return nil
}

// Mode is the permission bits of a file, written in octal: "0755".
type Mode uint32

// MarshalText writes four octal digits.
func (m Mode) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%04o", uint32(m)), nil
}

// UnmarshalText reads octal digits, at most 07777.
func (m *Mode) UnmarshalText(text []byte) error {
	v, err := strconv.ParseUint(string(text), 8, 12)
	if err != nil {
		return fmt.Errorf("%q is not a mode: write permission bits in octal, such as \"0755\"", text)
	}
	*m = Mode(v)
	return nil
}

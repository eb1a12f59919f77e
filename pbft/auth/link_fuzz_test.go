package auth

import (
	"bytes"
	"testing"
)

// FuzzVerify: of all frames, a link takes the one that its peer has sent next.
func FuzzVerify(f *testing.F) {
	w := newWorld(f, 2, 0)
	a, b := links(f, w, replica(1), replica(0))
	payload := []byte("the first frame")
	tag := a.Tag(payload)
	later := a.Tag(payload)
	f.Add(payload, later[:])
	f.Add([]byte{}, tag[:])
	f.Add(append(bytes.Clone(payload), 0), tag[:])
	f.Fuzz(func(t *testing.T, got, with []byte) {
		var other [16]byte
		copy(other[:], with)
		if other == tag && bytes.Equal(got, payload) {
			return
		}
		if err := b.Verify(got, other); err == nil {
			t.Errorf("%x with tag %x was taken", got, other)
		}
	})
}

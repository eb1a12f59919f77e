package transport

import (
	"bytes"
	"net"
	"testing"
)

// received is a connection on which input has arrived, and nothing else will.
type received struct {
	net.Conn
	*bytes.Reader
}

func (r received) Read(p []byte) (int, error) { return r.Reader.Read(p) }

// FuzzOpening: a connection begins with one opening or welcome exactly, and no
// byte after it is read.
func FuzzOpening(f *testing.F) {
	for _, o := range []opening{opensAnew, opensSuccessor, opensSuccessor + 1} {
		f.Add(frameOf(0, []byte{byte(o)}))
	}
	f.Add(frameOf(0, nil))
	f.Add(append(frameOf(0, nil), frameOf(1, []byte("payload"))...))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, input []byte) {
		in := received{Reader: bytes.NewReader(input)}
		if o, err := readOpening(in, &fakeLink{}); err == nil && (o > opensSuccessor || !bytes.HasPrefix(input, frameOf(0, []byte{byte(o)}))) {
			t.Errorf("%x was taken for opening %d", input, o)
		}
		if read := len(input) - in.Len(); read > headerSize+1+tagSize {
			t.Errorf("%d bytes were read for an opening", read)
		}
		in = received{Reader: bytes.NewReader(input)}
		if err := readWelcome(in, &fakeLink{}); err == nil && !bytes.HasPrefix(input, frameOf(0, nil)) {
			t.Errorf("%x was taken for a welcome", input)
		}
	})
}

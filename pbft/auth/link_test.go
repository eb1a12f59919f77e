package auth

import (
	"errors"
	"fmt"
	"testing"
)

// frame is a payload with the tag it travels with.
type frame struct {
	payload []byte
	tag     [16]byte
}

func frames(l *Link, payloads ...string) []frame {
	var all []frame
	for _, p := range payloads {
		all = append(all, frame{[]byte(p), l.Tag([]byte(p))})
	}
	return all
}

func TestFramesOutOfPlaceAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 0)
	for _, test := range []struct {
		name  string
		order []int // indices of the frames as they arrive; the last is wrong
	}{
		{"repeated", []int{0, 0}},
		{"repeated later", []int{0, 1, 0}},
		{"swapped", []int{1}},
		{"left out", []int{0, 2}},
	} {
		a, b := links(t, w, replica(1), replica(0))
		sent := frames(a, "one", "two", "three")
		last := len(test.order) - 1
		for i, n := range test.order {
			err := b.Verify(sent[n].payload, sent[n].tag)
			if i < last && err != nil {
				t.Errorf("%s: frame %d: %v", test.name, n, err)
			}
			if i == last && !errors.Is(err, ErrBadTag) {
				t.Errorf("%s: got %v, want ErrBadTag", test.name, err)
			}
		}
	}
}

func TestChangedFramesAreRefused(t *testing.T) {
	t.Parallel()
	a, b := links(t, newWorld(t, 2, 0), replica(1), replica(0))
	sent := frames(a, "a payload of more than one block of AES")[0]
	for i := range len(sent.payload) * 8 {
		changed := append([]byte(nil), sent.payload...)
		changed[i/8] ^= 1 << (i % 8)
		if err := b.Verify(changed, sent.tag); !errors.Is(err, ErrBadTag) {
			t.Errorf("payload bit %d changed: %v", i, err)
		}
	}
	for i := range len(sent.tag) * 8 {
		tag := sent.tag
		tag[i/8] ^= 1 << (i % 8)
		if err := b.Verify(sent.payload, tag); !errors.Is(err, ErrBadTag) {
			t.Errorf("tag bit %d changed: %v", i, err)
		}
	}
	for n := range sent.payload {
		if err := b.Verify(sent.payload[:n], sent.tag); !errors.Is(err, ErrBadTag) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if err := b.Verify(append([]byte{0}, sent.payload...), sent.tag); !errors.Is(err, ErrBadTag) {
		t.Errorf("lengthened: %v", err)
	}
	if err := b.Verify(sent.payload, sent.tag); err != nil {
		t.Errorf("the frame as it was sent: %v", err)
	}
}

func TestReflectedFramesAreRefused(t *testing.T) {
	t.Parallel()
	a, _ := links(t, newWorld(t, 2, 0), replica(1), replica(0))
	sent := frames(a, "back to where it came from")[0]
	if err := a.Verify(sent.payload, sent.tag); !errors.Is(err, ErrBadTag) {
		t.Errorf("got %v, want ErrBadTag", err)
	}
}

func TestFramesCostNoAllocation(t *testing.T) {
	a, b := links(t, newWorld(t, 2, 0), replica(1), replica(0))
	payload := make([]byte, 4096)
	if n := testing.AllocsPerRun(100, func() {
		if err := b.Verify(payload, a.Tag(payload)); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("a frame costs %v allocations", n)
	}
}

func BenchmarkFrame(b *testing.B) {
	for _, size := range []int{64, 4096, 128 << 10} {
		from, to := links(b, newWorld(b, 2, 0), replica(1), replica(0))
		payload := make([]byte, size)
		b.Run(fmt.Sprintf("tag/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				from.Tag(payload)
			}
		})
		b.Run(fmt.Sprintf("verify/%d", size), func(b *testing.B) {
			b.SetBytes(int64(size))
			tag := from.Tag(payload)
			at := from.out.frames - 1
			for b.Loop() {
				to.in.frames = at
				if err := to.Verify(payload, tag); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

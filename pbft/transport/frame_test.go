package transport

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"testing"
)

// frameOf is a frame as it goes over the wire, the number-th of its direction.
// The opening and the welcome are number 0.
func frameOf(number uint64, payload []byte) []byte {
	tag := fakeTag(number, payload)
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	return append(append(frame, payload...), tag[:]...)
}

func pattern(size int) []byte {
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(i * 7 >> 3)
	}
	return p
}

func TestFramesAreReadAsWritten(t *testing.T) {
	sizes := []int{0, 1, 19, 20, readBufferBytes, firstReadBytes - 1, firstReadBytes, firstReadBytes + 1, growthFactor*firstReadBytes + 1, 5 << 20}
	var stream []byte
	for i, size := range sizes {
		stream = append(stream, frameOf(uint64(i), pattern(size))...)
	}
	r := newFrameReader(bytes.NewReader(stream), 5<<20)
	for i, size := range sizes {
		payload, tag, err := r.next()
		if err != nil || !bytes.Equal(payload, pattern(size)) || tag != fakeTag(uint64(i), payload) {
			t.Fatalf("frame of %d bytes: read %d bytes, tag %x, error %v", size, len(payload), tag, err)
		}
	}
	if _, _, err := r.next(); err != io.EOF {
		t.Errorf("after the last frame: %v, not io.EOF", err)
	}
}

func TestTruncatedFrame(t *testing.T) {
	whole := frameOf(1, []byte("payload"))
	for n := 1; n < len(whole); n++ {
		_, _, err := newFrameReader(bytes.NewReader(whole[:n]), 100).next()
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes of %d: %v", n, len(whole), err)
		}
	}
}

func TestFrameLimit(t *testing.T) {
	for _, c := range []struct {
		announced uint32
		want      error
	}{
		{100, io.ErrUnexpectedEOF},
		{101, ErrFrameTooLarge},
		{1 << 31, ErrFrameTooLarge},
		{1<<32 - 1, ErrFrameTooLarge},
	} {
		header := binary.BigEndian.AppendUint32(nil, c.announced)
		if _, _, err := newFrameReader(bytes.NewReader(header), 100).next(); !errors.Is(err, c.want) {
			t.Errorf("announcing %d of 100 bytes: %v, not %v", c.announced, err, c.want)
		}
	}
}

// TestAnnouncedFrameCostsLittle: memory follows what has arrived, not what
// was announced. It runs alone, since it measures the process's allocation.
func TestAnnouncedFrameCostsLittle(t *testing.T) {
	for _, arrived := range []int{0, 1 << 10, 1 << 20} {
		stream := binary.BigEndian.AppendUint32(nil, 512<<20)
		stream = append(stream, make([]byte, arrived)...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := newFrameReader(bytes.NewReader(stream), maxFrameBytes).next()
		runtime.ReadMemStats(&after)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
		most := uint64(firstReadBytes + 2*growthFactor*arrived + 2*readBufferBytes + 64<<10)
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("announcing 512 MiB and sending %d bytes allocated %d bytes, more than %d", arrived, used, most)
		}
	}
}

// FuzzFrameReader: whatever arrives, frames come out that make up a prefix
// of it, none above the limit.
func FuzzFrameReader(f *testing.F) {
	f.Add([]byte{}, 10)
	f.Add(frameOf(1, []byte("payload")), 7)
	f.Add(frameOf(1, []byte("payload")), 6)
	f.Add(append(frameOf(1, nil), frameOf(2, pattern(300))...), 1000)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3}, 1<<20)
	f.Fuzz(func(t *testing.T, stream []byte, limit int) {
		limit = max(0, limit%maxFrameBytes)
		r := newFrameReader(bytes.NewReader(stream), limit)
		var again []byte
		for {
			payload, tag, err := r.next()
			if err != nil {
				checkEnd(t, err, stream, again)
				return
			}
			if len(payload) > limit {
				t.Fatalf("a frame of %d bytes, and the limit is %d", len(payload), limit)
			}
			again = binary.BigEndian.AppendUint32(again, uint32(len(payload)))
			again = append(append(again, payload...), tag[:]...)
		}
	})
}

func checkEnd(t *testing.T, err error, stream, again []byte) {
	if !bytes.HasPrefix(stream, again) {
		t.Fatal("the frames are not what arrived")
	}
	switch {
	case err == io.EOF && len(again) == len(stream):
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, ErrFrameTooLarge):
	default:
		t.Fatalf("after %d of %d bytes: %v", len(again), len(stream), err)
	}
}

package transport

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFrameTooLarge: a peer announced a frame above its limit. The connection
// ends, because there is no telling where the next frame begins.
var ErrFrameTooLarge = errors.New("transport: frame too large")

// frameReader takes a stream apart into frames: a length of four bytes, the
// payload, a tag.
type frameReader struct {
	stream *bufio.Reader
	limit  int
}

func newFrameReader(stream io.Reader, limit int) *frameReader {
	return &frameReader{stream: bufio.NewReaderSize(stream, readBufferBytes), limit: limit}
}

// next reads one frame. Its error is io.EOF between frames, and
// io.ErrUnexpectedEOF within one.
func (r *frameReader) next() (payload []byte, tag [tagSize]byte, err error) {
	var header [headerSize]byte
	if _, err = io.ReadFull(r.stream, header[:]); err != nil {
		return nil, tag, err
	}
	size := binary.BigEndian.Uint32(header[:])
	if int64(size) > int64(r.limit) {
		return nil, tag, fmt.Errorf("%w: it announces %d bytes and the limit is %d", ErrFrameTooLarge, size, r.limit)
	}
	if payload, err = r.payload(int(size)); err != nil {
		return nil, tag, withinFrame(err)
	}
	_, err = io.ReadFull(r.stream, tag[:])
	return payload, tag, withinFrame(err)
}

// payload reads size bytes into memory that grows with what has arrived: no
// more is allocated than firstReadBytes, or growthFactor times what the
// peer has really sent.
func (r *frameReader) payload(size int) ([]byte, error) {
	payload := make([]byte, min(size, firstReadBytes))
	_, err := io.ReadFull(r.stream, payload)
	for err == nil && len(payload) < size {
		have := len(payload)
		grown := make([]byte, min(size, growthFactor*have))
		copy(grown, payload)
		payload = grown
		_, err = io.ReadFull(r.stream, payload[have:])
	}
	return payload, err
}

func withinFrame(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frameSize is what a payload takes up on the wire and in the queue.
func frameSize(payload []byte) int {
	return headerSize + len(payload) + tagSize
}

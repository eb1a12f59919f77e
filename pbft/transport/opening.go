package transport

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// After the handshake each side sends one frame of its own to the other: the
// dialling side says what the connection is, and the accepting side, when it
// has made it the current one, an empty welcome. They are authenticated like
// all frames, and count as neither sent nor received.

// opening is what a new connection is to the peer's present one.
type opening byte

const (
	// opensAnew: the dialling side has no other, so one that the accepting
	// side still has is dead.
	opensAnew opening = iota
	// opensSuccessor: it has one, which hands over to this one.
	opensSuccessor
)

var errOpening = errors.New("transport: the connection does not begin as it must")

func sendOpening(conn net.Conn, link Link, o opening) error {
	return writeFrame(conn, link, []byte{byte(o)})
}

func readOpening(conn net.Conn, link Link) (opening, error) {
	payload, err := readFrameOf(conn, link, 1)
	if err != nil {
		return 0, err
	}
	if o := opening(payload[0]); o <= opensSuccessor {
		return o, nil
	}
	return 0, fmt.Errorf("%w: %d is no kind of opening", errOpening, payload[0])
}

func readWelcome(conn net.Conn, link Link) error {
	_, err := readFrameOf(conn, link, 0)
	return err
}

func writeFrame(conn net.Conn, link Link, payload []byte) error {
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, frameSize(payload)), uint32(len(payload)))
	frame = append(frame, payload...)
	tag := link.Tag(payload)
	_, err := conn.Write(append(frame, tag[:]...))
	return err
}

// readFrameOf reads a frame with a payload of that size, and no byte more.
func readFrameOf(conn net.Conn, link Link, size int) ([]byte, error) {
	frame := make([]byte, headerSize+size+tagSize)
	if _, err := io.ReadFull(conn, frame[:headerSize]); err != nil {
		return nil, err
	}
	if n := binary.BigEndian.Uint32(frame); int64(n) != int64(size) {
		return nil, fmt.Errorf("%w: with a frame of %d bytes instead of %d", errOpening, n, size)
	}
	if _, err := io.ReadFull(conn, frame[headerSize:]); err != nil {
		return nil, err
	}
	payload := frame[headerSize : headerSize+size]
	if err := link.Verify(payload, [tagSize]byte(frame[headerSize+size:])); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotAuthentic, err)
	}
	return payload, nil
}

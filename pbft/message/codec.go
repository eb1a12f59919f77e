package message

import (
	"errors"
	"fmt"
	"math"

	"bfs/pbft/wire"
)

// Message is a pointer to one of this package's messages.
type Message interface {
	// Type is the message's label.
	Type() Type
	// Append appends the message's one encoding to dst.
	Append(dst []byte) []byte
	// String is the message in one line, for traces.
	String() string

	// sizeMax is a size in bytes that the encoding does not exceed.
	sizeMax() int
}

// Reasons for which Decode refuses a message, beside those of package wire.
var (
	// ErrUnknownType: the label is none of the types.
	ErrUnknownType = errors.New("an unknown type of message")
	// ErrDigest: a reply's digest is not the digest of its result.
	ErrDigest = errors.New("not the digest of the result")
	// ErrOrder: an element of a set or of a list of messages that has one
	// order does not come after the one before it.
	ErrOrder = errors.New("out of order")
)

// Limits bound what Decode accepts. They follow from the cluster's
// configuration, and are the same at all replicas and clients.
type Limits struct {
	// Replicas is n: authenticators have n entries, replicas are numbered
	// below it. At least 1.
	Replicas int
	// MaxOperation and MaxResult bound operations and results, in bytes.
	MaxOperation int
	MaxResult    int
	// MaxPage bounds a page of the state, in bytes.
	MaxPage int
	// MaxBatch bounds the requests in a pre-prepare.
	MaxBatch int
	// Window is L, the distance between the water marks: the bitmaps of a
	// Status have at most so many bits, rounded up to whole bytes, and the
	// batches that a ViewChange names are at most so far above its Stable.
	Window int
}

// quorum is 2f+1.
func (l Limits) quorum() int { return 2*((l.Replicas-1)/3) + 1 }

// Encode returns the message's one encoding in a slice of its own.
func Encode(m Message) []byte {
	return m.Append(make([]byte, 0, m.sizeMax()))
}

// Decode reads a message that fills b. It accepts nothing but what Append
// writes, and nothing that breaks what the messages' documentation promises
// of single fields, or the limits. The message keeps parts of b, which must
// not be changed afterwards. What is refused costs no more memory than a
// small multiple of len(b); errors are a *wire.Error with its reason.
func Decode(b []byte, limits Limits) (Message, error) {
	r := wire.NewReader(b)
	t := readType(&r)
	if r.Err() != nil {
		return nil, fmt.Errorf("message refused: %w", r.Err())
	}
	m := readBody(&r, t, limits)
	if err := r.Finish(); err != nil {
		return nil, fmt.Errorf("%v refused: %w", t, err)
	}
	return m, nil
}

// readType reads an array's head and its first element, and checks that the
// array has the number of elements that the type demands.
func readType(r *wire.Reader) Type {
	start := r.Offset()
	fields := r.ArrayMax(maxFields)
	label := r.Offset()
	t := Type(min(r.Uint(), math.MaxUint8))
	switch {
	case r.Err() != nil:
		return 0
	case !t.known():
		r.Fail(label, "a type of message", ErrUnknownType)
	case fields != layouts[t].fields:
		r.Fail(start, t.String(), wire.ErrLength)
	}
	return t
}

// readBody reads what follows the label. What it returns is of no use if the
// Reader has failed.
func readBody(r *wire.Reader, t Type, limits Limits) Message {
	switch t {
	case TypeRequest:
		return readRequest(r, limits, 0)
	case TypePrePrepare:
		return readPrePrepare(r, limits)
	case TypePrepare:
		return readPrepare(r, limits)
	case TypeCommit:
		return readCommit(r, limits)
	case TypeReply:
		return readReply(r, limits)
	case TypeCommitted:
		return readCommitted(r, limits)
	case TypeCheckpoint:
		return readCheckpoint(r, limits)
	case TypeStatus:
		return readStatus(r, limits)
	case TypeFetchState:
		return readFetchState(r, limits)
	case TypeStatePage:
		return readStatePage(r, limits)
	case TypeInquiry:
		return readInquiry(r)
	case TypeAttest:
		return readAttest(r)
	case TypeAttestation:
		return readAttestation(r, limits)
	case TypeInspect:
		return readInspect(r)
	case TypeInspection:
		return readInspection(r, limits)
	case TypeViewChange:
		return readViewChange(r, limits, 0)
	case TypeNewView:
		return readNewView(r, limits)
	case TypeVouch:
		return readVouch(r, limits)
	case TypeFetch:
		return readFetch(r, limits)
	default:
		return readReport(r, limits)
	}
}

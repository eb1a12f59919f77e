package message

import (
	"math"

	"bfs/pbft/wire"
)

// Fields that several messages have.

func appendLabel(dst []byte, t Type) []byte {
	dst = wire.AppendArray(dst, layouts[t].fields)
	return wire.AppendUint(dst, uint64(t))
}

func appendClient(dst []byte, c ClientID) []byte {
	dst = wire.AppendUint(dst, uint64(c.Principal))
	return wire.AppendUint(dst, c.Session)
}

func readClient(r *wire.Reader) ClientID {
	return ClientID{
		Principal: uint32(r.UintMax(math.MaxUint32)),
		Session:   r.Uint(),
	}
}

func readReplica(r *wire.Reader, limits Limits) ReplicaID {
	return ReplicaID(r.UintMax(uint64(limits.Replicas) - 1))
}

// readFrom1 reads an integer of at least 1: sequence numbers of batches and
// timestamps of requests begin there.
func readFrom1(r *wire.Reader, want string) uint64 {
	start := r.Offset()
	v := r.Uint()
	if v == 0 {
		r.Fail(start, want, wire.ErrRange)
	}
	return v
}

func readBatchSequence(r *wire.Reader) Sequence {
	return Sequence(readFrom1(r, "a sequence number from 1"))
}

// readNewerView reads the number of a view that was changed to.
func readNewerView(r *wire.Reader) View {
	return View(readFrom1(r, "a view from 1"))
}

func readTimestamp(r *wire.Reader) Timestamp {
	return Timestamp(readFrom1(r, "a timestamp from 1"))
}

func readDigest(r *wire.Reader) (d Digest) {
	copy(d[:], r.Fixed(len(d)))
	return d
}

// readCount reads the head of an array of at most so many elements, and
// refuses it before anybody makes room for them if the input is too short for
// so many of at least size bytes.
func readCount(r *wire.Reader, most, size int) int {
	start := r.Offset()
	count := r.ArrayMax(most)
	if count > r.Remaining()/size {
		r.Fail(start, "an array", wire.ErrTruncated)
		return 0
	}
	return count
}

// readNested reads the head and the label of a message that is nested in
// another and must be of type t.
func readNested(r *wire.Reader, t Type) {
	start := r.Offset()
	if got := readType(r); r.Err() == nil && got != t {
		r.Fail(start, t.String(), wire.ErrType)
	}
}

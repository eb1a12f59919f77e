package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeRequest.
func (q *Request) Type() Type { return TypeRequest }

// Seal computes the request's digest. Whoever makes a request calls it when
// all fields but Auth are set, and does not change them afterwards.
func (q *Request) Seal() {
	h := newHasher(labelRequest)
	h.head = q.appendHead(h.head[:0])
	h.write(h.head)
	h.write(q.Operation)
	q.digest = h.finish()
}

// Digest is the digest of everything but Auth: of a label and the request's
// encoding up to the end of the operation. The request must come from Decode
// or have been sealed.
func (q *Request) Digest() Digest {
	if q.digest == (Digest{}) {
		panic("message: digest of a request that was neither decoded nor sealed")
	}
	return q.digest
}

// Bare makes a request of which only the digest is known, to stand for it in a
// pre-prepare.
func Bare(d Digest) *Request { return &Request{digest: d} }

// IsBare says that only the request's digest is known. Timestamps begin at 1.
func (q *Request) IsBare() bool { return q.Timestamp == 0 }

// Append appends the request's encoding to dst.
func (q *Request) Append(dst []byte) []byte {
	dst = append(q.appendHead(dst), q.Operation...)
	dst = wire.AppendBytesHead(dst, len(q.Auth)*len(MAC{}))
	for i := range q.Auth {
		dst = append(dst, q.Auth[i][:]...)
	}
	return dst
}

// appendHead appends what comes before the operation's bytes.
func (q *Request) appendHead(dst []byte) []byte {
	dst = appendLabel(dst, TypeRequest)
	dst = appendClient(dst, q.Client)
	dst = wire.AppendUint(dst, uint64(q.Timestamp))
	dst = wire.AppendUint(dst, uint64(q.Ack))
	dst = wire.AppendBool(dst, q.ReadOnly)
	dst = wire.AppendUint(dst, uint64(q.Replier))
	return wire.AppendBytesHead(dst, len(q.Operation))
}

func (q *Request) sizeMax() int {
	return sizeHead + 5*sizeUint + sizeBool + 2*sizeBytesHead + len(q.Operation) + len(q.Auth)*len(MAC{})
}

// String is the request in one line, without its operation.
func (q *Request) String() string {
	return fmt.Sprintf("REQUEST c=%d/%d t=%d ack=%d readonly=%t replier=%d operation=%d d=%x",
		q.Client.Principal, q.Client.Session, q.Timestamp, q.Ack, q.ReadOnly, q.Replier, len(q.Operation), q.digest[:4])
}

func readRequest(r *wire.Reader, limits Limits, start int) *Request {
	q := new(Request)
	macs := q.read(r, limits, start)
	q.Auth = fillAuth(make(Authenticator, len(macs)/len(MAC{})), macs)
	return q
}

// read reads what follows the label of a request whose encoding starts at
// start, and returns the MACs, which the caller puts in Auth.
func (q *Request) read(r *wire.Reader, limits Limits, start int) (macs []byte) {
	q.Client = readClient(r)
	q.Timestamp = readTimestamp(r)
	q.Ack = readAck(r, q.Timestamp)
	q.ReadOnly = r.Bool()
	q.Replier = readReplica(r, limits)
	q.Operation = r.Bytes(limits.MaxOperation)
	covered := r.Since(start)
	macs = r.Fixed(limits.Replicas * len(MAC{}))
	if r.Err() != nil {
		return nil
	}
	h := newHasher(labelRequest)
	h.write(covered)
	q.digest = h.finish()
	return macs
}

func readAck(r *wire.Reader, timestamp Timestamp) Timestamp {
	start := r.Offset()
	v := readTimestamp(r)
	if v > timestamp {
		r.Fail(start, "an acknowledgement up to the timestamp", wire.ErrRange)
	}
	return v
}

// fillAuth copies MACs that stand one after another to auth, which has as
// many entries.
func fillAuth(auth Authenticator, macs []byte) Authenticator {
	for i := range auth {
		copy(auth[i][:], macs[i*len(MAC{}):])
	}
	return auth
}

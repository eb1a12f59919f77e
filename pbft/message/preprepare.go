package message

import (
	"encoding/binary"
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypePrePrepare.
func (p *PrePrepare) Type() Type { return TypePrePrepare }

// Seal computes the batch's digest. Whoever makes a pre-prepare calls it when
// Time and Requests are set, all requests sealed, and does not change them
// afterwards. View and Sequence may be changed.
func (p *PrePrepare) Seal() {
	h := newHasher(labelBatch)
	h.head = binary.BigEndian.AppendUint64(h.head[:0], uint64(p.Time))
	h.write(h.head)
	for _, q := range p.Requests {
		h.sum = q.Digest()
		h.write(h.sum[:])
	}
	p.digest = h.finish()
}

// Digest is the batch's digest: of a label, Time in 8 bytes, and the
// requests' digests in order. View and Sequence are not in it, so a batch
// keeps its digest across views. The pre-prepare must come from Decode or
// have been sealed.
func (p *PrePrepare) Digest() Digest {
	if p.digest == (Digest{}) {
		panic("message: digest of a pre-prepare that was neither decoded nor sealed")
	}
	return p.digest
}

// Append appends the pre-prepare's encoding to dst; its requests are nested
// in it in their own encodings, bare ones as their digest.
func (p *PrePrepare) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypePrePrepare)
	dst = wire.AppendUint(dst, uint64(p.View))
	dst = wire.AppendUint(dst, uint64(p.Sequence))
	dst = wire.AppendInt(dst, int64(p.Time))
	dst = wire.AppendArray(dst, len(p.Requests))
	for _, q := range p.Requests {
		if q.IsBare() {
			dst = wire.AppendBytes(dst, q.digest[:])
		} else {
			dst = q.Append(dst)
		}
	}
	return dst
}

// Complete says whether no request is bare.
func (p *PrePrepare) Complete() bool {
	for _, q := range p.Requests {
		if q.IsBare() {
			return false
		}
	}
	return true
}

func (p *PrePrepare) sizeMax() int {
	size := sizeHead + 3*sizeUint + sizeBytesHead
	for _, q := range p.Requests {
		size += q.sizeMax()
	}
	return size
}

// String is the pre-prepare in one line.
func (p *PrePrepare) String() string {
	return fmt.Sprintf("PRE-PREPARE v=%d n=%d d=%x requests=%d", p.View, p.Sequence, p.digest[:4], len(p.Requests))
}

func readPrePrepare(r *wire.Reader, limits Limits) *PrePrepare {
	p := &PrePrepare{
		View:     View(r.Uint()),
		Sequence: readBatchSequence(r),
		Time:     Time(r.Int()),
		Requests: readRequests(r, limits),
	}
	if r.Err() == nil {
		p.Seal()
	}
	return p
}

// readRequests reads the requests of a batch. It makes room for all of them
// at once, when it has seen that the input is long enough for so many; for the
// MACs of as many as it is long enough to hold whole.
func readRequests(r *wire.Reader, limits Limits) []*Request {
	count := readCount(r, limits.MaxBatch, sizeDigest)
	if r.Err() != nil {
		return nil
	}
	batch := make([]*Request, count)
	bodies := make([]Request, count)
	room := min(count, r.Remaining()/(sizeRequestMin+limits.Replicas*len(MAC{})))
	auths := make(Authenticator, room*limits.Replicas)
	for i := range batch {
		q := &bodies[i]
		batch[i] = q
		if r.AtBytes() {
			q.digest = readName(r)
			continue
		}
		start := r.Offset()
		readNested(r, TypeRequest)
		macs := q.read(r, limits, start)
		if r.Err() != nil {
			return nil
		}
		q.Auth = fillAuth(auths[:limits.Replicas:limits.Replicas], macs)
		auths = auths[limits.Replicas:]
	}
	return batch
}

// readName reads the digest that stands for a request. The zero digest is none.
func readName(r *wire.Reader) Digest {
	start := r.Offset()
	d := readDigest(r)
	if d == (Digest{}) {
		r.Fail(start, "a request's digest", wire.ErrRange)
	}
	return d
}

package transport

import (
	"encoding/binary"
	"net"
	"sync"
)

// scratches recycles the batches' buffers, so that idle connections have none.
var scratches = sync.Pool{New: func() any { return new([scratchBytes]byte) }}

// batch is what one write sends: payloads taken from the outbox, made into
// frames. It belongs to whoever has the right to write.
type batch struct {
	payloads [][]byte
	messages int
	bytes    int
	// segments is the batch as it goes out, pointing into scratch and
	// payloads; rest is the end of it that is not yet written.
	segments net.Buffers
	rest     net.Buffers
	scratch  *[scratchBytes]byte
}

// copiedSize is the part of a payload's frame that is copied into the scratch
// buffer.
func copiedSize(payload []byte) int {
	if len(payload) > copyBytes {
		return headerSize + tagSize
	}
	return frameSize(payload)
}

// fill makes frames of b.payloads, which the outbox chose to fit.
func (b *batch) fill(link Link) {
	b.scratch = scratches.Get().(*[scratchBytes]byte)
	out, mark := b.scratch[:0], 0
	for _, payload := range b.payloads {
		out = binary.BigEndian.AppendUint32(out, uint32(len(payload)))
		if len(payload) <= copyBytes {
			out = append(out, payload...)
		} else {
			b.segments = append(b.segments, out[mark:], payload)
			mark = len(out)
		}
		tag := link.Tag(payload)
		out = append(out, tag[:]...)
		b.bytes += frameSize(payload)
	}
	b.segments = append(b.segments, out[mark:])
	b.rest = b.segments
	b.messages = len(b.payloads)
}

// consume takes n written bytes off the rest.
func (b *batch) consume(n int) {
	for n > 0 {
		first := b.rest[0]
		if n < len(first) {
			b.rest[0] = first[n:]
			return
		}
		n -= len(first)
		b.rest[0] = nil
		b.rest = b.rest[1:]
	}
}

// reset forgets the payloads and gives the scratch buffer back.
func (b *batch) reset() {
	if b.scratch != nil {
		scratches.Put(b.scratch)
	}
	clear(b.payloads)
	clear(b.segments)
	*b = batch{payloads: b.payloads[:0], segments: b.segments[:0]}
}

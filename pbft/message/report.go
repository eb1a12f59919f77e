package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeInquiry.
func (q *Inquiry) Type() Type { return TypeInquiry }

// Append appends the inquiry's encoding to dst.
func (q *Inquiry) Append(dst []byte) []byte {
	return wire.AppendUint(appendLabel(dst, TypeInquiry), q.Nonce)
}

func (q *Inquiry) sizeMax() int { return sizeHead + sizeUint }

// String is the inquiry in one line.
func (q *Inquiry) String() string { return fmt.Sprintf("INQUIRY nonce=%d", q.Nonce) }

func readInquiry(r *wire.Reader) *Inquiry { return &Inquiry{Nonce: r.Uint()} }

// Type is TypeReport.
func (p *Report) Type() Type { return TypeReport }

// Append appends the report's encoding to dst.
func (p *Report) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeReport)
	dst = wire.AppendUint(dst, p.Nonce)
	dst = wire.AppendUint(dst, uint64(p.Replica))
	dst = wire.AppendUint(dst, uint64(p.View))
	dst = wire.AppendUint(dst, uint64(p.Stable))
	dst = wire.AppendUint(dst, uint64(p.Executed))
	dst = wire.AppendUint(dst, uint64(p.Highest))
	dst = wire.AppendBytes(dst, p.StableDigest[:])
	dst = wire.AppendBool(dst, p.Behind)
	dst = wire.AppendBool(dst, p.Diverged)
	dst = wire.AppendBool(dst, p.Changing)
	for _, c := range p.counters() {
		dst = wire.AppendUint(dst, *c)
	}
	dst = wire.AppendInt(dst, int64(p.Started))
	dst = wire.AppendInt(dst, int64(p.Now))
	return wire.AppendText(dst, p.Version)
}

// counters are the plain numbers in the order of the wire.
func (p *Report) counters() [9]*uint64 {
	return [...]*uint64{
		&p.LogSlots, &p.LogBytes, &p.Queued, &p.Clients,
		&p.Requests, &p.Batches, &p.Sent, &p.Received, &p.Rejected,
	}
}

func (p *Report) sizeMax() int {
	return sizeHead + 17*sizeUint + sizeDigest + 3*sizeBool + sizeBytesHead + len(p.Version)
}

// String is the report in one line, without its counters.
func (p *Report) String() string {
	return fmt.Sprintf("REPORT v=%d stable=%d executed=%d highest=%d d=%x behind=%t diverged=%t changing=%t from=%d nonce=%d",
		p.View, p.Stable, p.Executed, p.Highest, p.StableDigest[:4], p.Behind, p.Diverged, p.Changing, p.Replica, p.Nonce)
}

func readReport(r *wire.Reader, limits Limits) *Report {
	p := &Report{
		Nonce:        r.Uint(),
		Replica:      readReplica(r, limits),
		View:         View(r.Uint()),
		Stable:       Sequence(r.Uint()),
		Executed:     Sequence(r.Uint()),
		Highest:      Sequence(r.Uint()),
		StableDigest: readDigest(r),
		Behind:       r.Bool(),
		Diverged:     r.Bool(),
		Changing:     r.Bool(),
	}
	for _, c := range p.counters() {
		*c = r.Uint()
	}
	p.Started = Time(r.Int())
	p.Now = Time(r.Int())
	p.Version = r.Text(maxVersion)
	return p
}

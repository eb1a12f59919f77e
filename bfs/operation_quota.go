package bfs

import (
	"bfs/fsstate"
	"bfs/pbft/wire"
)

// usage tells what owners have and may have, from a number on.
type usage struct{ from, max uint32 }

func (*usage) code() opcode   { return opUsage }
func (*usage) arguments() int { return 2 }

func (o *usage) appendArguments(dst []byte) []byte {
	return wire.AppendUint(wire.AppendUint(dst, uint64(o.from)), uint64(o.max))
}

func (o *usage) decodeArguments(r *wire.Reader) { o.from, o.max = decodeUint32(r), decodeUint32(r) }

func (o *usage) apply(s *fsstate.State, c *fsstate.Context, dst []byte) []byte {
	limit := int(min(o.max, fsstate.MaxPage))
	owners, eof, status := s.Usage(c, o.from, limit)
	return appendOwners(dst, &ownerPage{owners, eof}, status)
}

// ownerPage is the result of usage: [owners, eof].
type ownerPage struct {
	owners []fsstate.Usage
	eof    bool
}

const usageElements = 5

func appendOwners(dst []byte, p *ownerPage, status fsstate.Status) []byte {
	dst = appendStatus(dst, status, p.fields())
	if status != fsstate.OK {
		return dst
	}
	dst = wire.AppendArray(dst, len(p.owners))
	for _, u := range p.owners {
		dst = wire.AppendArray(dst, usageElements)
		dst = wire.AppendUint(dst, uint64(u.UID))
		for _, v := range []uint64{u.Bytes, u.Inodes, u.Quota.Bytes, u.Quota.Inodes} {
			dst = wire.AppendUint(dst, v)
		}
	}
	return wire.AppendBool(dst, p.eof)
}

func (*ownerPage) fields() int { return 2 }

func (p *ownerPage) decodeFields(r *wire.Reader) {
	p.owners = make([]fsstate.Usage, 0, r.ArrayMax(fsstate.MaxPage))
	for range cap(p.owners) {
		if r.Err() != nil {
			break
		}
		r.Array(usageElements)
		p.owners = append(p.owners, fsstate.Usage{
			UID: decodeUint32(r), Bytes: r.Uint(), Inodes: r.Uint(),
			Quota: fsstate.Quota{Bytes: r.Uint(), Inodes: r.Uint()},
		})
	}
	p.eof = r.Bool()
}

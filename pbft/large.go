package pbft

import "bfs/pbft/message"

// Large requests (TOCS'02, section 5.1.5) go from the client to all replicas at
// once, and the pre-prepare only names them. A backup that gets the pre-prepare
// first puts it off until the requests are there; one that does not get them
// from the client gets the whole batch, as it would any that it lacks.

func (r *Replica) isLarge(q *message.Request) bool { return len(q.Operation) > r.params.LargeRequest }

// slim is the batch with its large requests only named.
func (r *Replica) slim(b *message.PrePrepare) *message.PrePrepare {
	var out *message.PrePrepare
	for i, q := range b.Requests {
		if !r.isLarge(q) {
			continue
		}
		if out == nil {
			c := *b
			c.Requests = append([]*message.Request(nil), b.Requests...)
			out = &c
		}
		out.Requests[i] = message.Bare(q.Digest())
	}
	if out == nil {
		return b
	}
	return out
}

// fill puts the requests that this replica knows in the place of their names.
func (r *Replica) fill(b *message.PrePrepare) *message.PrePrepare {
	if b.Complete() {
		return b
	}
	c := *b
	c.Requests = append([]*message.Request(nil), b.Requests...)
	for i, q := range c.Requests {
		if known := r.queue.large[q.Digest()]; q.IsBare() && known != nil {
			c.Requests[i] = known
		}
	}
	return &c
}

// putOff keeps a proposal whose requests have yet to arrive.
func (r *Replica) putOff(b *message.PrePrepare, vouched []bool) Reason {
	s := r.log.open(b.Sequence)
	d := b.Digest()
	if s.batch != nil && s.digest != d || s.partial != nil && s.partial.Digest() != d || s.wanted != (message.Digest{}) && s.wanted != d {
		return Conflict
	}
	if s.batch == nil {
		s.partial, s.partialVouched = b, vouched
	}
	return 0
}

// complete takes up the proposals that a large request completes.
func (r *Replica) complete() {
	for n := r.executed + 1; n <= min(r.log.highest, r.log.low+r.log.window); n++ {
		s := r.log.find(n)
		if s == nil || s.partial == nil {
			continue
		}
		if b := r.fill(s.partial); b.Complete() {
			s.partial = nil
			r.onPrePrepare(r.params.Primary(b.View), b, s.partialVouched)
		}
	}
}

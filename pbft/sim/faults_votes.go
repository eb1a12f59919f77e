package sim

import (
	"math/rand/v2"

	"bfs/pbft/message"
)

// What a faulty backup says of batches, checkpoints and results.

// silent sends nothing at all.
type silent struct{}

// Send is Fault's.
func (silent) Send(*Seat, Parcel) []Parcel { return nil }

// withholding never sends messages of some types to some replicas.
type withholding struct {
	types uint64
	from  recipients
}

func newWithholding(rng *rand.Rand) Fault {
	return withholding{types: rng.Uint64(), from: drawRecipients(rng)}
}

// Send is Fault's.
func (f withholding) Send(_ *Seat, p Parcel) []Parcel {
	if f.from.has(p.To) && f.types>>p.Message.Type()&1 == 1 {
		return nil
	}
	return p.AsIs()
}

// sluggish keeps everything back for a while that changes.
type sluggish struct{}

// Send is Fault's.
func (sluggish) Send(s *Seat, p Parcel) []Parcel {
	p.Delay += message.Time(s.Rng.Int64N(int64(s.Params.ViewTimeout)))
	return []Parcel{p}
}

// forgedReplies answers clients with results of its own making: the same lie
// for all, so that liars count together.
type forgedReplies struct{}

// Send is Fault's.
func (forgedReplies) Send(_ *Seat, p Parcel) []Parcel {
	r, ok := p.Message.(*message.Reply)
	if !ok {
		return p.AsIs()
	}
	lie := *r
	lie.Status, lie.Floor = message.ReplyExecuted, 0
	lie.Full, lie.Tentative = true, false
	lie.Result = []byte("forged!!")
	lie.Digest = message.ResultDigest(lie.Result)
	return p.With(&lie)
}

// digestReplies never sends a result whole, or claims a wrong digest for it.
type digestReplies struct{}

// Send is Fault's.
func (digestReplies) Send(s *Seat, p Parcel) []Parcel {
	r, ok := p.Message.(*message.Reply)
	if !ok {
		return p.AsIs()
	}
	lie := *r
	lie.Full, lie.Result = false, nil
	if s.sometimes(50) {
		lie.Digest = s.digest()
	}
	return p.With(&lie)
}

// staleReplies answers with the result of an earlier request, or claims that
// the session has expired, or lies about the view and the position.
type staleReplies struct{ old *message.Reply }

// Send is Fault's.
func (f *staleReplies) Send(s *Seat, p Parcel) []Parcel {
	r, ok := p.Message.(*message.Reply)
	if !ok {
		return p.AsIs()
	}
	lie := *r
	switch s.Rng.IntN(4) {
	case 0:
		lie.Status, lie.Floor, lie.Full, lie.Result = message.ReplySessionExpired, 1<<60, true, nil
		lie.Digest = message.ResultDigest(nil)
	case 1:
		lie.View, lie.Tentative = lie.View+message.View(s.Rng.IntN(100)), s.sometimes(50)
	case 2:
		lie.Position += message.Sequence(s.Rng.IntN(100))
	case 3:
		if f.old != nil {
			lie.Digest, lie.Full, lie.Result = f.old.Digest, f.old.Full, f.old.Result
		}
	}
	if f.old == nil || s.sometimes(10) {
		f.old = r
	}
	return p.With(&lie)
}

// lyingVotes prepares, commits and states digests that nobody proposed, and
// fakes checkpoints, half of the time.
type lyingVotes struct{}

// Send is Fault's.
func (lyingVotes) Send(s *Seat, p Parcel) []Parcel {
	if s.sometimes(50) {
		return p.AsIs()
	}
	switch v := p.Message.(type) {
	case *message.Prepare:
		lie := *v
		lie.Digest = s.digest()
		return p.With(&lie)
	case *message.Commit:
		lie := *v
		lie.Digest = s.digest()
		return p.With(&lie)
	case *message.Committed:
		lie := *v
		lie.Digest = s.digest()
		return p.With(&lie)
	case *message.Checkpoint:
		lie := *v
		lie.Digest = s.digest()
		return p.With(&lie)
	}
	return p.AsIs()
}

// eagerVotes votes for every proposal at once in all phases, whatever it is,
// and, to some, for batches that it has never seen.
type eagerVotes struct{}

// Send is Fault's.
func (eagerVotes) Send(_ *Seat, p Parcel) []Parcel { return p.AsIs() }

// Receive is Listener's.
func (eagerVotes) Receive(s *Seat, _ message.Node, m message.Message) message.Time {
	b, ok := m.(*message.PrePrepare)
	if !ok {
		return 0
	}
	n, d, id := b.Sequence, b.Digest(), s.Node.Replica
	for _, to := range s.Others() {
		if s.sometimes(20) {
			n, d = n+1, s.digest()
		}
		if s.Params.Primary(b.View) != id {
			s.Post(to, &message.Prepare{View: b.View, Sequence: n, Digest: d, Replica: id})
		}
		s.Post(to, &message.Commit{View: b.View, Sequence: n, Digest: d, Replica: id})
		s.Post(to, &message.Committed{Sequence: n, Digest: d, Replica: id})
	}
	return 1
}

// fakeCheckpoints claims checkpoints that are not due, or far ahead, or not the
// ones that others have.
type fakeCheckpoints struct{}

// Send is Fault's.
func (fakeCheckpoints) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.Checkpoint)
	if !ok {
		return p.AsIs()
	}
	out := p.AsIs()
	k := message.Sequence(s.Params.CheckpointInterval)
	for range 1 + s.Rng.IntN(8) {
		lie := *v
		lie.Sequence += k * message.Sequence(s.Rng.IntN(10))
		if s.sometimes(20) {
			lie.Sequence++
		}
		lie.Digest = message.Digest{1, 2}
		p.Message = &lie
		out = append(out, p)
	}
	return out
}

// falseStatus claims to have more or less than it has.
type falseStatus struct{}

// Send is Fault's.
func (falseStatus) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.Status)
	if !ok {
		return p.AsIs()
	}
	lie := *v
	far := message.Sequence(s.Rng.IntN(4 * s.Params.LogSize))
	switch s.Rng.IntN(4) {
	case 0:
		lie.Executed, lie.Stable = lie.Executed+far, lie.Stable+far
	case 1:
		lie.Executed, lie.Stable = 0, 0
	case 2:
		lie.Executed = 1<<63 + far
		lie.Stable = 1<<63 + far
	case 3:
		lie.View += message.View(s.Rng.IntN(10))
	}
	lie.PrePrepared = make([]byte, len(v.PrePrepared))
	for i := range lie.PrePrepared {
		lie.PrePrepared[i] = byte(s.Rng.IntN(256))
	}
	return p.With(&lie)
}

// corruptPages answers those who fetch the state with wrong bytes, with other
// pages, and with pages that nobody has asked for.
type corruptPages struct{}

// Send is Fault's.
func (corruptPages) Send(s *Seat, p Parcel) []Parcel {
	if v, ok := p.Message.(*message.Status); ok && s.sometimes(20) {
		unasked := p
		unasked.Message = &message.StatePage{Replica: s.Node.Replica, Sequence: v.Stable,
			ID: message.PageID{Path: "r", Digest: s.digest()}, Data: []byte("unasked")}
		return []Parcel{p, unasked}
	}
	v, ok := p.Message.(*message.StatePage)
	if !ok {
		return p.AsIs()
	}
	lie := *v
	lie.Data = append([]byte(nil), v.Data...)
	switch s.Rng.IntN(4) {
	case 0:
		lie.Data = lie.Data[:s.Rng.IntN(len(lie.Data)+1)]
	case 1:
		lie.ID.Digest = s.digest()
	case 2:
		if len(lie.Data) > 0 {
			lie.Data[s.Rng.IntN(len(lie.Data))] ^= 1
		}
	case 3:
		// The ordered time, in the root page, is some minutes later.
		if at := len("bfs/state") + 8 + 2; v.ID.Path == "r" && len(lie.Data) > at {
			lie.Data[at]++
		}
	}
	return p.With(&lie)
}

// unhelpful answers nobody who fetches batches or pages.
type unhelpful struct{}

// Send is Fault's.
func (unhelpful) Send(_ *Seat, p Parcel) []Parcel { return p.AsIs() }

// Receive is Listener's.
func (unhelpful) Receive(_ *Seat, _ message.Node, m message.Message) message.Time {
	switch m.(type) {
	case *message.Fetch, *message.FetchState:
		return deaf
	}
	return 0
}

var voteAttacks = []Attack{
	{Name: "silent", New: func(*rand.Rand) Fault { return silent{} }},
	{Name: "withholds", New: newWithholding},
	{Name: "sluggish", New: func(*rand.Rand) Fault { return sluggish{} }},
	{Name: "forges-replies", New: func(*rand.Rand) Fault { return forgedReplies{} }},
	{Name: "digest-replies", New: func(*rand.Rand) Fault { return digestReplies{} }},
	{Name: "stale-replies", New: func(*rand.Rand) Fault { return &staleReplies{} }},
	{Name: "lying-votes", New: func(*rand.Rand) Fault { return lyingVotes{} }},
	{Name: "eager-votes", New: func(*rand.Rand) Fault { return eagerVotes{} }},
	{Name: "fakes-checkpoints", New: func(*rand.Rand) Fault { return fakeCheckpoints{} }},
	{Name: "false-status", New: func(*rand.Rand) Fault { return falseStatus{} }},
	{Name: "corrupts-pages", New: func(*rand.Rand) Fault { return corruptPages{} }},
	{Name: "unhelpful", New: func(*rand.Rand) Fault { return unhelpful{} }},
}

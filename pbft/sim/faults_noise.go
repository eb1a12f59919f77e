package sim

import (
	"math/rand/v2"

	"bfs/pbft/message"
)

// Noise: replays, floods, and frames that are no messages.

// rememberedMessages is how much a replaying node keeps.
const rememberedMessages = 64

// replays sends again what it has sent before, also in earlier views, to
// whomever, and passes on old messages of others that prove themselves.
type replays struct{ old []message.Message }

func (f *replays) remember(s *Seat, m message.Message) {
	if len(f.old) < rememberedMessages {
		f.old = append(f.old, m)
	} else if s.sometimes(20) {
		f.old[s.Rng.IntN(len(f.old))] = m
	}
}

// Receive is Listener's.
func (f *replays) Receive(s *Seat, _ message.Node, m message.Message) message.Time {
	switch m.(type) {
	case *message.Request, *message.ViewChange:
		f.remember(s, m)
	}
	return 0
}

// Send is Fault's.
func (f *replays) Send(s *Seat, p Parcel) []Parcel {
	out := p.AsIs()
	if len(f.old) > 0 && s.sometimes(25) {
		m := f.old[s.Rng.IntN(len(f.old))]
		if r, ok := m.(*message.Reply); ok {
			out = append(out, Parcel{To: message.ClientNode(r.Client), Message: m})
		} else {
			out = append(out, Parcel{To: s.Other(), Message: m})
		}
	}
	f.remember(s, p.Message)
	return out
}

// floodSize is how many messages of a flood come with one of the node's own.
const floodSize = 12

// floods asks all the time for what others have, and says all the time that it
// has nothing.
type floods struct{ seen []message.Entry }

// Receive is Listener's: it learns what there is to ask for.
func (f *floods) Receive(_ *Seat, _ message.Node, m message.Message) message.Time {
	switch m := m.(type) {
	case *message.Commit:
		f.note(message.Entry{Sequence: m.Sequence, Digest: m.Digest})
	case *message.Checkpoint:
		f.note(message.Entry{Sequence: m.Sequence, Digest: m.Digest})
	}
	return 0
}

func (f *floods) note(e message.Entry) {
	f.seen = append(f.seen, e)
	if len(f.seen) > rememberedMessages {
		f.seen = f.seen[1:]
	}
}

// Send is Fault's.
func (f *floods) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.Status)
	if !ok {
		return p.AsIs()
	}
	out := p.AsIs()
	for range floodSize {
		more := p
		more.Message = f.question(s, v)
		out = append(out, more)
	}
	return out
}

func (f *floods) question(s *Seat, v *message.Status) message.Message {
	if len(f.seen) == 0 || s.sometimes(30) {
		empty := *v
		empty.Executed, empty.Stable = 0, 0
		return &empty
	}
	e := f.seen[s.Rng.IntN(len(f.seen))]
	if s.sometimes(50) {
		return &message.Fetch{Sequence: e.Sequence, Digest: e.Digest, Replica: s.Node.Replica}
	}
	return &message.FetchState{Replica: s.Node.Replica, Sequence: e.Sequence,
		Pages: []message.PageID{{Path: "r", Digest: e.Digest}, {Path: "x", Digest: s.digest()}, {Path: "?"}}}
}

// brokenFrames cuts, lengthens, alters and makes up frames.
type brokenFrames struct{}

// Send is Fault's.
func (brokenFrames) Send(s *Seat, p Parcel) []Parcel {
	if p.Message == nil || !s.sometimes(25) {
		return p.AsIs()
	}
	frame := message.Encode(p.Message)
	switch s.Rng.IntN(4) {
	case 0:
		frame = frame[:s.Rng.IntN(len(frame))]
	case 1:
		frame = append(frame, byte(s.Rng.IntN(256)))
	case 2:
		frame[s.Rng.IntN(len(frame))] ^= 1 << s.Rng.IntN(8)
	case 3:
		for i := range frame {
			frame[i] = byte(s.Rng.IntN(256))
		}
	}
	p.Frame = frame
	return []Parcel{p}
}

// spuriousRequests passes on requests that no client has made.
type spuriousRequests struct{ number message.Timestamp }

// Send is Fault's.
func (f *spuriousRequests) Send(s *Seat, p Parcel) []Parcel {
	if p.To.Kind != message.KindReplica || !s.sometimes(20) {
		return p.AsIs()
	}
	f.number++
	q := &message.Request{Client: message.ClientID{Principal: uint32(s.Rng.IntN(4)), Session: uint64(1 + s.Rng.IntN(3))},
		Timestamp: f.number, Ack: 1, ReadOnly: s.sometimes(30), Operation: []byte("made up"),
		Auth: make(message.Authenticator, s.Params.Replicas())}
	q.Seal()
	spurious := p
	spurious.Message = q
	return []Parcel{p, spurious}
}

var noiseAttacks = []Attack{
	{Name: "replays", New: func(*rand.Rand) Fault { return &replays{} }},
	{Name: "floods", New: func(*rand.Rand) Fault { return &floods{} }},
	{Name: "broken-frames", New: func(*rand.Rand) Fault { return brokenFrames{} }},
	{Name: "spurious-requests", New: func(*rand.Rand) Fault { return &spuriousRequests{} }},
}

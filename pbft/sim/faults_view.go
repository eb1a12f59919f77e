package sim

import (
	"math/rand/v2"
	"sort"

	"bfs/pbft"
	"bfs/pbft/message"
)

// What a faulty replica does to view changes. It can sign what it likes, in its
// own name.

// lyingChanges leaves entries out of its VIEW-CHANGEs and invents others, for
// each receiver anew.
type lyingChanges struct{}

// Send is Fault's.
func (lyingChanges) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.ViewChange)
	if !ok || v.Replica != s.Node.Replica {
		return p.AsIs()
	}
	lie := &message.ViewChange{View: v.View, Replica: v.Replica, Stable: v.Stable,
		Checkpoints: v.Checkpoints, Prepared: v.Prepared, PrePrepared: v.PrePrepared}
	for range 1 + s.Rng.IntN(3) {
		pick(s.Rng, dropPrepared, dropPrePrepared, inventPrepared, inventPrePrepared, raiseViews, fakeHeld, raiseStable)(s, lie)
	}
	return p.With(sealed(lie))
}

// sealed signs a view change.
func sealed(v *message.ViewChange) *message.ViewChange {
	v.Seal()
	v.Signature = signature(v.Replica, v.Digest())
	return v
}

func dropPrepared(s *Seat, v *message.ViewChange) { v.Prepared = someOf(s.Rng, v.Prepared) }

func dropPrePrepared(s *Seat, v *message.ViewChange) { v.PrePrepared = someOf(s.Rng, v.PrePrepared) }

func inventPrepared(s *Seat, v *message.ViewChange) {
	e := s.invented(v)
	v.Prepared = withEntry(v.Prepared, e)
	if s.sometimes(50) {
		v.PrePrepared = withEntry(v.PrePrepared, e)
	}
}

func inventPrePrepared(s *Seat, v *message.ViewChange) {
	v.PrePrepared = withEntry(v.PrePrepared, s.invented(v))
}

// raiseViews claims to have prepared in later views than it has.
func raiseViews(_ *Seat, v *message.ViewChange) {
	v.Prepared = append([]message.Entry(nil), v.Prepared...)
	for i := range v.Prepared {
		v.Prepared[i].View = v.View - 1
	}
}

// fakeHeld claims a checkpoint that nobody has.
func fakeHeld(s *Seat, v *message.ViewChange) {
	v.Checkpoints = append([]message.Entry(nil), v.Checkpoints...)
	last := v.Checkpoints[len(v.Checkpoints)-1]
	if s.sometimes(50) {
		v.Checkpoints[len(v.Checkpoints)-1].Digest = s.digest()
		return
	}
	last.Sequence += message.Sequence(s.Params.CheckpointInterval)
	last.Digest = s.digest()
	if last.Sequence <= v.Stable+message.Sequence(s.Params.LogSize) {
		v.Checkpoints = append(v.Checkpoints, last)
	}
}

// raiseStable claims to have collected garbage past what it has.
func raiseStable(s *Seat, v *message.ViewChange) {
	v.Stable += message.Sequence(s.Params.CheckpointInterval * (1 + s.Rng.IntN(3)))
	v.Checkpoints = []message.Entry{{Sequence: v.Stable, Digest: s.digest()}}
	v.Prepared, v.PrePrepared = above(v.Prepared, v.Stable), above(v.PrePrepared, v.Stable)
}

func above(entries []message.Entry, low message.Sequence) []message.Entry {
	var out []message.Entry
	for _, e := range entries {
		if e.Sequence > low {
			out = append(out, e)
		}
	}
	return out
}

func someOf(rng *rand.Rand, entries []message.Entry) []message.Entry {
	var out []message.Entry
	for _, e := range entries {
		if rng.IntN(2) == 0 {
			out = append(out, e)
		}
	}
	return out
}

// invented is an entry for a sequence number that a view change may name.
func (s *Seat) invented(v *message.ViewChange) message.Entry {
	return message.Entry{
		Sequence: v.Stable + 1 + message.Sequence(s.Rng.IntN(s.Params.LogSize)),
		View:     message.View(s.Rng.Uint64N(uint64(v.View))),
		Digest:   message.Digest{7, byte(s.Rng.IntN(2))},
	}
}

// withEntry puts an entry in its place, instead of any other for its number.
func withEntry(entries []message.Entry, e message.Entry) []message.Entry {
	var out []message.Entry
	for _, o := range entries {
		if o.Sequence != e.Sequence {
			out = append(out, o)
		}
	}
	out = append(out, e)
	sort.Slice(out, func(i, j int) bool { return out[i].Sequence < out[j].Sequence })
	return out
}

// hastyChanges asks for later views without need.
type hastyChanges struct{ view message.View }

// Send is Fault's.
func (f *hastyChanges) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.Status)
	if !ok || !s.sometimes(30) {
		return p.AsIs()
	}
	f.view = max(f.view, v.View) + 1 + message.View(s.Rng.IntN(3))
	hasty := p
	hasty.Message = sealed(&message.ViewChange{View: f.view, Replica: s.Node.Replica, Checkpoints: []message.Entry{{}}})
	return []Parcel{p, hasty}
}

// twoNewViews begins a view, as its primary, from different choices of
// VIEW-CHANGEs at different replicas, and tells some nothing.
type twoNewViews struct {
	heard map[message.ReplicaID]*message.ViewChange
	left  recipients // who is told nothing
}

func newTwoNewViews(rng *rand.Rand) Fault {
	return &twoNewViews{heard: make(map[message.ReplicaID]*message.ViewChange), left: recipients(1 << rng.IntN(8))}
}

// Receive is Listener's: it sees who asks for the view.
func (f *twoNewViews) Receive(_ *Seat, _ message.Node, m message.Message) message.Time {
	if v, ok := m.(*message.ViewChange); ok && signed(v) {
		f.heard[v.Replica] = v
	}
	return 0
}

// Send is Fault's.
func (f *twoNewViews) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.NewView)
	if !ok {
		return p.AsIs()
	}
	if f.left.has(p.To) {
		return nil
	}
	// It holds what has come since it decided, and a lie of its own.
	all := make(map[message.ReplicaID]*message.ViewChange)
	for _, c := range v.Changes {
		all[c.Replica] = c
	}
	for id, c := range f.heard {
		if c.View == v.View {
			all[id] = c
		}
	}
	if own := all[s.Node.Replica]; own != nil && s.sometimes(50) {
		lie := *own
		inventPrepared(s, &lie)
		all[own.Replica] = sealed(&lie)
	}
	return p.With(f.chosen(s, v, all))
}

// chosen is a new view made of a quorum of what there is.
func (f *twoNewViews) chosen(s *Seat, v *message.NewView, all map[message.ReplicaID]*message.ViewChange) *message.NewView {
	lie := &message.NewView{View: v.View, Replica: v.Replica}
	spare := len(all) - s.Params.Quorum()
	for i := range s.Params.Replicas() {
		c := all[message.ReplicaID(i)]
		switch {
		case c == nil:
		case spare > 0 && s.sometimes(40):
			spare--
		default:
			lie.Changes = append(lie.Changes, c)
		}
	}
	return lie
}

// noNewView never begins the views whose primary it is.
type noNewView struct{}

// Send is Fault's.
func (noNewView) Send(_ *Seat, p Parcel) []Parcel {
	if _, ok := p.Message.(*message.NewView); ok {
		return nil
	}
	return p.AsIs()
}

// forgedNewView begins views with VIEW-CHANGEs that their senders have not
// signed as they are, and with its own alone.
type forgedNewView struct{}

// Send is Fault's.
func (forgedNewView) Send(s *Seat, p Parcel) []Parcel {
	v, ok := p.Message.(*message.ViewChange)
	if !ok || v.Replica != s.Node.Replica {
		return p.AsIs()
	}
	n := uint64(s.Params.Replicas())
	next := uint64(v.View) + (n+uint64(s.Node.Replica)-uint64(v.View)%n)%n
	lie := &message.NewView{View: message.View(next), Replica: s.Node.Replica}
	for i := range s.Params.Quorum() {
		c := &message.ViewChange{View: lie.View, Replica: message.ReplicaID(i), Checkpoints: []message.Entry{{}}}
		c.Seal()
		c.Signature = signature(s.Node.Replica, c.Digest())
		lie.Changes = append(lie.Changes, c)
	}
	forged := p
	forged.Message = lie
	return []Parcel{p, forged}
}

// stops is an honest primary that falls silent when it has proposed something,
// for some views' time.
type stops struct{ until message.Time }

// Send is Fault's.
func (f *stops) Send(s *Seat, p Parcel) []Parcel {
	now := s.world.now
	if _, ok := p.Message.(*message.PrePrepare); ok && now >= f.until && s.sometimes(10) {
		f.until = now + message.Time(s.Rng.Int64N(int64(8*s.Params.ViewTimeout+pbft.Millisecond)))
		return p.AsIs()
	}
	if now < f.until {
		return nil
	}
	return p.AsIs()
}

var viewAttacks = []Attack{
	{Name: "lying-view-changes", New: func(*rand.Rand) Fault { return lyingChanges{} }},
	{Name: "hasty-view-changes", New: func(*rand.Rand) Fault { return &hastyChanges{} }},
	{Name: "two-new-views", New: newTwoNewViews},
	{Name: "no-new-view", New: func(*rand.Rand) Fault { return noNewView{} }},
	{Name: "forged-new-view", New: func(*rand.Rand) Fault { return forgedNewView{} }},
	{Name: "stops-and-goes", New: func(*rand.Rand) Fault { return &stops{} }},
}

package sim

import (
	"math/rand/v2"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Fault changes what a node sends. It is handed every message with the node
// that it is for, and returns what is sent instead: nothing, or other bytes.
// It must not change the message it was given.
type Fault interface {
	Name() string
	Send(rng *rand.Rand, to message.Node, m message.Message) []message.Message
}

// Silent sends nothing at all.
type Silent struct{}

// Name is the fault's name in traces.
func (Silent) Name() string { return "silent" }

// Send drops everything.
func (Silent) Send(*rand.Rand, message.Node, message.Message) []message.Message { return nil }

// LyingReplies answers clients with results of its own making.
type LyingReplies struct{}

// Name is the fault's name in traces.
func (LyingReplies) Name() string { return "lying-replies" }

// Send replaces results.
func (LyingReplies) Send(_ *rand.Rand, _ message.Node, m message.Message) []message.Message {
	p, ok := m.(*message.Reply)
	if !ok {
		return []message.Message{m}
	}
	lie := *p
	lie.Status, lie.Floor = message.ReplyExecuted, 0
	lie.Result = []byte("forged!!")
	lie.Digest = message.ResultDigest(lie.Result)
	return []message.Message{&lie}
}

// LyingVotes prepares and commits digests that nobody proposed, and fakes
// checkpoints, to some receivers only.
type LyingVotes struct{}

// Name is the fault's name in traces.
func (LyingVotes) Name() string { return "lying-votes" }

// Send replaces digests, half of the time.
func (LyingVotes) Send(rng *rand.Rand, _ message.Node, m message.Message) []message.Message {
	if rng.IntN(2) == 0 {
		return []message.Message{m}
	}
	d := message.Digest{byte(rng.IntN(256)), 1}
	switch v := m.(type) {
	case *message.Prepare:
		lie := *v
		lie.Digest = d
		return []message.Message{&lie}
	case *message.Commit:
		lie := *v
		lie.Digest = d
		return []message.Message{&lie}
	case *message.Checkpoint:
		lie := *v
		lie.Digest = d
		return []message.Message{&lie}
	}
	return []message.Message{m}
}

// Equivocation sends, as primary, batches to some backups that differ from
// those it sends to others.
type Equivocation struct{}

// Name is the fault's name in traces.
func (Equivocation) Name() string { return "equivocation" }

// Send gives odd replicas a batch with another time.
func (Equivocation) Send(_ *rand.Rand, to message.Node, m message.Message) []message.Message {
	b, ok := m.(*message.PrePrepare)
	if !ok || to.Replica%2 == 0 {
		return []message.Message{m}
	}
	lie := &message.PrePrepare{View: b.View, Sequence: b.Sequence, Time: b.Time + 1, Requests: b.Requests}
	lie.Seal()
	return []message.Message{lie}
}

// PartlyAuthentic is a client whose authenticators are right for some replicas
// only, others each time.
type PartlyAuthentic struct{}

// Name is the fault's name in traces.
func (PartlyAuthentic) Name() string { return "partly-authentic" }

// Send spoils the authenticator.
func (PartlyAuthentic) Send(rng *rand.Rand, _ message.Node, m message.Message) []message.Message {
	q, ok := m.(*message.Request)
	if !ok {
		return []message.Message{m}
	}
	lie := *q
	lie.Auth = make(message.Authenticator, len(q.Auth))
	for i := range q.Auth {
		if rng.IntN(2) == 0 {
			lie.Auth[i] = q.Auth[i]
		}
	}
	return []message.Message{&lie}
}

// drawFaults draws at most f faulty replicas, and sometimes a faulty client
// beside honest ones.
func drawFaults(rng *rand.Rand, s Settings) []Planned {
	var out []Planned
	for _, i := range rng.Perm(s.Params.Replicas())[:rng.IntN(s.Params.Faults+1)] {
		out = append(out, Planned{Node: i, Fault: pick[Fault](rng, Silent{}, LyingReplies{}, LyingVotes{}, Equivocation{})})
	}
	if s.Clients > 1 && rng.IntN(3) == 0 {
		out = append(out, Planned{Client: true, Node: rng.IntN(s.Clients), Fault: PartlyAuthentic{}})
	}
	return out
}

var (
	_ pbft.Service = (*counter)(nil)
	_ Fault        = Equivocation{}
)

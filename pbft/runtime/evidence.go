package runtime

import (
	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
)

// evidence serves those who want proof of the state. It keeps the checkpoints
// that were attested to last, so that their pages can be asked for although the
// protocol has moved on, and bounds what any principal can have done. Whoever
// has the turn uses it.
//
// Any client may ask. Whoever holds a client's key can read every file anyway,
// by naming root as the user (see "What is not promised" in the README), so
// pages tell a client nothing that it cannot have; replicas serve each other's
// pages by another message.
type evidence struct {
	core    *pbft.Replica // nil at a server without replication
	sign    func(message.Digest) message.Signature
	kept    []attested // at most keptCheckpoints, the oldest first
	budgets map[uint32]*budget
}

// attested is a checkpoint that was signed for, and is kept for a while.
type attested struct {
	pbft.Evidence
	signature message.Signature
	until     message.Time
}

// budget is what a principal may still ask for, as of a time.
type budget struct {
	left int
	at   message.Time
}

func newEvidence(core *pbft.Replica, identity *auth.Identity, cluster string) *evidence {
	return &evidence{
		core:    core,
		sign:    func(d message.Digest) message.Signature { return identity.Sign(cluster, d) },
		budgets: make(map[uint32]*budget),
	}
}

// answer returns the answer to a question, nil if there is none: the question is
// no client's, or one too many.
func (e *evidence) answer(from message.Node, m message.Message, now message.Time) message.Message {
	e.forget(now)
	switch m := m.(type) {
	case *message.Attest:
		if e.allows(from, now, attestCost) {
			return e.attest(m, now)
		}
	case *message.Inspect:
		if e.allows(from, now, 1) {
			return e.inspect(m)
		}
	}
	return nil
}

// allows charges a principal. Principals are authenticated, so there are no more
// of them than the configuration has.
func (e *evidence) allows(from message.Node, now message.Time, cost int) bool {
	if from.Kind != message.KindClient {
		return false
	}
	b := e.budgets[from.Client.Principal]
	if b == nil {
		b = &budget{left: questionsPerSecond, at: now}
		e.budgets[from.Client.Principal] = b
	}
	const pause = message.Time(1e9 / questionsPerSecond)
	earned := (now - b.at) / pause
	b.left = int(min(message.Time(b.left)+earned, questionsPerSecond))
	b.at += earned * pause
	if b.left < cost {
		return false
	}
	b.left -= cost
	return true
}

// attest signs for the last stable checkpoint, once for each.
func (e *evidence) attest(m *message.Attest, now message.Time) message.Message {
	none := &message.Attestation{Nonce: m.Nonce} // of the beginning: it says nothing
	if e.core == nil {
		return none
	}
	stable, ok := e.core.Evidence()
	if !ok {
		return none
	}
	c := stable.Entry()
	k := e.find(c.Sequence)
	if k == nil || k.Entry() != c {
		k = e.keep(stable)
	}
	k.until = now + message.Time(keepCheckpoint)
	return &message.Attestation{Nonce: m.Nonce, Sequence: c.Sequence, Digest: c.Digest, Signature: k.signature}
}

func (e *evidence) keep(stable pbft.Evidence) *attested {
	if len(e.kept) == keptCheckpoints {
		n := copy(e.kept, e.kept[1:])
		e.kept = e.kept[:n]
	}
	c := stable.Entry()
	e.kept = append(e.kept, attested{Evidence: stable, signature: e.sign(message.CheckpointStatement(c.Sequence, c.Digest))})
	return &e.kept[len(e.kept)-1]
}

func (e *evidence) inspect(m *message.Inspect) message.Message {
	answer := &message.Inspection{Nonce: m.Nonce}
	if k := e.find(m.Sequence); k != nil {
		answer.Data = e.core.EvidencePage(&k.Evidence, m.ID)
	}
	return answer
}

func (e *evidence) find(n message.Sequence) *attested {
	for i := range e.kept {
		if e.kept[i].Entry().Sequence == n {
			return &e.kept[i]
		}
	}
	return nil
}

// forget lets go of checkpoints that nobody has asked about for a while.
func (e *evidence) forget(now message.Time) {
	kept := e.kept[:0]
	for _, k := range e.kept {
		if now < k.until {
			kept = append(kept, k)
		}
	}
	clear(e.kept[len(kept):])
	e.kept = kept
}

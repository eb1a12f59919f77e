package pbft

import (
	"sort"

	"bfs/pbft/message"
)

// nullDigest is the digest of the null request: an empty batch of time 0.
var nullDigest = nullBatch(0, 1).Digest()

func nullBatch(v message.View, n message.Sequence) *message.PrePrepare {
	b := &message.PrePrepare{View: v, Sequence: n}
	b.Seal()
	return b
}

// decision is what a new view starts from.
type decision struct {
	// start is the checkpoint after which batches are proposed again.
	start message.Entry
	// chosen are the digests for start.Sequence+1 and on, without a gap.
	chosen []message.Digest
}

// last is the largest sequence number of the decision.
func (d *decision) last() message.Sequence {
	return d.start.Sequence + message.Sequence(len(d.chosen))
}

// decide is the new primary's decision (TOCS'02, section 2.3.5), which every
// backup repeats: a pure function of the view-change messages. It is false if
// they do not determine every sequence number yet; more messages may.
func decide(p Params, changes []*message.ViewChange) (decision, bool) {
	start, ok := chooseCheckpoint(p, changes)
	if !ok {
		return decision{}, false
	}
	d := decision{start: start}
	top := min(highestPrepared(changes), start.Sequence+message.Sequence(p.LogSize))
	for n := start.Sequence + 1; n <= top; n++ {
		digest, ok := chooseBatch(p, changes, n)
		if !ok {
			return decision{}, false
		}
		d.chosen = append(d.chosen, digest)
	}
	return d, true
}

// chooseCheckpoint is the highest checkpoint that f+1 messages hold, so a
// correct replica has it, and that 2f+1 have not collected garbage past.
func chooseCheckpoint(p Params, changes []*message.ViewChange) (message.Entry, bool) {
	var candidates []message.Entry
	for _, m := range changes {
		candidates = append(candidates, m.Checkpoints...)
	}
	sort.SliceStable(candidates, func(i, j int) bool { return candidates[i].Sequence > candidates[j].Sequence })
	for _, c := range candidates {
		held, kept := 0, 0
		for _, m := range changes {
			if contains(m.Checkpoints, c) {
				held++
			}
			if m.Stable <= c.Sequence {
				kept++
			}
		}
		if held >= p.Weak() && kept >= p.Quorum() {
			return c, true
		}
	}
	return message.Entry{}, false
}

// chooseBatch decides one sequence number.
func chooseBatch(p Params, changes []*message.ViewChange, n message.Sequence) (message.Digest, bool) {
	for _, m := range changes {
		e, ok := preparedAt(m, n)
		if ok && notContradicted(p, changes, e) && vouchedFor(p, changes, e) {
			return e.Digest, true
		}
	}
	// Condition B: nothing can have committed at n.
	none := 0
	for _, m := range changes {
		if _, ok := preparedAt(m, n); !ok && m.Stable < n {
			none++
		}
	}
	return nullDigest, none >= p.Quorum()
}

// notContradicted is condition A1: for 2f+1 messages with a stable point below
// n, what they prepared at n, if anything, was in an earlier view or is the
// same batch in the same view.
func notContradicted(p Params, changes []*message.ViewChange, e message.Entry) bool {
	count := 0
	for _, m := range changes {
		o, ok := preparedAt(m, e.Sequence)
		if m.Stable < e.Sequence && (!ok || o.View < e.View || o.View == e.View && o.Digest == e.Digest) {
			count++
		}
	}
	return count >= p.Quorum()
}

// vouchedFor is condition A2: f+1 messages have agreed to the batch in its
// view or a later one, so a correct replica has checked it.
func vouchedFor(p Params, changes []*message.ViewChange, e message.Entry) bool {
	count := 0
	for _, m := range changes {
		for _, q := range m.PrePrepared {
			if q.Sequence == e.Sequence && q.Digest == e.Digest && q.View >= e.View {
				count++
				break
			}
		}
	}
	return count >= p.Weak()
}

func preparedAt(m *message.ViewChange, n message.Sequence) (message.Entry, bool) {
	i := sort.Search(len(m.Prepared), func(i int) bool { return m.Prepared[i].Sequence >= n })
	if i < len(m.Prepared) && m.Prepared[i].Sequence == n {
		return m.Prepared[i], true
	}
	return message.Entry{}, false
}

func highestPrepared(changes []*message.ViewChange) message.Sequence {
	var top message.Sequence
	for _, m := range changes {
		if k := len(m.Prepared); k > 0 {
			top = max(top, m.Prepared[k-1].Sequence)
		}
	}
	return top
}

func contains(entries []message.Entry, e message.Entry) bool {
	for _, o := range entries {
		if o == e {
			return true
		}
	}
	return false
}

package pbft

import "bfs/pbft/message"

// Memory that changes by itself shows in no digest until something writes to
// it, since digests are kept. So the service is asked to check a part of its
// state at every tick; and while nothing is executed, the state's digest is
// held against what it was, so that a replica of an idle cluster notices as
// well, and fetches what is right. At work, the next checkpoint shows it.

// scrubBytes is how much of the state is checked in a StatusInterval: with the
// default that takes some two thousandths of a processor's time, and 20 minutes
// for 1 GB.
const scrubBytes = 128 << 10

// settledState is the digest of the state after sequence.
type settledState struct {
	sequence message.Sequence
	digest   message.Digest
}

// checkState compares the state with the digest that it has for certain, at a
// stable checkpoint, or had when it was last looked at with nothing executed
// since.
func (r *Replica) checkState() {
	if r.diverged || r.tentative != nil || r.executed == 0 {
		return
	}
	now := settledState{r.executed, message.Sum(r.rootPage())}
	before := r.settledState
	if c := r.checkpoints.at(r.executed); c != nil {
		before = settledState{c.sequence, c.digest}
	}
	if before.sequence == now.sequence && before.digest != now.digest {
		r.diverge(now.sequence, now.digest, before.digest)
		return
	}
	r.settledState = now
}

package main

import (
	"math/rand/v2"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// aheadBy is how far into the future votes and checkpoints are made up.
const aheadBy = 8

func newSilent(_ *attack, send sender) runtime.Filter {
	return &rewrite{send: send, to: func(message.Node, message.Message) []message.Message { return nil }}
}

// madeUp is a digest of nothing.
func madeUp() (d message.Digest) {
	for i := range d {
		d[i] = byte(rand.Uint32())
	}
	return d
}

// newLyingVotes votes truthfully half of the time, so that some of its votes
// count, and adds votes for what has not been proposed.
func newLyingVotes(a *attack, send sender) runtime.Filter {
	return &rewrite{send: send, to: func(_ message.Node, m message.Message) []message.Message {
		if rand.IntN(2) == 0 {
			return just(m)
		}
		switch v := m.(type) {
		case *message.Prepare:
			ahead := *v
			ahead.Sequence, ahead.Digest = v.Sequence+1+rand.N[message.Sequence](aheadBy), madeUp()
			return just(&message.Prepare{View: v.View, Sequence: v.Sequence, Digest: madeUp(), Replica: a.id}, &ahead)
		case *message.Commit:
			ahead := *v
			ahead.Sequence, ahead.Digest = v.Sequence+1+rand.N[message.Sequence](aheadBy), madeUp()
			return just(&message.Commit{View: v.View, Sequence: v.Sequence, Digest: madeUp(), Replica: a.id}, &ahead,
				&message.Committed{Sequence: ahead.Sequence, Digest: madeUp(), Replica: a.id})
		case *message.Committed:
			return just(&message.Committed{Sequence: v.Sequence, Digest: madeUp(), Replica: a.id})
		}
		return just(m)
	}}
}

// newFakeCheckpoints lies in every checkpoint, and in every status about how
// far it is.
func newFakeCheckpoints(a *attack, send sender) runtime.Filter {
	interval := message.Sequence(a.group.Params.CheckpointInterval)
	return &rewrite{send: send, to: func(_ message.Node, m message.Message) []message.Message {
		switch v := m.(type) {
		case *message.Checkpoint:
			fakes := just(&message.Checkpoint{Sequence: v.Sequence, Digest: madeUp(), Replica: a.id})
			for i := range message.Sequence(aheadBy) {
				fakes = append(fakes, &message.Checkpoint{Sequence: v.Sequence + (i+1)*interval, Digest: madeUp(), Replica: a.id})
			}
			return fakes
		case *message.Status:
			lie := *v
			lie.Stable += aheadBy * interval
			lie.Executed += aheadBy * interval
			return just(&lie)
		}
		return just(m)
	}}
}

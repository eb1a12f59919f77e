package main

import (
	"math/rand/v2"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// viewLiar lies in view changes, and asks for them all the time.
type viewLiar struct {
	*attack
	send sender
}

func newViewLiar(a *attack, send sender) runtime.Filter {
	l := &viewLiar{attack: a, send: send}
	return &rewrite{send: send, to: l.alter}
}

func (l *viewLiar) alter(_ message.Node, m message.Message) []message.Message {
	switch v := m.(type) {
	case *message.ViewChange:
		return just(l.lie(v.View, v.Stable, v.Checkpoints))
	case *message.NewView:
		short := *v
		short.Changes = v.Changes[:len(v.Changes)-1]
		return just(&short, m)
	case *message.Status, *message.Checkpoint:
		return just(m, l.restless(m))
	}
	return just(m)
}

// restless is a VIEW-CHANGE for a view to come.
func (l *viewLiar) restless(m message.Message) message.Message {
	var view message.View
	var stable message.Sequence
	if s, ok := m.(*message.Status); ok {
		view, stable = s.View, s.Stable
	}
	return l.lie(view+1+rand.N[message.View](3), stable, []message.Entry{{Sequence: stable, Digest: madeUp()}})
}

// lie is a well-formed, signed VIEW-CHANGE that says that batches were prepared
// which nobody has ever proposed.
func (l *viewLiar) lie(view message.View, stable message.Sequence, checkpoints []message.Entry) *message.ViewChange {
	v := &message.ViewChange{View: view, Replica: l.id, Stable: stable, Checkpoints: checkpoints}
	for i := range message.Sequence(aheadBy) {
		e := message.Entry{Sequence: stable + 1 + i, View: view - 1, Digest: madeUp()}
		v.Prepared = append(v.Prepared, e)
		v.PrePrepared = append(v.PrePrepared, e)
	}
	v.Seal()
	v.Signature = l.identity.Sign(l.group.Cluster, v.Digest())
	return v
}

package main

import (
	"time"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// newEquivocator gives every other backup a batch with another time, and each
// of them a COMMIT of the batch that it got.
func newEquivocator(a *attack, send sender) runtime.Filter {
	return &rewrite{send: send, to: func(to message.Node, m message.Message) []message.Message {
		b, ok := m.(*message.PrePrepare)
		if !ok || to.Replica%2 == a.id%2 {
			return just(m)
		}
		other := &message.PrePrepare{View: b.View, Sequence: b.Sequence, Time: b.Time + 1, Requests: b.Requests}
		other.Seal()
		return just(other, &message.Commit{View: b.View, Sequence: b.Sequence, Digest: other.Digest(), Replica: a.id})
	}}
}

// delayer holds proposals back.
type delayer struct {
	open
	send  sender
	delay time.Duration
}

// A proposal is held back for this part of the view-change timeout.
const delayNumerator, delayDenominator = 8, 10

func newDelayer(a *attack, send sender) runtime.Filter {
	delay := time.Duration(a.group.Params.ViewTimeout) * delayNumerator / delayDenominator
	return &delayer{send: send, delay: delay}
}

func (d *delayer) Send(to message.Node, m message.Message) {
	if _, ok := m.(*message.PrePrepare); ok {
		time.AfterFunc(d.delay, func() { d.send(to, m) })
		return
	}
	d.send(to, m)
}

// starver does not see the requests of its victim, from whomever they come;
// what others propose reaches it.
type starver struct {
	send   sender
	victim uint32
}

func newStarver(a *attack, send sender) runtime.Filter {
	return &starver{send: send, victim: a.victim}
}

func (s *starver) Receive(_ message.Node, m message.Message) bool {
	q, ok := m.(*message.Request)
	return !ok || q.Client.Principal != s.victim
}

func (s *starver) Send(to message.Node, m message.Message) { s.send(to, m) }

package main

import (
	"math/rand/v2"
	"sync"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// How many messages are remembered, and how many of them go with each that is
// sent.
const (
	remembered = 2048
	replayed   = 3
)

// replayer remembers what passes in either direction, and sends it again to
// anybody.
type replayer struct {
	send sender
	mu   sync.Mutex
	past []message.Message
	next int
}

func newReplayer(_ *attack, send sender) runtime.Filter { return &replayer{send: send} }

func (r *replayer) Receive(_ message.Node, m message.Message) bool {
	r.remember(m)
	return true
}

func (r *replayer) Send(to message.Node, m message.Message) {
	r.remember(m)
	r.send(to, m)
	if to.Kind != message.KindReplica {
		return
	}
	for _, old := range r.some() {
		r.send(to, old)
	}
}

func (r *replayer) remember(m message.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.past) < remembered {
		r.past = append(r.past, m)
		return
	}
	r.past[r.next] = m
	r.next = (r.next + 1) % remembered
}

func (r *replayer) some() []message.Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []message.Message
	for range replayed {
		out = append(out, r.past[rand.IntN(len(r.past))])
	}
	return out
}

package main

import (
	"bytes"
	"math/rand/v2"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// newPageCorrupter flips a bit in every page of the state that it sends, and
// sends the page of another time and one that is too short with it.
func newPageCorrupter(a *attack, send sender) runtime.Filter {
	return &rewrite{send: send, to: func(_ message.Node, m message.Message) []message.Message {
		p, ok := m.(*message.StatePage)
		if !ok {
			return just(m)
		}
		wrong, short := *p, *p
		wrong.Data = bytes.Clone(p.Data)
		if len(wrong.Data) > 0 {
			wrong.Data[rand.IntN(len(wrong.Data))] ^= 1
		}
		short.Data = p.Data[:len(p.Data)/2]
		return just(&wrong, &short)
	}}
}

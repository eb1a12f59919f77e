package runtime

import "bfs/pbft/message"

// Filter stands between a replica's core and its connections. It is what
// programs that attack, or cut a network, are made of; an honest replica has
// none.
type Filter interface {
	// Receive says whether a message, which has been checked, reaches the
	// core. Readers call it concurrently. It must not change the message.
	Receive(from message.Node, m message.Message) bool
	// Send takes the place of sending one message to one node. It is called
	// with the replica's turn, so it must not wait. It must not change the
	// message, and may keep it.
	Send(to message.Node, m message.Message)
}

// filter makes the configured Filter, which sends for itself, at any time and
// from any goroutine, by the function it is given.
func (r *Replica) filter() Filter {
	if r.config.Filter == nil {
		return nil
	}
	return r.config.Filter(func(to message.Node, m message.Message) {
		r.endpoint.Send(to, message.Encode(m))
	})
}

// sendFiltered hands one message to the filter for each receiver.
func sendFiltered(f Filter, to []message.Node, m message.Message) {
	for _, node := range to {
		f.Send(node, m)
	}
}

package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// half says which of two twins a replica is.
type half uint8

const (
	single half = iota // no twin
	twinA
	twinB
	both // as what others see: both of them
)

// pair is a replica that runs twice. Every other node, by its place, sees one of the twins, or
// both, and is seen by the same.
type pair struct {
	second *replica
	seen   []half // by place
}

// resplitAfter is how long the others see the same twins at most.
const resplitAfter = 800 * pbft.Millisecond

// addTwin runs a replica once more.
func (w *World) addTwin(first *replica) {
	second := newReplica(w, int(first.node.Replica))
	first.half, second.half = twinA, twinB
	second.fault = newSeat(w, second.node, []Attack{twins})
	second.fault.half = twinB
	first.fault.half = twinA
	w.pairs[first.node.Replica] = &pair{second: second, seen: make([]half, len(w.replicas)+w.settings.Clients)}
	w.resplit(first.node.Replica)
}

// resplit draws anew which twin each node sees, now and from time to time.
func (w *World) resplit(id message.ReplicaID) {
	p := w.pairs[id]
	line := ""
	for i := range p.seen {
		p.seen[i] = pick(w.rng, twinA, twinB, twinA, twinB, both)
		line += string("?AB*"[p.seen[i]])
	}
	w.tracef("%v: its twins are seen by %s", message.ReplicaNode(id), line)
	w.coverage.attacked(twins)
	w.after(pbft.Millisecond+message.Time(w.rng.Int64N(int64(resplitAfter))), func() { w.resplit(id) })
}

// at is who gets a message: the replica, or those of two twins that the sender
// sees.
func (w *World) at(to, from message.Node) []*replica {
	r := w.replicas[to.Replica]
	p := w.pairs[to.Replica]
	if p == nil {
		return []*replica{r}
	}
	switch p.seen[w.links.place(from)] {
	case twinA:
		return []*replica{r}
	case twinB:
		return []*replica{p.second}
	}
	return []*replica{r, p.second}
}

// unseen says whether a message is from a twin that the receiver does not see.
func (w *World) unseen(from message.Node, h half, to message.Node) bool {
	if h == single {
		return false
	}
	seen := w.pairs[from.Replica].seen[w.links.place(to)]
	return seen != h && seen != both
}

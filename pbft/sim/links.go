package sim

import "bfs/pbft/message"

// links says who can reach whom at present. A node's place is its number for a
// replica, and n plus its principal for a client.
type links struct {
	replicas int
	cut      []bool          // replicas that nothing reaches and that reach nobody
	side     []int           // of a partition: replicas reach their own side only
	lone     []int           // replicas that are isolated from the others, how often
	down     map[[2]int]bool // one-way links that carry nothing
}

func newLinks(replicas int) links {
	return links{replicas: replicas, cut: make([]bool, replicas), side: make([]int, replicas), lone: make([]int, replicas), down: make(map[[2]int]bool)}
}

func (l *links) place(n message.Node) int {
	if n.Kind == message.KindReplica {
		return int(n.Replica)
	}
	return l.replicas + int(n.Client.Principal)
}

func (l *links) blocked(from, to message.Node) bool {
	a, b := l.place(from), l.place(to)
	if a < l.replicas && l.cut[a] || b < l.replicas && l.cut[b] || l.down[[2]int{a, b}] {
		return true
	}
	return a < l.replicas && b < l.replicas && (l.side[a] != l.side[b] || l.lone[a] > 0 || l.lone[b] > 0)
}

// heal makes all links work.
func (l *links) heal() {
	clear(l.cut)
	clear(l.side)
	clear(l.lone)
	clear(l.down)
}

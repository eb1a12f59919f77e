package message

import "testing"

func TestNodesAreComparable(t *testing.T) {
	t.Parallel()
	seen := map[Node]string{}
	for _, n := range []Node{
		{},
		ReplicaNode(0),
		ReplicaNode(1),
		ClientNode(ClientID{Principal: 0, Session: 0}),
		ClientNode(ClientID{Principal: 1, Session: 0}),
		ClientNode(ClientID{Principal: 1, Session: 1}),
	} {
		if other, dup := seen[n]; dup {
			t.Errorf("%v and %s are the same key", n, other)
		}
		seen[n] = n.String()
	}
}

func TestNodeString(t *testing.T) {
	t.Parallel()
	for want, n := range map[string]Node{
		"nobody":     {},
		"replica 2":  ReplicaNode(2),
		"client 7/9": ClientNode(ClientID{Principal: 7, Session: 9}),
	} {
		if got := n.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

package message

import "fmt"

// NodeKind tells replicas and clients apart.
type NodeKind uint8

// The kinds of Node. The zero NodeKind is none, so that the zero Node names
// nobody.
const (
	KindReplica NodeKind = iota + 1
	KindClient
)

// Node names one end of a link: a replica, or one session of a client. It is
// comparable and can be a map's key. Only the field that belongs to Kind is
// set.
type Node struct {
	Kind    NodeKind
	Replica ReplicaID
	Client  ClientID
}

// ReplicaNode is the Node of a replica.
func ReplicaNode(id ReplicaID) Node {
	return Node{Kind: KindReplica, Replica: id}
}

// ClientNode is the Node of a client's session.
func ClientNode(id ClientID) Node {
	return Node{Kind: KindClient, Client: id}
}

// String names the node as log lines do: "replica 2", "client 7/1700000000".
func (n Node) String() string {
	switch n.Kind {
	case KindReplica:
		return fmt.Sprintf("replica %d", n.Replica)
	case KindClient:
		return fmt.Sprintf("client %d/%d", n.Client.Principal, n.Client.Session)
	default:
		return "nobody"
	}
}

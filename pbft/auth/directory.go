package auth

import "bfs/pbft/message"

// Directory says who is in the cluster. It does not change once it is in use.
type Directory struct {
	// Cluster is the cluster's id. Peers of another cluster are refused even
	// if they use the same keys.
	Cluster string
	// Replicas are the replicas' keys by number.
	Replicas []PublicKey
	// Clients are the client principals' keys. All sessions of a principal
	// use its key.
	Clients map[uint32]PublicKey
}

// key finds the key of a replica or of a client session's principal.
func (d *Directory) key(n message.Node) (PublicKey, bool) {
	var key PublicKey
	switch n.Kind {
	case message.KindReplica:
		if uint64(n.Replica) < uint64(len(d.Replicas)) {
			key = d.Replicas[n.Replica]
		}
	case message.KindClient:
		key = d.Clients[n.Client.Principal]
	}
	return key, !key.IsZero()
}

// keyOwner is whose key a node uses: "replica 2", "client 7".
func keyOwner(n message.Node) string {
	if n.Kind == message.KindClient {
		return "client " + decimal(n.Client.Principal)
	}
	return n.String()
}

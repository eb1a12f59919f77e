package sim

import "bfs/pbft/message"

// In the simulator a MAC or a signature is the digest that it is of, marked
// with whose it is: whoever changes what it covers spoils it. Nodes make only
// their own, and so do the faults around them; that is a rule for the authors
// of faults, not a check.

// mac is the entry that a request's client makes for a replica in the
// authenticator of a request with digest d.
func mac(d message.Digest, id message.ReplicaID) message.MAC {
	m := message.MAC(d[:len(message.MAC{})])
	m[0] ^= 1 + byte(id)
	return m
}

// authenticator is a client's for its request.
func authenticator(q *message.Request, replicas int) message.Authenticator {
	a := make(message.Authenticator, replicas)
	for i := range a {
		a[i] = mac(q.Digest(), message.ReplicaID(i))
	}
	return a
}

// authentic says whether a replica's own entry is right.
func authentic(q *message.Request, id message.ReplicaID) bool {
	return int(id) < len(q.Auth) && q.Auth[id] == mac(q.Digest(), id)
}

// vouched says of each request in a message whether a replica's own entry in
// its authenticator is right.
func vouched(m message.Message, id message.ReplicaID) []bool {
	switch m := m.(type) {
	case *message.Request:
		return []bool{authentic(m, id)}
	case *message.PrePrepare:
		out := make([]bool, len(m.Requests))
		for i, q := range m.Requests {
			out[i] = authentic(q, id)
		}
		return out
	}
	return nil
}

// signature is a replica's of a digest.
func signature(id message.ReplicaID, d message.Digest) message.Signature {
	var s message.Signature
	copy(s[1:], d[:])
	s[0] = 1 + byte(id)
	return s
}

// signed checks the signatures in a message, as a driver does.
func signed(m message.Message) bool {
	switch m := m.(type) {
	case *message.ViewChange:
		return m.Signature == signature(m.Replica, m.Digest())
	case *message.NewView:
		for _, c := range m.Changes {
			if !signed(c) {
				return false
			}
		}
	}
	return true
}

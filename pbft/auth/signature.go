package auth

import "bfs/pbft/message"

// purposeStatement is what replicas sign what they say to third parties for.
const purposeStatement = "bfs statement 1 "

// Sign signs the digest of a protocol message, as a replica of a cluster. The
// signature is a function of the key and the arguments alone.
func (id *Identity) Sign(cluster string, d message.Digest) message.Signature {
	return message.Signature(id.sign(purposeStatement, statement(cluster, d)))
}

// Verify says whether signature is what Sign makes with this key.
func (k PublicKey) Verify(cluster string, d message.Digest, signature message.Signature) bool {
	return k.verify(purposeStatement, statement(cluster, d), signature[:])
}

// statement binds a digest to a cluster.
func statement(cluster string, d message.Digest) [32]byte {
	c := clusterDigest(cluster)
	return hash(purposeStatement, c[:], d[:])
}

package auth

import (
	"encoding/binary"

	"golang.org/x/crypto/blake2b"

	"bfs/pbft/message"
)

// Labels that keep every use of a key or a hash apart from the others. The
// version is a part of the first message, so a change of any of them needs a
// new protocolVersion.
const (
	magic           = "bfs-link"
	protocolVersion = 2

	labelCluster   = "bfs-link-1 cluster "
	labelAnswer    = "bfs-link-1 transcript up to the responder's signature "
	labelProof     = "bfs-link-1 transcript up to the initiator's signature "
	labelKeys      = "bfs-link-1 whole transcript "
	signAsAnswerer = "bfs-link-1 responder's signature "
	signAsProver   = "bfs-link-1 initiator's signature "

	infoForward  = "bfs-link-1 frames from initiator to responder"
	infoBackward = "bfs-link-1 frames from responder to initiator"
	infoConfirm  = "bfs-link-1 confirmation"
	infoRequests = "bfs-link-1 requests"
	labelRequest = "bfs-req-1 digest"
)

// hello is the first message: who calls whom in which cluster, and the
// initiator's half of the key agreement.
type hello struct {
	cluster   [clusterSize]byte
	initiator message.Node
	responder message.Node
	share     [shareSize]byte
}

func (h *hello) append(dst []byte) []byte {
	dst = appendPrelude(dst)
	dst = append(dst, h.cluster[:]...)
	dst = appendNode(dst, h.initiator)
	dst = appendNode(dst, h.responder)
	return append(dst, h.share[:]...)
}

// parseHello reads a hello of helloSize bytes whose prelude has been checked.
func parseHello(b []byte) (*hello, bool) {
	b = b[preludeSize:]
	h := &hello{cluster: [clusterSize]byte(b)}
	b = b[clusterSize:]
	var ok, okay bool
	h.initiator, ok = parseNode(b[:nodeSize])
	h.responder, okay = parseNode(b[nodeSize : 2*nodeSize])
	h.share = [shareSize]byte(b[2*nodeSize:])
	return h, ok && okay
}

func appendPrelude(dst []byte) []byte {
	return binary.BigEndian.AppendUint16(append(dst, magic...), protocolVersion)
}

// appendNode writes a node in nodeSize bytes.
func appendNode(dst []byte, n message.Node) []byte {
	dst = append(dst, byte(n.Kind))
	dst = binary.BigEndian.AppendUint32(dst, uint32(n.Replica))
	dst = binary.BigEndian.AppendUint32(dst, n.Client.Principal)
	return binary.BigEndian.AppendUint64(dst, n.Client.Session)
}

// parseNode reads what appendNode writes of a replica or a client, and
// refuses a node in which a field of the other kind is set.
func parseNode(b []byte) (message.Node, bool) {
	replica := message.ReplicaNode(message.ReplicaID(binary.BigEndian.Uint32(b[1:])))
	client := message.ClientNode(message.ClientID{
		Principal: binary.BigEndian.Uint32(b[5:]),
		Session:   binary.BigEndian.Uint64(b[9:]),
	})
	switch message.NodeKind(b[0]) {
	case message.KindReplica:
		return replica, client.Client == message.ClientID{}
	case message.KindClient:
		return client, replica.Replica == 0
	default:
		return message.Node{}, false
	}
}

func clusterDigest(cluster string) [clusterSize]byte {
	return hash(labelCluster, []byte(cluster))
}

// hash is BLAKE2b-256 over a label and the parts. All parts but the last have
// a fixed size wherever it is used, so that no two inputs run together.
func hash(label string, parts ...[]byte) [32]byte {
	input := []byte(label)
	for _, part := range parts {
		input = append(input, part...)
	}
	return blake2b.Sum256(input)
}

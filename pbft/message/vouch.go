package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeVouch.
func (v *Vouch) Type() Type { return TypeVouch }

// Append appends the statement's encoding to dst.
func (v *Vouch) Append(dst []byte) []byte {
	dst = appendClient(appendLabel(dst, TypeVouch), v.Client)
	dst = wire.AppendUint(dst, uint64(v.Timestamp))
	dst = wire.AppendBytes(dst, v.Digest[:])
	return wire.AppendUint(dst, uint64(v.Replica))
}

func (v *Vouch) sizeMax() int { return sizeHead + 4*sizeUint + sizeDigest }

// String is the statement in one line.
func (v *Vouch) String() string {
	return fmt.Sprintf("VOUCH c=%v t=%d d=%x from=%d", v.Client, v.Timestamp, v.Digest[:4], v.Replica)
}

func readVouch(r *wire.Reader, limits Limits) *Vouch {
	return &Vouch{
		Client:    readClient(r),
		Timestamp: readTimestamp(r),
		Digest:    readDigest(r),
		Replica:   readReplica(r, limits),
	}
}

package message

import (
	"encoding/binary"
	"fmt"

	"bfs/pbft/wire"
)

// CheckpointStatement is what a replica signs when it attests that the state
// had this digest at the stable checkpoint at n.
func CheckpointStatement(n Sequence, d Digest) Digest {
	b := append(make([]byte, 0, len(labelCheckpoint)+8+len(d)), labelCheckpoint...)
	return Sum(append(binary.BigEndian.AppendUint64(b, uint64(n)), d[:]...))
}

// Type is TypeAttest.
func (a *Attest) Type() Type { return TypeAttest }

// Append appends the question's encoding to dst.
func (a *Attest) Append(dst []byte) []byte {
	return wire.AppendUint(appendLabel(dst, TypeAttest), a.Nonce)
}

func (a *Attest) sizeMax() int { return sizeHead + sizeUint }

// String is the question in one line.
func (a *Attest) String() string { return fmt.Sprintf("ATTEST nonce=%d", a.Nonce) }

func readAttest(r *wire.Reader) *Attest { return &Attest{Nonce: r.Uint()} }

// Type is TypeAttestation.
func (a *Attestation) Type() Type { return TypeAttestation }

// Append appends the attestation's encoding to dst.
func (a *Attestation) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeAttestation)
	dst = wire.AppendUint(dst, a.Nonce)
	dst = appendVote(dst, a.Sequence, &a.Digest, a.Replica)
	return wire.AppendBytes(dst, a.Signature[:])
}

func (a *Attestation) sizeMax() int { return sizeVote + sizeUint + sizeSignature }

// String is the attestation in one line.
func (a *Attestation) String() string {
	return fmt.Sprintf("ATTESTATION n=%d d=%x from=%d nonce=%d", a.Sequence, a.Digest[:4], a.Replica, a.Nonce)
}

func readAttestation(r *wire.Reader, limits Limits) *Attestation {
	a := &Attestation{
		Nonce:    r.Uint(),
		Sequence: Sequence(r.Uint()),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
	copy(a.Signature[:], r.Fixed(len(a.Signature)))
	return a
}

// Type is TypeInspect.
func (i *Inspect) Type() Type { return TypeInspect }

// Append appends the question's encoding to dst.
func (i *Inspect) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeInspect)
	dst = wire.AppendUint(dst, i.Nonce)
	dst = wire.AppendUint(dst, uint64(i.Sequence))
	return appendPageID(dst, &i.ID)
}

func (i *Inspect) sizeMax() int { return sizeHead + 2*sizeUint + i.ID.sizeMax() }

// String is the question in one line.
func (i *Inspect) String() string {
	return fmt.Sprintf("INSPECT n=%d path=%x d=%x nonce=%d", i.Sequence, i.ID.Path, i.ID.Digest[:4], i.Nonce)
}

func readInspect(r *wire.Reader) *Inspect {
	return &Inspect{Nonce: r.Uint(), Sequence: Sequence(r.Uint()), ID: readPageID(r)}
}

// Type is TypeInspection.
func (i *Inspection) Type() Type { return TypeInspection }

// Append appends the page's encoding to dst.
func (i *Inspection) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeInspection)
	dst = wire.AppendUint(dst, i.Nonce)
	dst = wire.AppendUint(dst, uint64(i.Replica))
	return wire.AppendBytes(dst, i.Data)
}

func (i *Inspection) sizeMax() int { return sizeHead + 2*sizeUint + sizeBytesHead + len(i.Data) }

// String is the page in one line, without its contents.
func (i *Inspection) String() string {
	return fmt.Sprintf("INSPECTION bytes=%d from=%d nonce=%d", len(i.Data), i.Replica, i.Nonce)
}

func readInspection(r *wire.Reader, limits Limits) *Inspection {
	return &Inspection{Nonce: r.Uint(), Replica: readReplica(r, limits), Data: r.Bytes(limits.MaxPage)}
}

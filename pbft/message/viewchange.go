package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeViewChange.
func (v *ViewChange) Type() Type { return TypeViewChange }

// Seal computes the message's digest. Whoever makes a view-change message
// calls it when all fields but Signature are set, and does not change them
// afterwards.
func (v *ViewChange) Seal() {
	b := make([]byte, 0, len(labelViewChange)+v.sizeMax())
	v.digest = Sum(v.appendBody(append(b, labelViewChange...)))
}

// Digest is the digest of everything but Signature: of a label and the
// encoding up to the end of PrePrepared. The message must come from Decode,
// alone or in a NewView, or have been sealed.
func (v *ViewChange) Digest() Digest {
	if v.digest == (Digest{}) {
		panic("message: digest of a view-change that was neither decoded nor sealed")
	}
	return v.digest
}

// Append appends the view-change's encoding to dst.
func (v *ViewChange) Append(dst []byte) []byte {
	return wire.AppendBytes(v.appendBody(dst), v.Signature[:])
}

// appendBody appends what the signature covers.
func (v *ViewChange) appendBody(dst []byte) []byte {
	dst = appendLabel(dst, TypeViewChange)
	dst = wire.AppendUint(dst, uint64(v.View))
	dst = wire.AppendUint(dst, uint64(v.Replica))
	dst = wire.AppendUint(dst, uint64(v.Stable))
	dst = appendCheckpoints(dst, v.Checkpoints)
	dst = appendEntries(dst, v.Prepared)
	return appendEntries(dst, v.PrePrepared)
}

func (v *ViewChange) sizeMax() int {
	entries := len(v.Checkpoints) + len(v.Prepared) + len(v.PrePrepared)
	return sizeHead + 3*sizeUint + 3*sizeArrayHead + entries*sizeEntry + sizeSignature
}

// String is the view-change in one line, with the sizes of its sets.
func (v *ViewChange) String() string {
	return fmt.Sprintf("VIEW-CHANGE v=%d stable=%d checkpoints=%d prepared=%d preprepared=%d from=%d",
		v.View, v.Stable, len(v.Checkpoints), len(v.Prepared), len(v.PrePrepared), v.Replica)
}

func readViewChange(r *wire.Reader, limits Limits, start int) *ViewChange {
	v := new(ViewChange)
	v.read(r, limits, start)
	return v
}

// read reads what follows the label of a view-change whose encoding starts at
// start.
func (v *ViewChange) read(r *wire.Reader, limits Limits, start int) {
	v.View = readNewerView(r)
	v.Replica = readReplica(r, limits)
	v.Stable = Sequence(r.Uint())
	v.Checkpoints = readCheckpoints(r, v, limits)
	v.Prepared = readEntries(r, v, limits, 1)
	v.PrePrepared = readEntries(r, v, limits, MaxAccepted)
	covered := r.Since(start)
	copy(v.Signature[:], r.Fixed(len(v.Signature)))
	if r.Err() != nil {
		return
	}
	h := newHasher(labelViewChange)
	h.write(covered)
	v.digest = h.finish()
}

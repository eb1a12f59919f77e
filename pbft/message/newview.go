package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeNewView.
func (v *NewView) Type() Type { return TypeNewView }

// Append appends the new-view's encoding to dst; its view-change messages are
// nested in it in their own encodings.
func (v *NewView) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeNewView)
	dst = wire.AppendUint(dst, uint64(v.View))
	dst = wire.AppendUint(dst, uint64(v.Replica))
	dst = wire.AppendArray(dst, len(v.Changes))
	for _, c := range v.Changes {
		dst = c.Append(dst)
	}
	return dst
}

func (v *NewView) sizeMax() int {
	size := sizeHead + 2*sizeUint + sizeArrayHead
	for _, c := range v.Changes {
		size += c.sizeMax()
	}
	return size
}

// MaxNewView is what no NEW-VIEW message's encoding exceeds under limits, in
// bytes.
func MaxNewView(limits Limits) int {
	entries := limits.Window + 1 + limits.Window + MaxAccepted*limits.Window
	change := sizeHead + 3*sizeUint + 3*sizeArrayHead + entries*sizeEntry + sizeSignature
	return sizeHead + 2*sizeUint + sizeArrayHead + limits.Replicas*change
}

// String is the new-view in one line, with the replicas whose view-change
// messages are in it.
func (v *NewView) String() string {
	replicas := make([]ReplicaID, len(v.Changes))
	for i, c := range v.Changes {
		replicas[i] = c.Replica
	}
	return fmt.Sprintf("NEW-VIEW v=%d changes=%d from=%d", v.View, replicas, v.Replica)
}

func readNewView(r *wire.Reader, limits Limits) *NewView {
	v := &NewView{
		View:    readNewerView(r),
		Replica: readReplica(r, limits),
	}
	v.Changes = readChanges(r, v.View, limits)
	return v
}

// readChanges reads the view-change messages for a view: of at least a quorum
// of replicas, in the order of their numbers.
func readChanges(r *wire.Reader, view View, limits Limits) []*ViewChange {
	array := r.Offset()
	count := readCount(r, limits.Replicas, sizeViewChangeMin)
	if count < limits.quorum() {
		r.Fail(array, "view-change messages of a quorum", wire.ErrLength)
		return nil
	}
	changes := make([]*ViewChange, count)
	bodies := make([]ViewChange, count)
	for i := range changes {
		start := r.Offset()
		c := &bodies[i]
		readNested(r, TypeViewChange)
		c.read(r, limits, start)
		if c.View != view {
			r.Fail(start, "a view-change message for the same view", wire.ErrRange)
		}
		if i > 0 && c.Replica <= bodies[i-1].Replica {
			r.Fail(start, "a view-change message in its place", ErrOrder)
		}
		if r.Err() != nil {
			return nil
		}
		changes[i] = c
	}
	return changes
}

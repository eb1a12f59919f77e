package sim

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// TestFootprint: what a core keeps is measured, and what it keeps too much of is
// a violation.
func TestFootprint(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	s.Faults, s.Params = nil, pbft.DefaultParams(1)
	w := New(s, nil)
	r := w.replicas[0]
	before := footprint(r.core)
	const size = 100_000
	for i := range 3 {
		q := request(uint64(1+i), 1, 1)
		q.Operation = make([]byte, size)
		q.Seal()
		r.core.Step(pbft.Input{Now: w.now, From: message.ClientNode(q.Client), Message: q, Vouched: []bool{true}})
	}
	if grown := footprint(r.core) - before; grown < 3*size || grown > 4*size {
		t.Errorf("with three requests of %d bytes a core has grown by %d", size, grown)
	}
	w.check.small(w)
	if w.check.violation != nil {
		t.Error(w.check.violation)
	}
}

// TestFootprintIsBounded: with small parameters little may be kept.
func TestFootprintIsBounded(t *testing.T) {
	t.Parallel()
	s := Draw(1, 1)
	s.Faults = nil
	w := New(s, nil)
	w.settings.Params = pbft.Params{Faults: 1, CheckpointInterval: 1, LogSize: 2}
	w.replicas[0].core.Step(pbft.Input{Now: w.now, From: message.ReplicaNode(1), Message: &message.ViewChange{
		View: 1, Replica: 1, Checkpoints: make([]message.Entry, 1<<16)}})
	if w.check.small(w); w.check.violation == nil {
		t.Error("a core keeps a message of megabytes, and the checker is content")
	}
}

package message_test

import (
	"bytes"
	"errors"
	"testing"

	"bfs/pbft/message"
	"bfs/pbft/wire"
)

func TestRefusedNewViews(t *testing.T) {
	t.Parallel()
	type newView = *message.NewView
	checkRefusals(t, newNewView, []refusal[newView]{
		{"view 0", func(v newView) { v.View = 0 }, wire.ErrRange},
		{"replica n", func(v newView) { v.Replica = 4 }, wire.ErrRange},
		{"no view-changes", func(v newView) { v.Changes = nil }, wire.ErrLength},
		{"2f view-changes", func(v newView) { v.Changes = v.Changes[:2] }, wire.ErrLength},
		{"n+1 view-changes", func(v newView) { v.Changes = append(v.Changes, newViewChange(3), newViewChange(3)) }, wire.ErrTooLong},
		{"a replica twice", func(v newView) { v.Changes[1] = newViewChange(0) }, message.ErrOrder},
		{"replicas in no order", func(v newView) { v.Changes[0], v.Changes[1] = v.Changes[1], v.Changes[0] }, message.ErrOrder},
		{"one for a later view", func(v newView) { v.Changes[1].View++ }, wire.ErrRange},
		{"one for an earlier view", func(v newView) { v.Changes[1].View-- }, wire.ErrRange},
		{"all for another view", func(v newView) { v.View++ }, wire.ErrRange},
		{"one that is refused alone", func(v newView) { v.Changes[2].Checkpoints = nil }, wire.ErrLength},
	})
}

func TestAllReplicasMayBeInANewView(t *testing.T) {
	t.Parallel()
	v := &message.NewView{View: 3, Replica: 3}
	for i := range limits.Replicas {
		v.Changes = append(v.Changes, newViewChange(message.ReplicaID(i)))
	}
	got := mustDecode(t, message.Encode(v)).(*message.NewView)
	for i, c := range got.Changes {
		if c.Replica != message.ReplicaID(i) {
			t.Errorf("message %d is of replica %d", i, c.Replica)
		}
	}
}

// TestAQuorumIsWhatTheGroupMakesIt: in a group of 7, 2f+1 is 5.
func TestAQuorumIsWhatTheGroupMakesIt(t *testing.T) {
	t.Parallel()
	seven := limits
	seven.Replicas = 7
	v := &message.NewView{View: 3, Replica: 3}
	for i := range 7 {
		v.Changes = append(v.Changes, newViewChangeFirst(message.ReplicaID(i)))
		_, err := message.Decode(message.Encode(v), seven)
		if enough := i+1 >= 5; (err == nil) != enough || !enough && !errors.Is(err, wire.ErrLength) {
			t.Errorf("%d messages of 7 replicas: error %v", i+1, err)
		}
	}
}

func TestOnlyViewChangesAreInANewView(t *testing.T) {
	t.Parallel()
	b := message.Encode(newNewView())
	head := bytes.Index(b, []byte{0x98, byte(message.TypeViewChange)})
	copy(b[head:], []byte{0x94, byte(message.TypeFetch)})
	if _, err := message.Decode(b, limits); !errors.Is(err, wire.ErrType) {
		t.Errorf("a NEW-VIEW with a FETCH in it: error %v", err)
	}
}

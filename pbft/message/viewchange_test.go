package message_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"

	"bfs/pbft/message"
	"bfs/pbft/wire"
)

// entries are so many from first on, whose sequence numbers grow by step and
// whose digests grow too.
func entries(first message.Sequence, step, count int) []message.Entry {
	set := make([]message.Entry, count)
	for i := range set {
		set[i].Sequence = first + message.Sequence(i*step)
		binary.BigEndian.PutUint32(set[i].Digest[:], uint32(i+1))
	}
	return set
}

// fullestViewChange has as much in every set as limits allow: it stands at
// the last log that there is room for.
func fullestViewChange(from message.ReplicaID) *message.ViewChange {
	window := limits.Window
	stable := message.Sequence(math.MaxUint64 - uint64(window))
	v := &message.ViewChange{
		View: math.MaxUint64, Replica: from, Stable: stable,
		Checkpoints: entries(stable, 1, window+1),
		Prepared:    entries(stable+1, 1, window),
	}
	for i := range window {
		v.PrePrepared = append(v.PrePrepared, entries(stable+1+message.Sequence(i), 0, message.MaxAccepted)...)
	}
	for i := range v.PrePrepared {
		v.PrePrepared[i].View = v.View - 1
	}
	return v
}

// TestTheFullestViewChangeIsAccepted is not parallel, since it counts
// allocations.
func TestTheFullestViewChangeIsAccepted(t *testing.T) {
	b := message.Encode(fullestViewChange(0))
	v := mustDecode(t, b).(*message.ViewChange)
	if !bytes.Equal(message.Encode(v), b) {
		t.Error("it came back different")
	}
	if n := testing.AllocsPerRun(1, func() { message.Encode(v) }); n > 1 {
		t.Errorf("Encode made %v allocations, want 1", n)
	}
}

// refusal is a change of a good message for which it must be refused.
type refusal[M any] struct {
	name   string
	change func(M)
	reason error
}

func checkRefusals[M message.Message](t *testing.T, good func() M, cases []refusal[M]) {
	t.Helper()
	for _, c := range cases {
		m := good()
		mustDecode(t, message.Encode(m))
		c.change(m)
		got, err := message.Decode(message.Encode(m), limits)
		if !errors.Is(err, c.reason) || got != nil {
			t.Errorf("%s: message %v, error %v, want %v", c.name, got, err, c.reason)
		}
	}
}

func TestRefusedViewChanges(t *testing.T) {
	t.Parallel()
	type viewChange = *message.ViewChange
	good := func() viewChange { return newViewChange(2) }
	checkRefusals(t, good, []refusal[viewChange]{
		{"view 0", func(v viewChange) { v.View, v.Prepared, v.PrePrepared = 0, nil, nil }, wire.ErrRange},
		{"view 0 with batches of views", func(v viewChange) { v.View = 0 }, wire.ErrRange},
		{"replica n", func(v viewChange) { v.Replica = 4 }, wire.ErrRange},

		{"no checkpoint", func(v viewChange) { v.Checkpoints = nil }, wire.ErrLength},
		{"not the stable checkpoint", func(v viewChange) { v.Checkpoints = v.Checkpoints[1:] }, wire.ErrRange},
		{"a checkpoint below the stable one", func(v viewChange) { v.Checkpoints[0].Sequence-- }, wire.ErrRange},
		{"a checkpoint twice", func(v viewChange) { v.Checkpoints[1].Sequence = v.Stable }, message.ErrOrder},
		{"a second checkpoint below the first", func(v viewChange) { v.Checkpoints[1].Sequence = 1 }, message.ErrOrder},
		{"too many checkpoints", func(v viewChange) { v.Checkpoints = entries(v.Stable, 1, limits.Window+2) }, wire.ErrTooLong},

		{"prepared at the stable checkpoint", func(v viewChange) { v.Prepared[0].Sequence = v.Stable }, wire.ErrRange},
		{"prepared below the stable checkpoint", func(v viewChange) { v.Prepared[0].Sequence = 1 }, wire.ErrRange},
		{"prepared above the log", func(v viewChange) { v.Prepared[1].Sequence++ }, wire.ErrRange},
		{"prepared in the message's view", func(v viewChange) { v.Prepared[0].View = v.View }, wire.ErrRange},
		{"prepared in a later view", func(v viewChange) { v.Prepared[1].View = v.View + 1 }, wire.ErrRange},
		{"prepared in no order", func(v viewChange) { slices.Reverse(v.Prepared) }, message.ErrOrder},
		{"prepared twice", func(v viewChange) { v.Prepared[1] = v.Prepared[0] }, message.ErrOrder},
		{"two batches prepared", func(v viewChange) { v.Prepared[1].Sequence = v.Prepared[0].Sequence }, wire.ErrTooLong},
		{"too much prepared", func(v viewChange) { v.Prepared = entries(257, 1, limits.Window+1) }, wire.ErrTooLong},

		{"pre-prepared at the stable checkpoint", func(v viewChange) { v.PrePrepared[0].Sequence = v.Stable }, wire.ErrRange},
		{"pre-prepared above the log", func(v viewChange) { v.PrePrepared[2].Sequence = 277 }, wire.ErrRange},
		{"pre-prepared in the message's view", func(v viewChange) { v.PrePrepared[2].View = v.View }, wire.ErrRange},
		{"sequence numbers in no order", func(v viewChange) { v.PrePrepared[0].Sequence = 259 }, message.ErrOrder},
		{"digests in no order", func(v viewChange) { slices.Reverse(v.PrePrepared[1:]) }, message.ErrOrder},
		{"one batch in two views", func(v viewChange) { v.PrePrepared[2].Digest = v.PrePrepared[1].Digest }, message.ErrOrder},
		{"too many batches of a number", func(v viewChange) { v.PrePrepared = entries(258, 0, message.MaxAccepted+1) }, wire.ErrTooLong},
		{"too much pre-prepared", func(v viewChange) {
			v.PrePrepared = append(fullestViewChange(0).PrePrepared, message.Entry{})
		}, wire.ErrTooLong},
	})
}

// TestTheLogsEndMayNotOverflow: with Stable at the end of the numbers, what
// comes after it is not a small number.
func TestTheLogsEndMayNotOverflow(t *testing.T) {
	t.Parallel()
	v := newViewChangeFirst(1)
	v.Stable, v.Checkpoints[0].Sequence = math.MaxUint64, math.MaxUint64
	mustDecode(t, message.Encode(v))
	v.Prepared = entries(0, 1, 3)
	if m, err := message.Decode(message.Encode(v), limits); !errors.Is(err, wire.ErrRange) {
		t.Errorf("message %v, error %v", m, err)
	}
}

func TestACheckpointsViewIsNotSent(t *testing.T) {
	t.Parallel()
	v := newViewChange(2)
	v.Checkpoints[1].View = 2
	if !bytes.Equal(message.Encode(v), message.Encode(newViewChange(2))) {
		t.Error("the encoding depends on a checkpoint's view")
	}
}

// TestEntriesAreArraysOfTheirFields changes one entry's head, and the length
// of the signature.
func TestEntriesAreArraysOfTheirFields(t *testing.T) {
	t.Parallel()
	good := message.Encode(newViewChange(2))
	for _, c := range []struct {
		name, old, new string
		reason         error
	}{
		{"a checkpoint of 3 fields", "\x92\xcd\x01\x08", "\x93\xcd\x01\x08", wire.ErrLength},
		{"an entry of 2 fields", "\x93\xcd\x01\x14", "\x92\xcd\x01\x14", wire.ErrLength},
		{"an entry as a map", "\x93\xcd\x01\x14", "\x83\xcd\x01\x14", wire.ErrType},
		{"a signature of 63 bytes", "\xc4\x40\xb0", "\xc4\x3f", wire.ErrLength},
		{"a signature of 65 bytes", "\xc4\x40\xb0", "\xc4\x41\xb0\xb0", wire.ErrLength},
	} {
		b := strings.Replace(string(good), c.old, c.new, 1)
		if m, err := message.Decode([]byte(b), limits); b == string(good) || !errors.Is(err, c.reason) {
			t.Errorf("%s: message %v, error %v, want %v", c.name, m, err, c.reason)
		}
	}
}

func TestViewChangeDigestCoversTheBytesBeforeTheSignature(t *testing.T) {
	t.Parallel()
	v := newViewChange(2)
	b := message.Encode(v)
	want := blake2b.Sum256(append([]byte("bfs view-change 1\x00"), b[:len(b)-2-64]...))
	if v.Digest() != want {
		t.Error("the sealed digest is not that of the encoding")
	}
	if mustDecode(t, b).(*message.ViewChange).Digest() != want {
		t.Error("the decoded digest is not that of the encoding")
	}
	nested := mustDecode(t, message.Encode(newNewView())).(*message.NewView).Changes[2]
	if nested.Digest() != newViewChange(3).Digest() {
		t.Error("the digest decoded from inside a NEW-VIEW is another")
	}
}

func TestViewChangeDigestDependsOnEveryFieldButTheSignature(t *testing.T) {
	t.Parallel()
	base := newViewChange(2).Digest()
	for name, change := range map[string]func(*message.ViewChange){
		"view":                  func(v *message.ViewChange) { v.View++ },
		"replica":               func(v *message.ViewChange) { v.Replica++ },
		"stable":                func(v *message.ViewChange) { v.Stable++ },
		"checkpoint's number":   func(v *message.ViewChange) { v.Checkpoints[1].Sequence++ },
		"checkpoint's digest":   func(v *message.ViewChange) { v.Checkpoints[1].Digest[31]++ },
		"prepared number":       func(v *message.ViewChange) { v.Prepared[0].Sequence++ },
		"prepared view":         func(v *message.ViewChange) { v.Prepared[0].View++ },
		"prepared digest":       func(v *message.ViewChange) { v.Prepared[0].Digest[31]++ },
		"pre-prepared view":     func(v *message.ViewChange) { v.PrePrepared[2].View++ },
		"pre-prepared digest":   func(v *message.ViewChange) { v.PrePrepared[2].Digest[31]++ },
		"set that an entry has": func(v *message.ViewChange) { v.Prepared, v.PrePrepared = v.PrePrepared, v.Prepared },
	} {
		v := newViewChange(2)
		change(v)
		v.Seal()
		if v.Digest() == base {
			t.Errorf("the digest does not depend on the %s", name)
		}
	}
	v := newViewChange(2)
	v.Signature[0]++
	v.Seal()
	if v.Digest() != base {
		t.Error("the digest depends on the signature")
	}
}

package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeStatus.
func (s *Status) Type() Type { return TypeStatus }

// Append appends the status's encoding to dst.
func (s *Status) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeStatus)
	dst = wire.AppendUint(dst, uint64(s.Replica))
	dst = wire.AppendUint(dst, uint64(s.View))
	dst = wire.AppendBool(dst, s.Changing)
	dst = wire.AppendBytes(dst, s.Has)
	dst = wire.AppendUint(dst, uint64(s.Stable))
	dst = wire.AppendUint(dst, uint64(s.Executed))
	dst = wire.AppendBytes(dst, s.PrePrepared)
	dst = wire.AppendBytes(dst, s.Prepared)
	return wire.AppendBytes(dst, s.Committed)
}

func (s *Status) sizeMax() int {
	bitmaps := len(s.Has) + len(s.PrePrepared) + len(s.Prepared) + len(s.Committed)
	return sizeHead + 4*sizeUint + sizeBool + 4*sizeBytesHead + bitmaps
}

// String is the status in one line, with the bitmaps in hexadecimal.
func (s *Status) String() string {
	return fmt.Sprintf("STATUS v=%d changing=%t has=%x stable=%d executed=%d preprepared=%x prepared=%x committed=%x from=%d",
		s.View, s.Changing, s.Has, s.Stable, s.Executed, s.PrePrepared, s.Prepared, s.Committed, s.Replica)
}

func readStatus(r *wire.Reader, limits Limits) *Status {
	s := &Status{
		Replica:  readReplica(r, limits),
		View:     View(r.Uint()),
		Changing: r.Bool(),
	}
	if s.Changing {
		s.Has = r.Fixed((limits.Replicas + 7) / 8)
	} else {
		r.Fixed(0)
	}
	s.Stable = Sequence(r.Uint())
	s.Executed = Sequence(r.Uint())
	s.PrePrepared = r.Bytes((limits.Window + 7) / 8)
	s.Prepared = r.Fixed(len(s.PrePrepared))
	s.Committed = r.Fixed(len(s.PrePrepared))
	return s
}

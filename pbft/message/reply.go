package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// Type is TypeReply.
func (p *Reply) Type() Type { return TypeReply }

// Append appends the reply's encoding to dst. Result goes with it if Full is
// set and is left out otherwise, so that one Reply can be sent both ways.
func (p *Reply) Append(dst []byte) []byte {
	dst = appendLabel(dst, TypeReply)
	dst = wire.AppendUint(dst, uint64(p.View))
	dst = appendClient(dst, p.Client)
	dst = wire.AppendUint(dst, uint64(p.Timestamp))
	dst = wire.AppendUint(dst, uint64(p.Replica))
	dst = wire.AppendBool(dst, p.Tentative)
	dst = wire.AppendBool(dst, p.ReadOnly)
	dst = wire.AppendUint(dst, uint64(p.Position))
	dst = wire.AppendUint(dst, uint64(p.Status))
	dst = wire.AppendUint(dst, p.Floor)
	dst = wire.AppendBytes(dst, p.Digest[:])
	dst = wire.AppendBool(dst, p.Full)
	return wire.AppendBytes(dst, p.sent())
}

// sent is the part of the result that is sent.
func (p *Reply) sent() []byte {
	if p.Full {
		return p.Result
	}
	return nil
}

func (p *Reply) sizeMax() int {
	return sizeHead + 8*sizeUint + 3*sizeBool + sizeDigest + sizeBytesHead + len(p.sent())
}

// String is the reply in one line, without its result.
func (p *Reply) String() string {
	return fmt.Sprintf("REPLY v=%d c=%d/%d t=%d from=%d tentative=%t readonly=%t n=%d %v d=%x full=%t result=%d",
		p.View, p.Client.Principal, p.Client.Session, p.Timestamp, p.Replica,
		p.Tentative, p.ReadOnly, p.Position, p.Status, p.Digest[:4], p.Full, len(p.sent()))
}

// readReply also checks that a full reply's digest is the digest of its
// result, so that votes for the digest are votes for the result whoever sent
// it.
func readReply(r *wire.Reader, limits Limits) *Reply {
	p := &Reply{
		View:      View(r.Uint()),
		Client:    readClient(r),
		Timestamp: readTimestamp(r),
		Replica:   readReplica(r, limits),
		Tentative: r.Bool(),
		ReadOnly:  r.Bool(),
		Position:  Sequence(r.Uint()),
		Status:    ReplyStatus(r.UintMax(uint64(ReplyOutOfWindow))),
		Floor:     r.Uint(),
	}
	digest := r.Offset()
	p.Digest = readDigest(r)
	p.Full = r.Bool()
	if !p.Full {
		r.Fixed(0)
		return p
	}
	p.Result = r.Bytes(limits.MaxResult)
	if r.Err() == nil && ResultDigest(p.Result) != p.Digest {
		r.Fail(digest, "a result's digest", ErrDigest)
	}
	return p
}

// String is the status in words.
func (s ReplyStatus) String() string {
	switch s {
	case ReplyExecuted:
		return "executed"
	case ReplySessionExpired:
		return "session-expired"
	case ReplyOutOfWindow:
		return "out-of-window"
	}
	return fmt.Sprintf("status-%d", uint8(s))
}

package message

import (
	"fmt"

	"bfs/pbft/wire"
)

// The messages of a few fixed fields that replicas count: PREPARE, COMMIT,
// COMMITTED and CHECKPOINT; and FETCH, which has the same.

// sizeVote is the most that the encoding of any of them takes.
const sizeVote = sizeHead + 3*sizeUint + sizeDigest

// Type is TypePrepare.
func (p *Prepare) Type() Type { return TypePrepare }

// Append appends the prepare's encoding to dst.
func (p *Prepare) Append(dst []byte) []byte {
	dst = wire.AppendUint(appendLabel(dst, TypePrepare), uint64(p.View))
	return appendVote(dst, p.Sequence, &p.Digest, p.Replica)
}

func (p *Prepare) sizeMax() int { return sizeVote }

// String is the prepare in one line.
func (p *Prepare) String() string {
	return fmt.Sprintf("PREPARE v=%d n=%d d=%x from=%d", p.View, p.Sequence, p.Digest[:4], p.Replica)
}

func readPrepare(r *wire.Reader, limits Limits) *Prepare {
	return &Prepare{
		View:     View(r.Uint()),
		Sequence: readBatchSequence(r),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
}

// Type is TypeCommit.
func (c *Commit) Type() Type { return TypeCommit }

// Append appends the commit's encoding to dst.
func (c *Commit) Append(dst []byte) []byte {
	dst = wire.AppendUint(appendLabel(dst, TypeCommit), uint64(c.View))
	return appendVote(dst, c.Sequence, &c.Digest, c.Replica)
}

func (c *Commit) sizeMax() int { return sizeVote }

// String is the commit in one line.
func (c *Commit) String() string {
	return fmt.Sprintf("COMMIT v=%d n=%d d=%x from=%d", c.View, c.Sequence, c.Digest[:4], c.Replica)
}

func readCommit(r *wire.Reader, limits Limits) *Commit {
	return &Commit{
		View:     View(r.Uint()),
		Sequence: readBatchSequence(r),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
}

// Type is TypeCommitted.
func (c *Committed) Type() Type { return TypeCommitted }

// Append appends the statement's encoding to dst.
func (c *Committed) Append(dst []byte) []byte {
	return appendVote(appendLabel(dst, TypeCommitted), c.Sequence, &c.Digest, c.Replica)
}

func (c *Committed) sizeMax() int { return sizeVote }

// String is the statement in one line.
func (c *Committed) String() string {
	return fmt.Sprintf("COMMITTED n=%d d=%x from=%d", c.Sequence, c.Digest[:4], c.Replica)
}

func readCommitted(r *wire.Reader, limits Limits) *Committed {
	return &Committed{
		Sequence: readBatchSequence(r),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
}

// Type is TypeCheckpoint.
func (c *Checkpoint) Type() Type { return TypeCheckpoint }

// Append appends the checkpoint's encoding to dst.
func (c *Checkpoint) Append(dst []byte) []byte {
	return appendVote(appendLabel(dst, TypeCheckpoint), c.Sequence, &c.Digest, c.Replica)
}

func (c *Checkpoint) sizeMax() int { return sizeVote }

// String is the checkpoint in one line.
func (c *Checkpoint) String() string {
	return fmt.Sprintf("CHECKPOINT n=%d d=%x from=%d", c.Sequence, c.Digest[:4], c.Replica)
}

func readCheckpoint(r *wire.Reader, limits Limits) *Checkpoint {
	return &Checkpoint{
		Sequence: readBatchSequence(r),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
}

// Type is TypeFetch.
func (f *Fetch) Type() Type { return TypeFetch }

// Append appends the fetch's encoding to dst.
func (f *Fetch) Append(dst []byte) []byte {
	return appendVote(appendLabel(dst, TypeFetch), f.Sequence, &f.Digest, f.Replica)
}

func (f *Fetch) sizeMax() int { return sizeVote }

// String is the fetch in one line.
func (f *Fetch) String() string {
	return fmt.Sprintf("FETCH n=%d d=%x from=%d", f.Sequence, f.Digest[:4], f.Replica)
}

func readFetch(r *wire.Reader, limits Limits) *Fetch {
	return &Fetch{
		Sequence: readBatchSequence(r),
		Digest:   readDigest(r),
		Replica:  readReplica(r, limits),
	}
}

// appendVote appends the fields that end each of these messages.
func appendVote(dst []byte, n Sequence, d *Digest, from ReplicaID) []byte {
	dst = wire.AppendUint(dst, uint64(n))
	dst = wire.AppendBytes(dst, d[:])
	return wire.AppendUint(dst, uint64(from))
}

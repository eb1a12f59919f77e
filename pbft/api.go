package pbft

import "bfs/pbft/message"

// Input is one event at a replica or client: a message that has arrived.
// The driver has checked the link's MAC and decoded the message strictly.
type Input struct {
	// Now is the driver's clock: nanoseconds since the Unix epoch, never
	// going back between two calls.
	Now message.Time
	// From is the authenticated sender.
	From message.Node
	// Message must not be changed by the driver afterwards.
	Message message.Message
	// Vouched says of each request in Message (one for a Request, in order
	// for a PrePrepare, none for others) whether this replica's own entry in
	// the request's authenticator is right.
	Vouched []bool
}

// Output is what a call of Step or Tick asks of the driver, who carries it
// out in the order of the fields. It is valid until the next call.
type Output struct {
	// Records must be on disk, in order, before any of Sends or Replies
	// leaves the machine (in a memory-only replica: nothing to do).
	Records []Record
	// Sends go to replicas.
	Sends []Send
	// Replies go to the clients that they name.
	Replies []*message.Reply
	// Events are what happened, for logs, metrics and traces.
	Events []Event
}

// Send is a message for one replica, or for all others.
type Send struct {
	All     bool
	To      message.ReplicaID // when not All
	Message message.Message
}

// RecordKind tells what a Record says.
type RecordKind uint8

const (
	// RecordPrePrepared: the batch was accepted in a pre-prepare (an entry
	// of Q in a later view change). Batch is set.
	RecordPrePrepared RecordKind = iota + 1
	// RecordPrepared: the batch is prepared (an entry of P).
	RecordPrepared
	// RecordCommitted: the batch is committed.
	RecordCommitted
	// RecordStable: the checkpoint at Sequence is stable; what is below it
	// may be forgotten.
	RecordStable
	// RecordViewChange: this replica has left the views below View, and said
	// so in Change.
	RecordViewChange
	// RecordNewView: View has begun.
	RecordNewView
)

// Record is one fact that has to survive a restart of the replica.
type Record struct {
	Kind     RecordKind
	View     message.View
	Sequence message.Sequence
	Digest   message.Digest
	Batch    *message.PrePrepare
	Change   *message.ViewChange
}

// Operation is one request as the service sees it.
type Operation struct {
	Client message.ClientID
	// Time is the ordered time: the same at all replicas and larger for
	// each operation than for all before it.
	Time message.Time
	// Body is the client's bytes; they may be hostile. The service must not
	// change them, and must copy what it keeps.
	Body []byte
}

// Version is an immutable version of a service's state. The service defines
// what is in it; the core only keeps it and hands it back.
type Version any

// Service is the deterministic state machine that is replicated. Its methods
// are called one at a time. The same operations in the same order must give
// the same results and digests at every replica.
type Service interface {
	// Execute applies an operation and returns its result, at most
	// Params.MaxResult bytes, which must not change afterwards. An operation
	// that makes no sense has a result that says so; Execute has no errors.
	Execute(op Operation) (result []byte)
	// Query answers an operation from the current state without changing
	// anything. ok is false if the operation is not one that can never
	// change the state: the service decides this, not the client.
	Query(op Operation) (result []byte, ok bool)
	// Checkpoint returns the current state as a version, which later
	// operations do not change. It must cost the same whatever the state's
	// size; a version is dropped by forgetting it.
	Checkpoint() Version
	// Rollback makes a version, returned by Checkpoint of the same service,
	// the current state again.
	Rollback(Version)
	// Digest is the digest of the current state. Equal states have equal
	// digests whatever their history; it may cost what changed since the
	// last call.
	Digest() message.Digest
	// Scrub checks the next part of the state, about budget bytes of work,
	// against the digests kept for it, round and round. Where the memory has
	// changed by itself, Digest shows what it holds now from then on. Nothing
	// else that the service says depends on it.
	Scrub(budget int)
	Pages
}

package pbft

import (
	"fmt"

	"bfs/pbft/message"
)

// Event is something that happened in the core, for people and counters;
// nothing in the protocol depends on whether anyone looks at it.
type Event interface{ String() string }

// Executed: the batch at Sequence has been executed.
type Executed struct {
	Sequence message.Sequence
	Digest   message.Digest
	Requests int
}

// Checkpointed: this replica has taken its checkpoint at Sequence.
type Checkpointed struct {
	Sequence message.Sequence
	Digest   message.Digest
}

// Stable: the checkpoint at Sequence has a certificate of 2f+1.
type Stable struct {
	Sequence message.Sequence
	Digest   message.Digest
}

// Diverged: 2f+1 replicas agree on another state at Sequence than this
// replica has. It stops taking part.
type Diverged struct {
	Sequence  message.Sequence
	Own, Sure message.Digest
}

// Behind: what this replica must execute next is no longer in the logs of
// f+1 others, which begin after LogStart or later.
type Behind struct {
	Executed, LogStart message.Sequence
}

// CaughtUp: a replica that was Behind no longer is.
type CaughtUp struct{ Executed message.Sequence }

// Fetching: the replica has begun to fetch the state at Sequence.
type Fetching struct {
	Sequence message.Sequence
	Digest   message.Digest
}

// Fetched: the replica has fetched the state at Sequence and goes on from it.
type Fetched struct {
	Sequence     message.Sequence
	Pages, Bytes uint64
}

// LeftView: the replica has left the views below View.
type LeftView struct{ View message.View }

// EnteredView: View has begun; what its primary proposes again are Proposed
// batches after the checkpoint at Start.
type EnteredView struct {
	View     message.View
	Primary  message.ReplicaID
	Start    message.Sequence
	Proposed int
}

// RolledBack: the batch at Sequence, executed tentatively, was undone.
type RolledBack struct{ Sequence message.Sequence }

// Misled: Backup has agreed to another batch at Sequence than the one that is
// committed in View: the view's primary has proposed both, or Backup lies.
type Misled struct {
	View     message.View
	Sequence message.Sequence
	Backup   message.ReplicaID
}

// Rejected: a message was refused. Peers can make these happen at will.
type Rejected struct {
	From   message.Node
	Type   message.Type
	Reason Reason
}

// Reason is why a message was refused.
type Reason uint8

// The reasons for refusing a message.
const (
	BadSender      Reason = iota + 1 // says it is from another than it came from
	BadView                          // of another view
	OutsideWindow                    // sequence number outside the water marks
	NotPrimary                       // a pre-prepare from a backup, or a prepare from the primary
	Conflict                         // contradicts what the sender said before
	BadBatch                         // a batch beyond the limits
	BadTime                          // proposes a time that goes back or is off the clock
	Unauthentic                      // a request whose authenticator is wrong for this replica
	QueueFull                        // no room to queue the request
	StaleRequest                     // a request that was answered, and the answer acknowledged
	UnknownMessage                   // of a type that is not for a replica
	BadNewView                       // a new view that its view changes do not justify
	BadPage                          // bytes that are not the page of the state that was asked for
	NotReadOnly                      // asked to be read-only, and is not
)

var reasons = [...]string{"?", "wrong sender", "wrong view", "outside the window", "not the primary's to say or the primary's",
	"contradicts an earlier message", "batch beyond the limits", "bad time", "authenticator wrong", "queue full", "stale request", "not for a replica",
	"new view without cause", "not the page asked for", "not read-only"}

// String says the reason in words.
func (r Reason) String() string {
	if int(r) >= len(reasons) {
		return reasons[0]
	}
	return reasons[r]
}

// String is the event in one line.
func (e Executed) String() string {
	return fmt.Sprintf("executed n=%d d=%x requests=%d", e.Sequence, e.Digest[:4], e.Requests)
}

// String is the event in one line.
func (e Checkpointed) String() string {
	return fmt.Sprintf("checkpoint n=%d d=%x", e.Sequence, e.Digest[:4])
}

// String is the event in one line.
func (e Stable) String() string {
	return fmt.Sprintf("stable n=%d d=%x", e.Sequence, e.Digest[:4])
}

// String is the event in one line.
func (e Diverged) String() string {
	return fmt.Sprintf("state diverged at n=%d: own d=%x, certified d=%x", e.Sequence, e.Own[:4], e.Sure[:4])
}

// String is the event in one line.
func (e Behind) String() string {
	return fmt.Sprintf("behind: executed n=%d, the others' logs start after n=%d", e.Executed, e.LogStart)
}

// String is the event in one line.
func (e CaughtUp) String() string { return fmt.Sprintf("caught up to n=%d", e.Executed) }

// String is the event in one line.
func (e Fetching) String() string {
	return fmt.Sprintf("fetches the state at n=%d d=%x", e.Sequence, e.Digest[:4])
}

// String is the event in one line.
func (e Fetched) String() string {
	return fmt.Sprintf("has fetched the state at n=%d: %d pages, %d bytes", e.Sequence, e.Pages, e.Bytes)
}

// String is the event in one line.
func (e LeftView) String() string { return fmt.Sprintf("asks for view %d", e.View) }

// String is the event in one line.
func (e EnteredView) String() string {
	return fmt.Sprintf("entered view %d, primary %d, start n=%d, proposed again %d", e.View, e.Primary, e.Start, e.Proposed)
}

// String is the event in one line.
func (e RolledBack) String() string { return fmt.Sprintf("rolled back n=%d", e.Sequence) }

// String is the event in one line.
func (e Misled) String() string {
	return fmt.Sprintf("replica %d was misled in view %d at n=%d, or lies", e.Backup, e.View, e.Sequence)
}

// String is the event in one line.
func (e Rejected) String() string {
	return fmt.Sprintf("refused %v from %v: %v", e.Type, e.From, e.Reason)
}

package message

// ReplicaID numbers a replica, from 0 to n-1.
type ReplicaID uint32

// View numbers a configuration of primary and backups; the primary of view v
// is replica v mod n (TOCS'02, section 2.3).
type View uint64

// Sequence is the place of a batch in the total order. The first batch has
// sequence number 1; 0 is the initial state.
type Sequence uint64

// Timestamp numbers a client's requests within its session: 1, 2, 3, ….
type Timestamp uint64

// Time is nanoseconds since the Unix epoch.
type Time int64

// Digest is a BLAKE2b-256 hash.
type Digest [32]byte

// MAC is a message authentication code.
type MAC [16]byte

// Authenticator is a vector of MACs over one digest, one per replica in the
// order of their numbers (TOCS'02, section 3.1): each replica can check its
// own entry, and no other.
type Authenticator []MAC

// ClientID names one running client: the principal whose key it holds, and
// the session, a number that is larger for each session the principal opens.
// Several processes may hold one key; each has a session of its own.
type ClientID struct {
	Principal uint32
	Session   uint64
}

// Signature is an Ed25519 signature.
type Signature [64]byte

// Request is a client's operation (TOCS'02, section 2.3.1: REQUEST).
type Request struct {
	Client    ClientID
	Timestamp Timestamp
	// Ack is the client's lowest timestamp that still waits for a reply
	// (at most Timestamp). Replicas forget replies below it.
	Ack      Timestamp
	ReadOnly bool
	// Replier is the replica that the client wants the full result from;
	// the others may answer with its digest (TOCS'02, section 5.1.1).
	Replier   ReplicaID
	Operation []byte
	// Auth authenticates Digest() to every replica, also when the request
	// arrives inside a pre-prepare.
	Auth Authenticator

	digest Digest // of all the above but Auth; set by Decode and Seal
}

// PrePrepare is the primary's proposal of a batch for a sequence number
// (PRE-PREPARE). An empty batch is a null request.
type PrePrepare struct {
	View     View
	Sequence Sequence
	// Time is the time that the primary proposes for the batch.
	Time Time
	// Requests may be bare: large ones reach the replicas from the client,
	// and the primary only names them (TOCS'02, section 5.1.5).
	Requests []*Request

	digest Digest // of Time and the requests' digests; set by Decode and Seal
}

// Prepare is a backup's agreement to a pre-prepare (PREPARE).
type Prepare struct {
	View     View
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
}

// Commit says that its sender has the batch prepared (COMMIT).
type Commit struct {
	View     View
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
}

// ReplyStatus says what became of a request.
type ReplyStatus uint8

const (
	// ReplyExecuted: Result is what the service returned.
	ReplyExecuted ReplyStatus = iota
	// ReplySessionExpired: the replicas do not, or no longer, know the
	// session, and the request was not executed by it now; Result is empty
	// and Floor is the lowest session number that can be opened.
	ReplySessionExpired
	// ReplyOutOfWindow: the timestamp is further above Ack than the
	// client's window; the request was not executed.
	ReplyOutOfWindow
)

// Reply answers a request (REPLY).
type Reply struct {
	View      View
	Client    ClientID
	Timestamp Timestamp
	Replica   ReplicaID
	// Tentative says that the batch was prepared but not yet committed when
	// the request was executed (TOCS'02, section 5.1.2).
	Tentative bool
	// ReadOnly says that the request was answered without being ordered.
	ReadOnly bool
	// Position is the sequence number of the batch whose effects the result
	// reflects; it counts in matching read-only replies.
	Position Sequence
	Status   ReplyStatus
	// Floor is set with ReplySessionExpired.
	Floor uint64
	// Digest is the digest of Result; Full says that Result is present,
	// otherwise this is a digest reply (TOCS'02, section 5.1.1). In a decoded
	// reply that is Full, Digest is ResultDigest(Result).
	Digest Digest
	Full   bool
	Result []byte
}

// Committed says that its sender has the batch with this digest committed at
// Sequence, in whatever view. f+1 of them prove it, and need no primary: so
// a replica that was left out catches up.
type Committed struct {
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
}

// Vouch says that its sender has found a request authentic that is too large to
// be passed around. Digest is the request's.
type Vouch struct {
	Client    ClientID
	Timestamp Timestamp
	Digest    Digest
	Replica   ReplicaID
}

// Checkpoint says that its sender has the state with this digest after
// executing Sequence (CHECKPOINT).
type Checkpoint struct {
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
}

// Entry names a batch in one of the sets of a view-change message.
type Entry struct {
	Sequence Sequence
	View     View
	Digest   Digest
}

// ViewChange says that its sender has left all views below View, and what it
// knows of the sequence numbers above its last stable checkpoint (TOCS'02,
// section 2.3.5: VIEW-CHANGE). It is signed, so that it can be shown to others.
// View is at least 1. The entries of Prepared and PrePrepared have sequence
// numbers above Stable and up to Stable+L, and views below View.
type ViewChange struct {
	View    View
	Replica ReplicaID
	// Stable is the sender's low water mark h. Checkpoints, C, are the
	// checkpoints that it holds, from the one at Stable on; of these entries
	// View is 0 (and not on the wire). Sequence numbers increase. There are
	// at least one and at most L+1.
	Stable      Sequence
	Checkpoints []Entry
	// Prepared, P, is for each sequence number the batch that prepared here
	// last, and in which view. Sequence numbers increase.
	Prepared []Entry
	// PrePrepared, Q, is for each sequence number the batches that this
	// replica has agreed to (sent a PREPARE, or as primary the PRE-PREPARE,
	// for), each with the last view in which it did. Ordered by sequence
	// number, then digest; at most MaxAccepted for one sequence number.
	PrePrepared []Entry
	// Signature is of Digest().
	Signature Signature

	digest Digest // of all the above but Signature; set by Decode and Seal
}

// NewView is the new primary's proof that it may begin View: 2f+1 or more
// view-change messages of different replicas for it, in the order of their
// numbers. What is to be proposed again follows from them (NEW-VIEW).
type NewView struct {
	View    View
	Replica ReplicaID
	Changes []*ViewChange
}

// Fetch asks for the batch with a digest, of which the sender knows that it
// was chosen for a sequence number; the answer is a PRE-PREPARE.
type Fetch struct {
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
}

// PageID names a page of a replica's state (TOCS'02, section 5.3.2): where it
// hangs in the tree of pages, and its digest.
type PageID struct {
	Path   string // at most MaxPagePath bytes
	Digest Digest
}

// FetchState asks for pages of the state at a checkpoint.
type FetchState struct {
	Replica ReplicaID
	// Sequence is the checkpoint's. Whoever no longer has it does not answer.
	Sequence Sequence
	Pages    []PageID // 1 to MaxPages
}

// StatePage is one page of a state. It proves itself: its digest is known to
// whoever asked for it.
type StatePage struct {
	Replica  ReplicaID
	Sequence Sequence
	ID       PageID
	Data     []byte // at most Limits.MaxPage bytes
}

// Status tells the other replicas what its sender has, so that they can send
// again what it lacks (TOCS'02, section 5.2: STATUS-ACTIVE).
type Status struct {
	Replica ReplicaID
	View    View
	// Changing says that the sender has left the views below View and waits
	// for View to begin (TOCS'02: STATUS-PENDING); Has is a bitmap of the
	// replicas whose view-change message for View it has: bit i (of byte
	// i/8, from the least significant) for replica i, in (n+7)/8 bytes; it is
	// empty if not Changing.
	Changing bool
	Has      []byte
	// Stable is the sender's last stable checkpoint, Executed the last
	// sequence number whose batch it has executed.
	Stable   Sequence
	Executed Sequence
	// Prepared and Committed are bitmaps, bit i (of byte i/8, from the
	// least significant) stands for sequence number Executed+1+i: whether it
	// is prepared, and whether it is committed, at the sender. PrePrepared
	// likewise: whether the sender has the batch. All three have one length.
	PrePrepared []byte
	Prepared    []byte
	Committed   []byte
}

// Inquiry asks a replica for a Report; any authenticated peer may.
type Inquiry struct {
	Nonce uint64
}

// Report is a replica's answer to an Inquiry: what it says of itself, as
// `bfs status` shows it. Nothing in the protocol depends on it.
type Report struct {
	Nonce    uint64
	Replica  ReplicaID
	View     View
	Stable   Sequence
	Executed Sequence
	// Highest is the largest sequence number it has heard of.
	Highest Sequence
	// StableDigest is the digest of the state at Stable.
	StableDigest Digest
	// Behind says that what it lacks is no longer in the others' logs.
	Behind bool
	// Diverged says that its state was found to differ from the one that
	// 2f+1 replicas agree on; it has stepped aside.
	Diverged bool
	// Changing says that it has left the views below View and waits for View
	// to begin; it votes in none.
	Changing bool
	// LogSlots and LogBytes are the size of its log, Queued the requests
	// that wait to be ordered, Clients the sessions it knows.
	LogSlots uint64
	LogBytes uint64
	Queued   uint64
	Clients  uint64
	// Requests and Batches count what it has executed since it started,
	// Sent and Received the protocol messages, Rejected the messages it
	// refused (with the most frequent reasons in its log).
	Requests uint64
	Batches  uint64
	Sent     uint64
	Received uint64
	Rejected uint64
	// Started is when the process started, and Now the replica's clock.
	Started Time
	Now     Time
	// Version is the program's version, at most 64 bytes.
	Version string
}

// Attest asks a replica to sign what its state is at its last stable
// checkpoint, and to keep that for a while; only clients do.
type Attest struct {
	Nonce uint64
}

// Attestation is a replica's signed answer to an Attest: that Digest is the
// digest of the state after executing Sequence, the last stable checkpoint.
// f+1 of them convince anybody who has the replicas' public keys.
type Attestation struct {
	Nonce    uint64
	Sequence Sequence
	Digest   Digest
	Replica  ReplicaID
	// Signature is of CheckpointStatement(Sequence, Digest).
	Signature Signature
}

// Inspect asks for a page of the state that a replica has attested to.
type Inspect struct {
	Nonce    uint64
	Sequence Sequence
	ID       PageID
}

// Inspection answers an Inspect. Data is empty if the replica has no such page
// (any more); else it proves itself, as that of a StatePage.
type Inspection struct {
	Nonce   uint64
	Replica ReplicaID
	Data    []byte // at most Limits.MaxPage bytes
}

package pbft

import "bfs/pbft/message"

// Config is what a replica is made from.
type Config struct {
	// ID is the replica's number, below Params.Replicas().
	ID     message.ReplicaID
	Params Params
	// Service is the state machine, in its initial state.
	Service Service
	// Sign signs a digest with the replica's long-term key: a pure function,
	// called for each view change.
	Sign func(message.Digest) message.Signature
	// Now is the driver's clock at the start.
	Now message.Time
}

// Replica is one replica of the state machine. It is not safe for concurrent
// use: one driver calls its methods one at a time.
type Replica struct {
	params  Params
	id      message.ReplicaID
	service Service

	sign func(message.Digest) message.Signature

	now, wake message.Time

	// view is the present view; while active is false it has not begun, and
	// the replica takes part in none.
	view    message.View
	active  bool
	changes changes
	log     log

	// executed is the last sequence number executed, clock the ordered time
	// of the last operation; with the service's state and the sessions they
	// are the replicated state.
	executed message.Sequence
	clock    message.Time
	// progressed is this replica's clock when it last executed anything, or
	// installed a later state.
	progressed message.Time
	sessions   sessions
	// tentative is the batch after executed, if its effects are in the state
	// already; reads wait for it to be committed.
	tentative *attempt
	reads     []*message.Request
	// readable is the sequence number that must be executed before reads are
	// answered: of a batch that was executed tentatively and rolled back.
	readable message.Sequence

	// As primary: the last sequence number and time proposed, and the
	// requests that wait.
	proposed     message.Sequence
	proposedTime message.Time
	queue        queue
	vouching     vouching

	checkpoints checkpoints
	status      statusState
	transfer    transfer
	diverged    bool
	// settledState is what checkState last saw.
	settledState settledState

	requests, batches uint64
	out               Output
}

// NewReplica returns a replica in the initial state. The error says which
// part of the configuration is wrong.
func NewReplica(c Config) (*Replica, error) {
	if err := c.Params.Validate(); err != nil {
		return nil, err
	}
	if int(c.ID) >= c.Params.Replicas() {
		return nil, &IDError{ID: c.ID, Replicas: c.Params.Replicas()}
	}
	r := &Replica{
		params:   c.Params,
		id:       c.ID,
		service:  c.Service,
		sign:     c.Sign,
		now:      c.Now,
		wake:     c.Now,
		active:   true,
		changes:  newChanges(c.Params),
		log:      newLog(c.Params),
		sessions: newSessions(c.Params),
		queue:    newQueue(c.Params),
		vouching: newVouching(),
	}
	r.checkpoints = newCheckpoints(c.Params, r.version())
	r.status = newStatusState(c.Params, c.Now)
	r.transfer.claims = make([][]message.Entry, c.Params.Replicas())
	r.transfer.misses = make([]int, c.Params.Replicas())
	return r, nil
}

// Step handles one message.
func (r *Replica) Step(in Input) *Output {
	r.begin(in.Now)
	reason := r.dispatch(in)
	if reason != 0 {
		r.event(Rejected{From: in.From, Type: in.Message.Type(), Reason: reason})
	}
	return &r.out
}

// Report fills in what the core knows of itself.
func (r *Replica) Report() message.Report {
	stable := r.checkpoints.stable()
	return message.Report{
		Replica:      r.id,
		View:         r.view,
		Stable:       stable.sequence,
		StableDigest: stable.digest,
		Executed:     r.executed,
		Highest:      r.highest(),
		Behind:       r.status.behind,
		Diverged:     r.diverged,
		Changing:     !r.active,
		LogSlots:     uint64(r.log.used),
		LogBytes:     uint64(r.log.bytes),
		Queued:       uint64(r.queue.waiting),
		Clients:      uint64(r.sessions.count()),
		Requests:     r.requests,
		Batches:      r.batches,
		Now:          r.now,
	}
}

// dispatch hands a message to its section; the reason is why it was refused,
// or 0.
func (r *Replica) dispatch(in Input) Reason {
	if m, ok := in.Message.(*message.Request); ok {
		if r.diverged {
			return 0
		}
		return r.onRequest(in.From, m, len(in.Vouched) == 1 && in.Vouched[0])
	}
	if in.From.Kind != message.KindReplica || int(in.From.Replica) >= r.params.Replicas() || in.From.Replica == r.id {
		return BadSender
	}
	from := in.From.Replica
	switch m := in.Message.(type) {
	case *message.PrePrepare:
		return r.onPrePrepare(from, m, in.Vouched)
	case *message.Prepare:
		return r.onPrepare(from, m)
	case *message.Commit:
		return r.onCommit(from, m)
	case *message.Committed:
		return r.onCommitted(from, m)
	case *message.Checkpoint:
		return r.onCheckpoint(from, m)
	case *message.Status:
		return r.onStatus(from, m)
	case *message.ViewChange:
		return r.onViewChange(m)
	case *message.NewView:
		return r.onNewView(from, m)
	case *message.Fetch:
		return r.onFetch(from, m)
	case *message.Vouch:
		return r.onVouch(from, m)
	case *message.FetchState:
		return r.onFetchState(from, m)
	case *message.StatePage:
		return r.onStatePage(from, m)
	}
	return UnknownMessage
}

func (r *Replica) begin(now message.Time) {
	r.now = max(r.now, now)
	if r.now > r.wake+r.changes.timeout/2 {
		r.slept()
	}
	clear(r.out.Records)
	clear(r.out.Sends)
	clear(r.out.Replies)
	clear(r.out.Events)
	r.out.Records, r.out.Sends = r.out.Records[:0], r.out.Sends[:0]
	r.out.Replies, r.out.Events = r.out.Replies[:0], r.out.Events[:0]
}

func (r *Replica) primary() message.ReplicaID { return r.params.Primary(r.view) }

func (r *Replica) isPrimary() bool { return r.primary() == r.id }

func (r *Replica) multicast(m message.Message) {
	r.out.Sends = append(r.out.Sends, Send{All: true, Message: m})
}

func (r *Replica) send(to message.ReplicaID, m message.Message) {
	r.out.Sends = append(r.out.Sends, Send{To: to, Message: m})
}

func (r *Replica) record(rec Record) { r.out.Records = append(r.out.Records, rec) }

func (r *Replica) event(e Event) { r.out.Events = append(r.out.Events, e) }

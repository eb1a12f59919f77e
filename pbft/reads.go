package pbft

import "bfs/pbft/message"

// Read-only requests (TOCS'02, section 5.1.3) are not ordered: every replica
// answers from its own state, and the client takes a result that 2f+1 agree
// on. Any 2f+1 share a correct replica with the 2f+1 that answered a write
// before, so such a result reflects every write that was complete when the
// read began. A replica answers only where all that it has executed is
// committed: while a batch is executed tentatively the read waits for it, so
// that nobody is shown what a view change may take back.

// maxReads bounds the read-only requests that wait; more are dropped, and the
// client has them ordered when it gets no answer.
const maxReads = 1024

// readsAllowed says whether all that this replica has told any client of its
// state is committed and in it. After a rollback that is so when the sequence
// number that was rolled back has been executed again: the client may have
// taken the tentative replies for its result, in which case the new view has
// chosen the same batch.
func (r *Replica) readsAllowed() bool { return r.tentative == nil && r.executed >= r.readable }

func (r *Replica) onRead(q *message.Request) Reason {
	if r.readsAllowed() {
		return r.answerRead(q)
	}
	if len(r.reads) >= maxReads {
		return QueueFull
	}
	r.reads = append(r.reads, q)
	return 0
}

// answerReads answers the reads that have waited for a commit.
func (r *Replica) answerReads() {
	if !r.readsAllowed() {
		return
	}
	for i, q := range r.reads {
		r.answerRead(q)
		r.reads[i] = nil
	}
	r.reads = r.reads[:0]
}

func (r *Replica) answerRead(q *message.Request) Reason {
	result, ok := r.service.Query(Operation{Client: q.Client, Time: r.clock, Body: q.Operation})
	if !ok {
		return NotReadOnly
	}
	p := &message.Reply{
		View:      r.view,
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Replica:   r.id,
		ReadOnly:  true,
		Position:  r.executed,
		Status:    message.ReplyExecuted,
		Digest:    message.ResultDigest(result),
	}
	if q.Replier == r.id || len(result) <= maxSmallResult {
		p.Full, p.Result = true, result
	}
	r.out.Replies = append(r.out.Replies, p)
	return 0
}

package pbft

import "bfs/pbft/message"

// State transfer (TOCS'02, section 5.3.2): a replica that cannot go on by the
// others' logs, or whose state is wrong, fetches the state of a checkpoint that
// f+1 replicas have: one of them is correct, so it is a state that was reached
// by committed batches. It asks several replicas at once for the pages that
// differ from its own, checks each alone, and installs the state when it is
// whole. Meanwhile it goes on voting, and serving nothing wrong.

const (
	// maxAsked bounds the pages that are asked for at one time, of all
	// replicas together, and pagesPerQuestion those in one message.
	maxAsked         = 256
	pagesPerQuestion = 32
	// maxAnswerBytes bounds the answers to one message.
	maxAnswerBytes = 2 << 20
	// claimsKept is how many of a replica's last checkpoints are remembered.
	claimsKept = 4
)

// transfer is what this section keeps.
type transfer struct {
	// claims are the last checkpoints that each replica has said it has,
	// oldest first; also those outside the water marks.
	claims [][]message.Entry
	// building is the state that is being fetched, nil if none is.
	building *assembly
	asked    []question
	turn     int // who was asked last
	// misses counts the questions that each replica has left open, or answered
	// wrongly, since it last answered one.
	misses []int
	moved  message.Time // when a page was last supplied
}

// question is a page that some replica has been asked for.
type question struct {
	id   PageID
	whom message.ReplicaID
	by   message.Time // when somebody else is asked
}

// claim notes that a replica has a checkpoint.
func (t *transfer) claim(from message.ReplicaID, c message.Entry) {
	list := t.claims[from]
	for _, o := range list {
		if o == c {
			return
		}
	}
	if len(list) >= claimsKept {
		list = list[:copy(list, list[1:])]
	}
	t.claims[from] = append(list, c)
}

// goal is the latest checkpoint above low that f+1 replicas claim.
func (r *Replica) goal(low message.Sequence) (message.Entry, bool) {
	var best message.Entry
	for _, list := range r.transfer.claims {
		for _, c := range list {
			if c.Sequence > max(low, best.Sequence) && r.claimed(c) >= r.params.Weak() {
				best = c
			}
		}
	}
	return best, best.Sequence > low
}

func (r *Replica) claimed(c message.Entry) int {
	n := 0
	for _, list := range r.transfer.claims {
		if contains(list, c) {
			n++
		}
	}
	return n
}

// tickTransfer begins a transfer when one is needed, and keeps it going.
func (r *Replica) tickTransfer() {
	t := &r.transfer
	low := r.executed
	if r.diverged {
		low = max(r.log.low, 1) - 1 // the state of the stable checkpoint will do
	}
	goal, ok := r.goal(low)
	switch {
	case r.diverged && !ok && r.log.low == 0:
		r.startOver()
	case t.building == nil && ok && (r.diverged || r.status.behind || r.status.stalled >= stalledTicks || r.outOfReach(goal)):
		t.building, t.moved = newAssembly(r.params, r.service, goal, r.sessions.version()), r.now
		r.event(Fetching{Sequence: goal.Sequence, Digest: goal.Digest})
	case t.building != nil && !r.diverged && t.building.target.Sequence <= r.executed:
		t.building, t.asked = nil, nil // it has caught up without
		return
	case t.building != nil && ok && goal != t.building.target && r.now > t.moved+2*r.params.StatusInterval:
		// The others have dropped that checkpoint; what has been fetched of
		// it serves for a later one.
		t.building.retarget(goal)
		t.asked, t.moved = nil, r.now
		r.event(Fetching{Sequence: goal.Sequence, Digest: goal.Digest})
	}
	r.askForPages()
}

// outOfReach says whether a checkpoint is so far ahead that, by the time this
// replica had come there by the logs, the others would have dropped them.
func (r *Replica) outOfReach(goal message.Entry) bool {
	return goal.Sequence > r.executed+r.log.keep+r.checkpoints.interval
}

// askForPages asks for what is missing and not asked for, in turn of all
// others, a share each.
func (r *Replica) askForPages() {
	t := &r.transfer
	if t.building == nil {
		return
	}
	t.expire(r.now)
	var batch []PageID
	whom := r.helper()
	for _, id := range t.building.missing(nil, maxAsked) {
		if len(t.asked) >= maxAsked {
			break
		}
		if isAsked(t.asked, id) {
			continue
		}
		t.asked = append(t.asked, question{id: id, whom: whom, by: r.now + r.params.StatusInterval})
		if batch = append(batch, id); len(batch) == pagesPerQuestion {
			r.ask(whom, batch)
			batch, whom = nil, r.helper()
		}
	}
	if len(batch) > 0 {
		r.ask(whom, batch)
	}
	r.wakeBy(r.now + r.params.StatusInterval)
}

func (r *Replica) ask(whom message.ReplicaID, ids []PageID) {
	r.send(whom, &message.FetchState{Replica: r.id, Sequence: r.transfer.building.target.Sequence, Pages: ids})
}

// helper is whom to ask next: of those that claim to have the state, one that
// has left the fewest questions open, in turn. A state may be gone before a
// question that a faulty replica ignores has been put to another.
func (r *Replica) helper() message.ReplicaID {
	t := &r.transfer
	n := r.params.Replicas()
	best, fewest, claims := -1, 0, false
	for i := 1; i <= n; i++ {
		p := (t.turn + i) % n
		if p == int(r.id) {
			continue
		}
		has := contains(t.claims[p], t.building.target)
		if best < 0 || has && !claims || has == claims && t.misses[p] < fewest {
			best, fewest, claims = p, t.misses[p], has
		}
	}
	t.turn = best
	return message.ReplicaID(best)
}

// expire gives up the questions that have been open for too long.
func (t *transfer) expire(now message.Time) {
	kept := t.asked[:0]
	for _, q := range t.asked {
		if now < q.by {
			kept = append(kept, q)
		} else {
			t.misses[q.whom]++
		}
	}
	t.asked = kept
}

func isAsked(asked []question, id PageID) bool {
	for i := range asked {
		if asked[i].id == id {
			return true
		}
	}
	return false
}

// onFetchState sends pages of a checkpoint that this replica has.
func (r *Replica) onFetchState(from message.ReplicaID, m *message.FetchState) Reason {
	if from != m.Replica {
		return BadSender
	}
	c := r.checkpoints.at(m.Sequence)
	if c == nil || r.diverged {
		return 0
	}
	size := 0
	for _, id := range m.Pages {
		data := r.page(c, id)
		if data == nil || size > maxAnswerBytes {
			continue
		}
		size += len(data)
		r.send(from, &message.StatePage{Replica: r.id, Sequence: m.Sequence, ID: id, Data: data})
	}
	return 0
}

// onStatePage takes a page that was asked for.
func (r *Replica) onStatePage(from message.ReplicaID, m *message.StatePage) Reason {
	t := &r.transfer
	if from != m.Replica {
		return BadSender
	}
	if t.building == nil || !isAsked(t.asked, m.ID) {
		return 0 // too late
	}
	for i := range t.asked {
		if t.asked[i].id == m.ID {
			t.asked = append(t.asked[:i], t.asked[i+1:]...)
			break
		}
	}
	if !t.building.supply(m.ID, m.Data) {
		t.misses[from]++
		r.askForPages()
		return BadPage
	}
	t.misses[from] = 0
	t.moved = r.now
	if t.building.complete() {
		r.install()
	} else if len(t.asked) < maxAsked/2 {
		r.askForPages()
	}
	return 0
}

// startOver repairs a state that is wrong before there is any checkpoint to
// fetch: everything since the beginning is in the log.
func (r *Replica) startOver() {
	r.restore(r.checkpoints.own[0].version)
	r.executed, r.diverged = 0, false
	r.event(Fetched{})
	r.executeReady()
}

// install makes the state that has been fetched the replica's own.
func (r *Replica) install() {
	a := r.transfer.building
	r.transfer.building, r.transfer.asked = nil, nil
	if !r.diverged && a.target.Sequence <= r.executed {
		return
	}
	r.tentative = nil
	r.restore(a.version())
	r.executed, r.progressed = a.target.Sequence, r.now
	c := r.newCheckpoint()
	if c.digest != a.target.Digest {
		panic("pbft: a state put together from certified pages has another digest")
	}
	r.diverged = false
	r.event(Fetched{Sequence: r.executed, Pages: a.count, Bytes: a.bytes})
	r.checkpoints.own = []checkpoint{c}
	r.log.collect(c.sequence)
	r.record(Record{Kind: RecordStable, Sequence: c.sequence, Digest: c.digest})
	r.queue.prune(func(e *queued) bool {
		_, standing := r.sessions.look(e.request)
		return standing != fresh
	})
	r.checkBehind()
	r.executeReady()
	r.status.next, r.status.idle = r.now, r.now // to hear what has come meanwhile
	r.wakeBy(r.now)
}

package runtime

import (
	"context"
	"log/slog"

	"bfs/pbft"
	"bfs/pbft/message"
)

// loop is the goroutine that takes the turn when something waits: inputs that
// the readers have left, or the core's time.
func (r *Replica) loop() {
	defer close(r.loopDone)
	alarm := newAlarm(r.clock)
	defer alarm.stop()
	for {
		alarm.set(r.work())
		select {
		case <-r.inbox.wake:
		case <-alarm.timer.C:
			alarm.rang()
		case <-r.inbox.stop:
			return
		}
	}
}

// work takes turns until nothing is left to do, and returns when the core
// wants to be woken.
func (r *Replica) work() message.Time {
	for {
		r.turn.Lock()
		more := r.stepSome(streak)
		wake := r.tickIfDue()
		r.planned.Store(int64(wake))
		r.turn.Unlock()
		if !more {
			return wake
		}
	}
}

// workDirectly is what a reader does when it has put an input into the inbox:
// if nobody has the turn it takes the input through the core itself, since
// waking the loop for it would cost more than the step. What is left after
// that is the loop's.
func (r *Replica) workDirectly() {
	if r.turn.TryLock() {
		r.stepSome(1)
		early := int64(r.core.Wake()) < r.planned.Load()
		r.turn.Unlock()
		if !early && r.inbox.empty() {
			return
		}
	}
	signal(r.inbox.wake)
}

// stepSome takes up to n inputs through the core; it is false if there were
// fewer, or the replica is to stop. The caller has the turn.
func (r *Replica) stepSome(n int) bool {
	for range n {
		if !r.stepNext() {
			return false
		}
	}
	return true
}

func (r *Replica) stepNext() bool {
	select {
	case <-r.inbox.stop:
		return false
	default:
	}
	in, ok := r.inbox.take()
	if !ok {
		return false
	}
	if q, ok := in.Message.(*message.Inquiry); ok {
		r.answer(in.From, q)
		return true
	}
	switch in.Message.(type) {
	case *message.Attest, *message.Inspect:
		r.show(in.From, in.Message)
		return true
	}
	in.Now = r.clock.now()
	r.carryOut(r.core.Step(in))
	return true
}

// tickIfDue lets the core's time pass, and returns when to look again: when
// the core says, but not at once, so that a core that names a time in the past
// costs little.
func (r *Replica) tickIfDue() message.Time {
	now := r.clock.now()
	r.evidence.forget(now)
	if now >= r.core.Wake() {
		r.carryOut(r.core.Tick(now))
	}
	return max(r.core.Wake(), now+message.Time(shortestPause))
}

// carryOut does what the core asks for, in the order that it demands. The
// replica keeps its state in memory only, so there is nothing to do for
// Output.Records, which would come first.
func (r *Replica) carryOut(out *pbft.Output) {
	for i := range out.Sends {
		r.send(&out.Sends[i])
	}
	for _, p := range out.Replies {
		r.reply(p)
	}
	for _, e := range out.Events {
		r.logEvent(e)
	}
}

func (r *Replica) reply(p *message.Reply) {
	to := message.ClientNode(p.Client)
	if r.filtered != nil {
		r.filtered.Send(to, p)
		return
	}
	r.endpoint.Send(to, message.Encode(p))
}

func (r *Replica) send(s *pbft.Send) {
	if r.filtered != nil {
		to := r.others
		if !s.All {
			to = []message.Node{message.ReplicaNode(s.To)}
		}
		sendFiltered(r.filtered, to, s.Message)
		return
	}
	payload := message.Encode(s.Message)
	if s.All {
		r.endpoint.Multicast(r.others, payload)
		return
	}
	r.endpoint.Send(message.ReplicaNode(s.To), payload)
}

func (r *Replica) logEvent(e pbft.Event) {
	switch e := e.(type) {
	case pbft.Rejected:
		r.complaints.refuse(levelOf(e.Reason), e.From, e.Reason.String(), e.Type)
	case pbft.Diverged:
		r.log.Error(e.String())
	case pbft.Behind:
		r.log.Warn(e.String())
	case pbft.CaughtUp, pbft.Fetching, pbft.Fetched, pbft.LeftView, pbft.EnteredView:
		r.log.Info(e.String())
	default:
		if r.log.Enabled(context.Background(), slog.LevelDebug) {
			r.log.Debug(e.String())
		}
	}
}

// levelOf says how bad a refusal is: some come from delays and reconnecting
// alone, others show that the peer is at fault.
func levelOf(r pbft.Reason) slog.Level {
	switch r {
	case pbft.BadView, pbft.OutsideWindow, pbft.StaleRequest, pbft.QueueFull, pbft.Unauthentic:
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// answer answers an inquiry; any peer may ask.
func (r *Replica) answer(to message.Node, q *message.Inquiry) {
	p := r.report()
	p.Nonce = q.Nonce
	r.endpoint.Send(to, message.Encode(&p))
}

// show answers those who want proof of the state.
func (r *Replica) show(to message.Node, question message.Message) {
	switch m := r.evidence.answer(to, question, r.clock.now()).(type) {
	case *message.Attestation:
		m.Replica = r.config.ID
		r.endpoint.Send(to, message.Encode(m))
	case *message.Inspection:
		m.Replica = r.config.ID
		r.endpoint.Send(to, message.Encode(m))
	}
}

// report adds to the core's report what only the runtime knows.
func (r *Replica) report() message.Report {
	p := r.core.Report()
	p.Replica = r.config.ID
	stats := r.endpoint.Stats()
	p.Sent, p.Received = stats.Departed.Sent.Messages, stats.Departed.Received.Messages
	for _, peer := range stats.Peers {
		p.Sent += peer.Sent.Messages
		p.Received += peer.Received.Messages
	}
	p.Rejected = r.complaints.count() + r.inbox.refused()
	p.Started, p.Now = r.started, r.clock.now()
	p.Version = r.config.Version
	return p
}

package runtime

import (
	"context"
	"log/slog"

	"bfs/pbft"
	"bfs/pbft/message"
)

// loop is the one goroutine that uses the core, and with it the service.
func (r *Replica) loop() {
	defer close(r.loopDone)
	alarm := newAlarm(r.clock)
	defer alarm.stop()
	for {
		r.tickIfDue()
		if r.stepSome() {
			continue
		}
		alarm.set(r.core.Wake())
		select {
		case <-r.inbox.wake:
		case <-alarm.timer.C:
			alarm.rang()
		case answer := <-r.reports:
			answer <- r.report()
		case <-r.inbox.stop:
			return
		}
	}
}

// stepSome takes a few inputs through the core, and looks whether anybody
// wants a report; it is false if there was less to do, or the replica is to
// stop.
func (r *Replica) stepSome() bool {
	for range streak {
		if !r.stepNext() {
			return false
		}
	}
	select {
	case answer := <-r.reports:
		answer <- r.report()
	default:
	}
	return true
}

// stepNext takes one input through the core; it is false if there is none, or
// the replica is to stop.
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
	in.Now = r.clock.now()
	r.carryOut(r.core.Step(in))
	return true
}

func (r *Replica) tickIfDue() {
	if now := r.clock.now(); now >= r.core.Wake() {
		r.carryOut(r.core.Tick(now))
	}
}

// carryOut does what the core asks for, in the order that it demands. The
// replica keeps its state in memory only, so there is nothing to do for
// Output.Records, which would come first.
func (r *Replica) carryOut(out *pbft.Output) {
	for i := range out.Sends {
		r.send(&out.Sends[i])
	}
	for _, p := range out.Replies {
		r.endpoint.Send(message.ClientNode(p.Client), message.Encode(p))
	}
	for _, e := range out.Events {
		r.logEvent(e)
	}
}

func (r *Replica) send(s *pbft.Send) {
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
		r.complaints.refuse(e.From, e.Reason.String(), e.Type.String())
	case pbft.Diverged:
		r.log.Error(e.String())
	case pbft.Behind:
		r.log.Warn(e.String())
	case pbft.CaughtUp:
		r.log.Info(e.String())
	default:
		if r.log.Enabled(context.Background(), slog.LevelDebug) {
			r.log.Debug(e.String())
		}
	}
}

// answer answers an inquiry; any peer may ask.
func (r *Replica) answer(to message.Node, q *message.Inquiry) {
	p := r.report()
	p.Nonce = q.Nonce
	r.endpoint.Send(to, message.Encode(&p))
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

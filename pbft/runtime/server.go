package runtime

import (
	"math"

	"bfs/pbft"
	"bfs/pbft/message"
)

// server is the core of a server without replication: it executes requests in
// the order of their arrival, each once, and answers them. It is used by one
// goroutine, like a pbft.Replica.
type server struct {
	params   pbft.Params
	service  pbft.Service
	clock    message.Time // of the last operation
	accounts map[uint32]*account
	sessions int
	requests uint64
	out      pbft.Output
}

var _ core = (*server)(nil)

func newServer(p pbft.Params, s pbft.Service) *server {
	return &server{params: p, service: s, accounts: make(map[uint32]*account)}
}

// Step executes a request, or answers one again.
func (s *server) Step(in pbft.Input) *pbft.Output {
	s.out = pbft.Output{Replies: s.out.Replies[:0]}
	q, ok := in.Message.(*message.Request)
	switch {
	case !ok:
		s.reject(in, pbft.UnknownMessage)
	case len(in.Vouched) != 1 || !in.Vouched[0]:
		s.reject(in, pbft.Unauthentic)
	case q.ReadOnly && s.read(q):
	default:
		s.execute(q, in.Now)
	}
	return &s.out
}

// read answers a read-only request from the state as it is, as replicas do.
func (s *server) read(q *message.Request) bool {
	result, ok := s.service.Query(pbft.Operation{Client: q.Client, Time: s.clock, Body: q.Operation})
	if ok {
		s.answer(newReply(q, message.ReplyExecuted, result))
	}
	return ok
}

// Tick does nothing: a server sends nothing of its own accord.
func (s *server) Tick(message.Time) *pbft.Output {
	s.out = pbft.Output{}
	return &s.out
}

// Wake is never.
func (s *server) Wake() message.Time { return math.MaxInt64 }

// Report counts what has been executed; a server has no sequence numbers.
func (s *server) Report() message.Report {
	return message.Report{Clients: uint64(s.sessions), Requests: s.requests, Batches: s.requests}
}

func (s *server) reject(in pbft.Input, reason pbft.Reason) {
	s.out.Events = append(s.out.Events, pbft.Rejected{From: in.From, Type: in.Message.Type(), Reason: reason})
}

func (s *server) execute(q *message.Request, now message.Time) {
	s.clock = max(now, s.clock+1)
	w := s.open(q.Client)
	if w == nil {
		s.answer(s.refusal(q, message.ReplySessionExpired))
		return
	}
	w.used = s.clock
	w.acknowledge(q.Ack)
	switch p := w.replies[w.slot(q.Timestamp)]; {
	case q.Timestamp < w.low: // the client has the reply
	case p != nil && p.Timestamp == q.Timestamp:
		s.answer(p)
	case q.Timestamp-w.low >= message.Timestamp(len(w.replies)):
		s.answer(s.refusal(q, message.ReplyOutOfWindow))
	default:
		s.requests++
		result := s.service.Execute(pbft.Operation{Client: q.Client, Time: s.clock, Body: q.Operation})
		p := newReply(q, message.ReplyExecuted, result)
		w.replies[w.slot(q.Timestamp)] = p
		s.answer(p)
	}
}

func (s *server) answer(p *message.Reply) { s.out.Replies = append(s.out.Replies, p) }

func (s *server) refusal(q *message.Request, status message.ReplyStatus) *message.Reply {
	p := newReply(q, status, nil)
	if status == message.ReplySessionExpired {
		p.Floor = s.accounts[q.Client.Principal].newest + 1
	}
	return p
}

func newReply(q *message.Request, status message.ReplyStatus, result []byte) *message.Reply {
	return &message.Reply{
		Client:    q.Client,
		Timestamp: q.Timestamp,
		Status:    status,
		Digest:    message.ResultDigest(result),
		Full:      true,
		Result:    result,
	}
}

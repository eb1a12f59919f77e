package runtime

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// request makes an input with one request that is in order.
func request(session uint64, timestamp, ack message.Timestamp, body string) pbft.Input {
	q := &message.Request{
		Client:    message.ClientID{Principal: 1, Session: session},
		Timestamp: timestamp,
		Ack:       ack,
		Operation: []byte(body),
	}
	return pbft.Input{Now: 100, From: message.ClientNode(q.Client), Message: q, Vouched: []bool{true}}
}

func newTestServer(change func(*pbft.Params)) (*server, *tally) {
	p := pbft.DefaultParams(1)
	if change != nil {
		change(&p)
	}
	service := &tally{}
	return newServer(p, service), service
}

// reply is the one reply to an input.
func reply(t *testing.T, s *server, in pbft.Input) *message.Reply {
	t.Helper()
	out := s.Step(in)
	if len(out.Replies) != 1 || len(out.Sends)+len(out.Events)+len(out.Records) != 0 {
		t.Fatalf("output %+v, want one reply and nothing else", out)
	}
	return out.Replies[0]
}

func TestServerExecutesOnceAndAnswersAgain(t *testing.T) {
	t.Parallel()
	s, service := newTestServer(nil)
	first := reply(t, s, request(1, 1, 1, "a"))
	if again := reply(t, s, request(1, 1, 1, "a")); again != first {
		t.Errorf("the second answer is %v, the first was %v", again, first)
	}
	if service.total != 1 || first.Status != message.ReplyExecuted || first.Digest != message.ResultDigest(first.Result) {
		t.Errorf("total %d, reply %v", service.total, first)
	}
	reply(t, s, request(1, 3, 1, "c")) // out of order, within the window
	reply(t, s, request(1, 2, 1, "b"))
	reply(t, s, request(1, 3, 3, "c"))
	if service.total != 3 {
		t.Errorf("total %d after three operations", service.total)
	}
	if out := s.Step(request(1, 2, 2, "b")); len(out.Replies) != 0 {
		t.Errorf("an acknowledged request is answered: %v", out.Replies)
	}
	if p := s.Report(); p.Requests != 3 || p.Clients != 1 {
		t.Errorf("report %+v", p)
	}
}

func TestServerWindow(t *testing.T) {
	t.Parallel()
	s, service := newTestServer(func(p *pbft.Params) { p.ClientWindow = 4 })
	if p := reply(t, s, request(1, 5, 1, "")); p.Status != message.ReplyOutOfWindow {
		t.Errorf("beyond the window: %v", p)
	}
	reply(t, s, request(1, 4, 1, ""))
	reply(t, s, request(1, 1000, 999, "")) // moves on by more than a window
	if p := reply(t, s, request(1, 1003, 1000, "")); p.Status != message.ReplyExecuted || service.total != 3 {
		t.Errorf("after moving on: %v, total %d", p, service.total)
	}
}

func TestServerSessions(t *testing.T) {
	t.Parallel()
	s, service := newTestServer(func(p *pbft.Params) { p.Sessions = 2 })
	for _, session := range []uint64{10, 20} {
		reply(t, s, request(session, 1, 1, ""))
	}
	reply(t, s, request(10, 2, 2, "")) // 20 is now idle for longer
	reply(t, s, request(30, 1, 1, ""))
	for session, want := range map[uint64]message.ReplyStatus{
		5:  message.ReplySessionExpired, // below one that was opened
		20: message.ReplySessionExpired, // forgotten
		10: message.ReplyExecuted,
		30: message.ReplyExecuted,
	} {
		p := reply(t, s, request(session, 3, 3, ""))
		if p.Status != want || p.Status == message.ReplySessionExpired && p.Floor != 31 {
			t.Errorf("session %d: %v with floor %d, want %v", session, p.Status, p.Floor, want)
		}
	}
	if service.total != 6 || s.Report().Clients != 2 {
		t.Errorf("total %d, %d sessions", service.total, s.Report().Clients)
	}
}

func TestServerRefusals(t *testing.T) {
	t.Parallel()
	s, service := newTestServer(nil)
	forged := request(1, 1, 1, "")
	forged.Vouched[0] = false
	other := request(1, 1, 1, "")
	other.Message = &message.Commit{}
	for want, in := range map[pbft.Reason]pbft.Input{pbft.Unauthentic: forged, pbft.UnknownMessage: other} {
		out := s.Step(in)
		if len(out.Events) != 1 || out.Events[0].(pbft.Rejected).Reason != want || len(out.Replies) != 0 {
			t.Errorf("output %+v, want only a rejection: %v", out, want)
		}
	}
	if out := s.Tick(s.Wake()); len(out.Sends)+len(out.Replies)+len(out.Events) != 0 || service.total != 0 {
		t.Errorf("a tick or a refusal did something: %+v, total %d", out, service.total)
	}
}

// timekeeper records the times of operations.
type timekeeper struct {
	tally
	times []message.Time
}

func (s *timekeeper) Execute(op pbft.Operation) []byte {
	s.times = append(s.times, op.Time)
	return nil
}

func TestServerTimeIncreases(t *testing.T) {
	t.Parallel()
	service := &timekeeper{}
	s := newServer(pbft.DefaultParams(1), service)
	for i := range message.Timestamp(3) {
		reply(t, s, request(1, i+1, 1, "")) // all at time 100
	}
	for i, at := range service.times {
		if want := message.Time(100 + i); at != want {
			t.Errorf("operation %d is at time %d, want %d", i, at, want)
		}
	}
}

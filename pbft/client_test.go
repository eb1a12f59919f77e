package pbft_test

import (
	"bytes"
	"errors"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

var clientID = message.ClientID{Principal: 7, Session: 3}

func newClient() *pbft.Client {
	return pbft.NewClient(pbft.ClientConfig{ID: clientID, Replicas: 4, Quorum: 3, Window: 2, LargeRequest: 100, Retransmit: 100 * pbft.Millisecond})
}

func reply(from message.ReplicaID, t message.Timestamp, result string) *message.Reply {
	return &message.Reply{Client: clientID, Timestamp: t, Replica: from, Full: true,
		Result: []byte(result), Digest: message.ResultDigest([]byte(result))}
}

func answer(c *pbft.Client, p *message.Reply) []pbft.Completion {
	return c.Step(pbft.Input{Now: start, From: message.ReplicaNode(p.Replica), Message: p}).Completed
}

func mustInvoke(t *testing.T, c *pbft.Client) message.Timestamp {
	t.Helper()
	ts, _, err := c.Invoke(start, []byte("op"), false)
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

// TOCS'02, 2.3.2, and PROTOCOL's 2f+1 rule: what counts together.
func TestReplyCertificates(t *testing.T) {
	t.Parallel()
	tentative := func(p *message.Reply, v message.View) *message.Reply { p.Tentative, p.View = true, v; return p }
	digest := func(p *message.Reply) *message.Reply { p.Full, p.Result = false, nil; return p }
	expired := func(p *message.Reply, floor uint64) *message.Reply {
		p.Status, p.Floor = message.ReplySessionExpired, floor
		return p
	}
	for _, c := range []struct {
		name     string
		replies  []*message.Reply
		complete bool
	}{
		{"three equal", []*message.Reply{reply(0, 1, "x"), reply(1, 1, "x"), reply(2, 1, "x")}, true},
		{"two equal", []*message.Reply{reply(0, 1, "x"), reply(1, 1, "x"), reply(2, 1, "y")}, false},
		{"one replica thrice", []*message.Reply{reply(0, 1, "x"), reply(0, 1, "x"), reply(0, 1, "x")}, false},
		{"a liar among four", []*message.Reply{reply(0, 1, "x"), reply(1, 1, "y"), reply(2, 1, "x"), reply(3, 1, "x")}, true},
		{"a replica that corrects itself", []*message.Reply{reply(0, 1, "y"), reply(1, 1, "x"), reply(2, 1, "x"), reply(0, 1, "x")}, true},
		{"tentative of one view", []*message.Reply{tentative(reply(0, 1, "x"), 1), tentative(reply(1, 1, "x"), 1), tentative(reply(2, 1, "x"), 1)}, true},
		{"tentative of two views", []*message.Reply{tentative(reply(0, 1, "x"), 1), tentative(reply(1, 1, "x"), 1), tentative(reply(2, 1, "x"), 2)}, false},
		{"committed beside tentative", []*message.Reply{tentative(reply(0, 1, "x"), 1), tentative(reply(1, 1, "x"), 1), reply(2, 1, "x")}, true},
		{"digests and one full", []*message.Reply{digest(reply(0, 1, "x")), digest(reply(1, 1, "x")), reply(2, 1, "x")}, true},
		{"full committed completes tentative digests", []*message.Reply{tentative(digest(reply(0, 1, "x")), 1), tentative(digest(reply(1, 1, "x")), 1), reply(2, 1, "x")}, true},
		{"digests only", []*message.Reply{digest(reply(0, 1, "x")), digest(reply(1, 1, "x")), digest(reply(2, 1, "x"))}, false},
		{"a full result of another digest", []*message.Reply{digest(reply(0, 1, "x")), digest(reply(1, 1, "x")), digest(reply(2, 1, "x")), reply(3, 1, "y")}, false},
		{"expired with one floor", []*message.Reply{expired(reply(0, 1, ""), 9), expired(reply(1, 1, ""), 9), expired(reply(2, 1, ""), 9)}, true},
		{"expired with two floors", []*message.Reply{expired(reply(0, 1, ""), 9), expired(reply(1, 1, ""), 9), expired(reply(2, 1, ""), 8)}, false},
		{"expired and executed", []*message.Reply{reply(0, 1, ""), reply(1, 1, ""), expired(reply(2, 1, ""), 0)}, false},
		{"of another request", []*message.Reply{reply(0, 2, "x"), reply(1, 2, "x"), reply(2, 2, "x")}, false},
	} {
		cl := newClient()
		mustInvoke(t, cl)
		completed := 0
		for _, p := range c.replies {
			completed += len(answer(cl, p))
		}
		if (completed == 1) != c.complete || completed > 1 {
			t.Errorf("%s: completed %d times, want it complete: %t", c.name, completed, c.complete)
		}
	}
}

func TestForgedSendersAreIgnored(t *testing.T) {
	t.Parallel()
	c := newClient()
	mustInvoke(t, c)
	n := 0
	for i := range message.ReplicaID(4) {
		out := c.Step(pbft.Input{From: message.ReplicaNode(0), Message: reply(i, 1, "x")})
		n += len(out.Completed)
		out = c.Step(pbft.Input{From: message.ClientNode(clientID), Message: reply(i, 1, "x")})
		n += len(out.Completed)
	}
	other := reply(1, 1, "x")
	other.Client.Session++
	n += len(answer(c, other)) + len(answer(c, reply(4, 1, "x")))
	if n != 0 {
		t.Error("one replica spoke for others, and was believed")
	}
}

func TestClientWindow(t *testing.T) {
	t.Parallel()
	c := newClient()
	first, second := mustInvoke(t, c), mustInvoke(t, c)
	if _, _, err := c.Invoke(start, nil, false); !errors.Is(err, pbft.ErrWindowFull) {
		t.Fatalf("a third request in a window of two: error %v", err)
	}
	for i := range message.ReplicaID(3) {
		answer(c, reply(i, second, "x"))
	}
	if c.Ready() || c.Outstanding() != 1 {
		t.Error("the window moved past an unanswered request")
	}
	for i := range message.ReplicaID(3) {
		answer(c, reply(i, first, "x"))
	}
	_, out, err := c.Invoke(start, []byte("op"), false)
	if err != nil {
		t.Fatal(err)
	}
	if q := out.Sends[0].Message.(*message.Request); q.Timestamp != 3 || q.Ack != 3 {
		t.Errorf("the third request is %v, want t=3 that acknowledges all before", q)
	}
	if len(answer(c, reply(3, first, "x"))) != 0 {
		t.Error("a late reply completed something")
	}
}

func TestRetransmission(t *testing.T) {
	t.Parallel()
	c := newClient()
	if c.Wake() != 0 {
		t.Error("an idle client wants to be woken")
	}
	_, out, _ := c.Invoke(start, []byte("op"), false)
	if len(out.Sends) != 1 || out.Sends[0].All || out.Sends[0].To != 0 {
		t.Errorf("a new request goes to %+v, want the primary", out.Sends)
	}
	now := start
	var waits []message.Time
	for range 8 {
		waits = append(waits, (c.Wake()-now)/pbft.Millisecond)
		if early := c.Tick(c.Wake() - 1); len(early.Sends) != 0 {
			t.Error("sent again before its time")
		}
		now = c.Wake()
		if late := c.Tick(now); len(late.Sends) != 1 || !late.Sends[0].All {
			t.Errorf("sent again: %+v, want to all", late.Sends)
		}
	}
	for i, want := range []message.Time{100, 200, 400, 800, 800, 800, 800, 800} {
		if waits[i] != want {
			t.Fatalf("waited %v ms, want each twice the last up to 8 times the first", waits)
		}
	}
	for i := range message.ReplicaID(3) {
		answer(c, reply(i, 1, "x"))
	}
	if c.Wake() != 0 {
		t.Error("a client with nothing outstanding wants to be woken")
	}
}

// The client follows a view that f+1 replicas speak of, not one that f do.
func TestClientFollowsThePrimary(t *testing.T) {
	t.Parallel()
	c := newClient()
	primary := func() message.ReplicaID {
		t.Helper()
		_, out, err := c.Invoke(start, []byte("op"), false)
		if err != nil {
			t.Fatal(err)
		}
		return out.Sends[0].To
	}
	ts := message.Timestamp(1)
	for _, step := range []struct {
		views [4]message.View
		want  message.ReplicaID
	}{{[4]message.View{0, 0, 0, 99}, 0}, {[4]message.View{5, 5, 5, 99}, 1}, {[4]message.View{6, 5, 6, 99}, 2}} {
		if step.want == 0 && primary() != 0 {
			t.Fatal("the first primary is not 0")
		}
		for i, v := range step.views {
			p := reply(message.ReplicaID(i), ts, "x")
			p.View = v
			answer(c, p)
		}
		ts++
		if got := primary(); got != step.want && step.views[0] != 0 {
			t.Errorf("after views %v the primary is taken to be %d, want %d", step.views, got, step.want)
		}
	}
}

// A replica that answers with wrong results costs one exchange when it is the
// one to send the full result, and is not named for that again for a while.
func TestLyingReplierCostsOneExchange(t *testing.T) {
	t.Parallel()
	const large = 300 // above what everyone sends whole
	c := pbft.NewClient(pbft.ClientConfig{ID: message.ClientID{Principal: 1, Session: 1}, Replicas: 4, Quorum: 3, Window: 4, LargeRequest: 1 << 20, Retransmit: pbft.Second})
	now, again, named := start, 0, 0
	right, wrong := bytes.Repeat([]byte("r"), large), bytes.Repeat([]byte("w"), large)
	for i := range message.Timestamp(40) {
		ts, out, err := c.Invoke(now, []byte("op"), false)
		if err != nil {
			t.Fatal(err)
		}
		q := out.Sends[0].Message.(*message.Request)
		if q.Replier == 3 {
			named++
		}
		done, all := false, false
		for try := 0; try < 2 && !done; try++ {
			for id := range message.ReplicaID(4) {
				result := right
				if id == 3 {
					result = wrong
				}
				p := &message.Reply{Client: q.Client, Timestamp: ts, Replica: id, Position: message.Sequence(i + 1), Status: message.ReplyExecuted, Digest: message.ResultDigest(result)}
				if all || q.Replier == id {
					p.Full, p.Result = true, result
				}
				step := c.Step(pbft.Input{Now: now, From: message.ReplicaNode(id), Message: p})
				done = done || len(step.Completed) == 1 && bytes.Equal(step.Completed[0].Result, right)
			}
			if !done && c.Wake() <= now && len(c.Tick(now).Sends) == 1 {
				all = true
				again++
			}
		}
		if !done {
			t.Fatalf("request %d has no result without waiting", ts)
		}
	}
	if named != 1 || again != 1 {
		t.Errorf("the liar was named %d times, and %d requests were sent again; want 1 and 1", named, again)
	}
}

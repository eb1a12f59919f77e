package pbft_test

import (
	"fmt"

	"bfs/pbft"
	"bfs/pbft/message"
)

// caller is a client core whose requests reach the replicas of a group at
// once, and which takes their replies when the test says so.
type caller struct {
	g    *group
	core *pbft.Client
	id   message.ClientID
	seen int // replies of the group that it has looked at
	done []pbft.Completion
	// reach says which replicas its requests reach; nil: all.
	reach func(message.ReplicaID) bool
}

func newCaller(g *group, session uint64) *caller {
	id := message.ClientID{Principal: 7, Session: session}
	return &caller{g: g, id: id, core: pbft.NewClient(g.params.Client(id))}
}

// invoke sends an operation and lets everything arrive.
func (c *caller) invoke(op string, readOnly bool) {
	c.g.t.Helper()
	_, out, err := c.core.Invoke(c.g.now, []byte(op), readOnly)
	if err != nil {
		c.g.t.Fatal(err)
	}
	c.carryOut(out)
	c.listen()
}

func (c *caller) carryOut(out *pbft.ClientOutput) {
	c.done = append(c.done, out.Completed...)
	for _, d := range out.Completed {
		if len(d.Result) > 40 {
			c.g.note("client: t=%d gave %d bytes\n", d.Timestamp, len(d.Result))
			continue
		}
		c.g.note("client: t=%d gave %q\n", d.Timestamp, d.Result)
	}
	for _, s := range append([]pbft.Send(nil), out.Sends...) {
		q := *s.Message.(*message.Request)
		q.Auth = authentic(c.g.params.Replicas())
		c.note(s, &q)
		for i := range c.g.replicas {
			to := message.ReplicaID(i)
			if (s.All || s.To == to) && (c.reach == nil || c.reach(to)) {
				c.g.step(message.ReplicaNode(to), message.ClientNode(c.id), &q)
			}
		}
	}
}

// note writes what the client sends, and what came of it, to the transcript.
func (c *caller) note(s pbft.Send, q *message.Request) {
	to := fmt.Sprint(s.To)
	if s.All {
		to = "all"
	}
	c.g.note("client -> %s  %v\n", to, q)
}

// listen lets everything arrive, replies too.
func (c *caller) listen() {
	c.g.t.Helper()
	c.g.deliver()
	for c.seen < len(c.g.replies) {
		p := c.g.replies[c.seen]
		c.seen++
		if p.Client == c.id {
			c.carryOut(c.core.Step(pbft.Input{Now: c.g.now, From: message.ReplicaNode(p.Replica), Message: p}))
			c.g.deliver()
		}
	}
}

// wait lets time pass for everyone.
func (c *caller) wait(d message.Time) {
	c.g.t.Helper()
	c.g.tick(d)
	c.listen()
	c.carryOut(c.core.Tick(c.g.now))
	c.listen()
}

// want checks the results of all that has completed so far, in order.
func (c *caller) want(results ...string) {
	c.g.t.Helper()
	if len(c.done) != len(results) {
		c.g.t.Fatalf("%d operations have completed, want %d", len(c.done), len(results))
	}
	for i, d := range c.done {
		if string(d.Result) != results[i] {
			c.g.t.Errorf("operation %d gave %q, want %q", i, d.Result, results[i])
		}
	}
}

func authentic(n int) message.Authenticator {
	a := make(message.Authenticator, n)
	for i := range a {
		a[i] = message.MAC{1}
	}
	return a
}

// without cuts some replicas off from the others.
func without(ids ...message.ReplicaID) func(from, to message.ReplicaID, m message.Message) bool {
	return func(from, to message.ReplicaID, _ message.Message) bool {
		for _, id := range ids {
			if from == id || to == id {
				return true
			}
		}
		return false
	}
}

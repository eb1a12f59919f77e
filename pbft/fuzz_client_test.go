package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// spoken is what a replica says of a request.
type spoken struct {
	readOnly bool
	status   message.ReplyStatus
	floor    uint64
	digest   message.Digest
}

// customer holds a client core against what has been said to it.
type customer struct {
	feed
	t    *testing.T
	core *pbft.Client
	now  message.Time
	said map[message.Timestamp]map[message.ReplicaID]map[spoken]bool
	done map[message.Timestamp]bool
	sent message.Timestamp
}

// reply is a well-formed reply about few requests and results.
func (c *customer) reply() *message.Reply {
	results := []string{"", "x", "y", "x"}
	p := reply(message.ReplicaID(c.below(5)), message.Timestamp(c.below(8)), results[c.below(4)])
	b := c.byte()
	p.Full, p.Tentative, p.ReadOnly = b&1 == 0, b&2 != 0, b&12 == 12
	p.View, p.Position = message.View(b>>6), message.Sequence(b>>4&3)
	if b&0x30 == 0x30 {
		p.Status, p.Floor = message.ReplySessionExpired, c.number()
	}
	if !p.Full {
		p.Result = nil
	}
	return p
}

func (c *customer) next() {
	var out *pbft.ClientOutput
	switch k := c.below(16); {
	case k == 0:
		c.now += message.Time(c.byte()) * 10 * pbft.Millisecond
		out = c.core.Tick(c.now)
	case k < 3:
		ts, o, err := c.core.Invoke(c.now, []byte("op"), k == 1)
		if (err == nil) && ts != c.sent+1 {
			c.t.Fatalf("t=%d after t=%d", ts, c.sent)
		}
		if err == nil {
			c.sent = ts
		}
		out = o
	default:
		p := c.reply()
		if p.Timestamp <= c.sent && p.Replica < 4 {
			c.note(p)
		}
		out = c.core.Step(pbft.Input{Now: c.now, From: message.ReplicaNode(p.Replica), Message: p})
	}
	c.check(out)
}

// note remembers that a replica has said this.
func (c *customer) note(p *message.Reply) {
	if c.said[p.Timestamp] == nil {
		c.said[p.Timestamp] = make(map[message.ReplicaID]map[spoken]bool)
	}
	by := c.said[p.Timestamp]
	if by[p.Replica] == nil {
		by[p.Replica] = make(map[spoken]bool)
	}
	by[p.Replica][spoken{p.ReadOnly, p.Status, p.Floor, p.Digest}] = true
}

// check: a request completes once, with what 2f+1 replicas have said.
func (c *customer) check(out *pbft.ClientOutput) {
	for _, d := range out.Completed {
		if c.done[d.Timestamp] || d.Timestamp == 0 || d.Timestamp > c.sent {
			c.t.Fatalf("t=%d completed twice, or was never sent", d.Timestamp)
		}
		c.done[d.Timestamp] = true
		votes := [2]int{}
		for _, s := range c.said[d.Timestamp] {
			for i, readOnly := range []bool{false, true} {
				if s[spoken{readOnly, d.Status, d.Floor, message.ResultDigest(d.Result)}] {
					votes[i]++
				}
			}
		}
		if max(votes[0], votes[1]) < 3 {
			c.t.Fatalf("t=%d completed with %q, which only %d have said", d.Timestamp, d.Result, votes)
		}
	}
	if len(out.Sends) > 2 || c.core.Outstanding() > 2 {
		c.t.Fatalf("%d sends, %d outstanding in a window of 2", len(out.Sends), c.core.Outstanding())
	}
}

// FuzzClientStep lies to a client: it must accept nothing that 2f+1 replicas
// have not said, and nothing twice.
func FuzzClientStep(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(noise(seed, 600))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := &customer{feed: feed{data}, t: t, core: newClient(), now: start,
			said: make(map[message.Timestamp]map[message.ReplicaID]map[spoken]bool), done: make(map[message.Timestamp]bool)}
		for n := 0; n < fuzzSteps && len(c.rest) > 0; n++ {
			c.next()
		}
	})
}

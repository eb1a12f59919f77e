package pbft

import "bfs/pbft/message"

const (
	// maxBackoff: a client's retransmission interval doubles up to this many
	// times the first.
	maxBackoff = 8
	// maxMisses: a replica that was not heard of while so many requests were
	// completed is not asked for full results.
	maxMisses = 8
	// doubtedFor is for how many requests a replica that has given a wrong
	// result is not named for full ones.
	doubtedFor = 1024
)

// ClientConfig is what a client is made from.
type ClientConfig struct {
	ID message.ClientID
	// Replicas is n, and Quorum how many matching replies complete a
	// request: 2f+1 of 3f+1, or 1 of 1 for a server without replication.
	Replicas, Quorum int
	// Window is how far timestamps may run ahead of the lowest unanswered
	// one: Params.ClientWindow.
	Window int
	// LargeRequest is Params.LargeRequest.
	LargeRequest int
	// Retransmit is the first retransmission interval: Params.Retransmit.
	Retransmit message.Time
}

// Client is one session of a client (TOCS'02, section 2.3.2): it sends
// requests to the primary, collects replies, and sends again, to all replicas,
// what is not answered in time. Like a Replica it is driven by one caller at a
// time.
//
// INVARIANT: every timestamp in [low, next) has a call; the call of low is not
// done, unless low == next.
type Client struct {
	config    ClientConfig
	low, next message.Timestamp
	calls     []call // by timestamp modulo the window
	views     []message.View
	misses    []int // requests completed since each replica was last heard of
	// doubted is the timestamp below which a replica is not asked for full
	// results, because it has given another result than was accepted.
	doubted []message.Timestamp
	wake    message.Time
	out     ClientOutput
}

// call is one request that is outstanding, or done while an earlier one is
// outstanding.
type call struct {
	request *message.Request
	replies []*message.Reply // one of each replica, its last
	done    bool
	again   message.Time // when to send it again
	backoff message.Time
	hurried bool // it was sent again because its replier cheated
}

// ClientOutput is what a call asks of the driver. It is valid until the next.
type ClientOutput struct {
	// Sends carry Requests; the driver fills in their authenticators.
	Sends []Send
	// Completed are the requests that have their result.
	Completed []Completion
}

// Completion is the outcome of one request.
type Completion struct {
	Timestamp message.Timestamp
	Status    message.ReplyStatus
	Result    []byte
	Floor     uint64 // with message.ReplySessionExpired
}

// NewClient returns a client that has sent nothing yet.
func NewClient(c ClientConfig) *Client {
	return &Client{
		config: c,
		low:    1,
		next:   1,
		calls:  make([]call, c.Window),
		views:  make([]message.View, c.Replicas),
		misses: make([]int, c.Replicas),

		doubted: make([]message.Timestamp, c.Replicas),
	}
}

// Ready says whether Invoke would find room in the window.
func (c *Client) Ready() bool { return c.next-c.low < message.Timestamp(c.config.Window) }

// Invoke sends an operation, which must not be changed afterwards. The
// timestamp tells its completion.
//
// readOnly says that the operation cannot change the state: it is answered by
// all replicas without being ordered, if 2f+1 of them give the same answer, and
// ordered like any other if they do not in time.
func (c *Client) Invoke(now message.Time, operation []byte, readOnly bool) (message.Timestamp, *ClientOutput, error) {
	c.begin()
	if !c.Ready() {
		return 0, &c.out, ErrWindowFull
	}
	q := &message.Request{
		Client:    c.config.ID,
		Timestamp: c.next,
		Ack:       c.low,
		ReadOnly:  readOnly,
		Replier:   c.replier(),
		Operation: operation,
	}
	q.Seal()
	k := c.call(c.next)
	clear(k.replies)
	*k = call{request: q, replies: k.replies, backoff: c.config.Retransmit, again: now + c.config.Retransmit}
	if k.replies == nil {
		k.replies = make([]*message.Reply, c.config.Replicas)
	}
	c.next++
	c.wakeBy(k.again)
	c.out.Sends = append(c.out.Sends, Send{All: readOnly || c.isLarge(q), To: c.primary(), Message: q})
	return q.Timestamp, &c.out, nil
}

// Step handles a message from a replica. What is not a reply to an outstanding
// request is ignored.
func (c *Client) Step(in Input) *ClientOutput {
	c.begin()
	p, ok := in.Message.(*message.Reply)
	if !ok || in.From != message.ReplicaNode(p.Replica) || int(p.Replica) >= c.config.Replicas || p.Client != c.config.ID {
		return &c.out
	}
	c.misses[p.Replica] = 0
	if p.Timestamp < c.low || p.Timestamp >= c.next {
		return &c.out
	}
	k := c.call(p.Timestamp)
	if k.done || p.ReadOnly && !k.request.ReadOnly {
		return &c.out
	}
	k.replies[p.Replica] = p
	c.views[p.Replica] = max(c.views[p.Replica], p.View)
	if r := k.certified(c.config.Quorum); r != nil {
		c.complete(k, r)
	} else if k.request.ReadOnly && c.hopeless(k) {
		c.order(k, in.Now)
	} else if !k.hurried && k.replies[k.request.Replier] != nil && k.cheated(c.config.Quorum) {
		k.hurried, k.again = true, in.Now // everyone sends all then
		c.wakeBy(in.Now)
	}
	return &c.out
}

// Tick sends again what has waited for too long.
func (c *Client) Tick(now message.Time) *ClientOutput {
	c.begin()
	c.wake = 0
	for t := c.low; t < c.next; t++ {
		k := c.call(t)
		if k.done {
			continue
		}
		if now >= k.again && k.request.ReadOnly {
			c.order(k, now)
		} else if now >= k.again {
			k.backoff = min(2*k.backoff, maxBackoff*c.config.Retransmit)
			k.again = now + k.backoff
			c.out.Sends = append(c.out.Sends, Send{All: true, Message: k.request})
		}
		c.wakeBy(k.again)
	}
	return &c.out
}

// order gives up a read-only request as such: it is ordered under the same
// timestamp, which no replica has executed.
func (c *Client) order(k *call, now message.Time) {
	q := *k.request
	q.ReadOnly, q.Auth = false, nil
	q.Seal()
	clear(k.replies)
	k.request, k.again = &q, now+k.backoff
	c.wakeBy(k.again)
	c.out.Sends = append(c.out.Sends, Send{All: c.isLarge(&q), To: c.primary(), Message: &q})
}

// isLarge says whether a request goes to all replicas at once, because the
// primary will only name it.
func (c *Client) isLarge(q *message.Request) bool { return len(q.Operation) > c.config.LargeRequest }

// replier is the replica that the next request names for its full result: each
// in turn, of those that have been heard of, and not caught lying, lately.
func (c *Client) replier() message.ReplicaID {
	n := uint64(c.config.Replicas)
	for i := range n {
		if id := (uint64(c.next) + i) % n; c.misses[id] <= maxMisses && c.next >= c.doubted[id] {
			return message.ReplicaID(id)
		}
	}
	return message.ReplicaID(uint64(c.next) % n)
}

// Wake is when Tick wants to be called next; 0 if nothing is outstanding.
func (c *Client) Wake() message.Time { return c.wake }

// Outstanding is how many requests wait for their result.
func (c *Client) Outstanding() int {
	n := 0
	for t := c.low; t < c.next; t++ {
		if !c.call(t).done {
			n++
		}
	}
	return n
}

func (c *Client) begin() {
	clear(c.out.Sends)
	clear(c.out.Completed)
	c.out.Sends, c.out.Completed = c.out.Sends[:0], c.out.Completed[:0]
}

func (c *Client) call(t message.Timestamp) *call {
	return &c.calls[t%message.Timestamp(len(c.calls))]
}

func (c *Client) wakeBy(t message.Time) {
	if c.wake == 0 || t < c.wake {
		c.wake = t
	}
}

// complete ends a call and lets the window move on.
func (c *Client) complete(k *call, r *message.Reply) {
	c.out.Completed = append(c.out.Completed, Completion{
		Timestamp: r.Timestamp,
		Status:    r.Status,
		Result:    r.Result,
		Floor:     r.Floor,
	})
	for i, p := range k.replies {
		if p == nil {
			c.misses[i]++
		} else if p.Position == r.Position && p.ReadOnly == r.ReadOnly && !sameResult(p, r) {
			c.doubted[i] = c.next + doubtedFor
		}
	}
	clear(k.replies)
	k.request, k.done = nil, true
	for c.low < c.next && c.call(c.low).done {
		c.low++
	}
	if c.low == c.next {
		c.wake = 0
	}
}

// primary is the primary of the latest view that f+1 replicas, so a correct
// one among them, have spoken of.
func (c *Client) primary() message.ReplicaID {
	weak := (c.config.Replicas-1)/3 + 1
	var view message.View
	for _, v := range c.views {
		if v <= view {
			continue
		}
		n := 0
		for _, w := range c.views {
			if w >= v {
				n++
			}
		}
		if n >= weak {
			view = v
		}
	}
	return message.ReplicaID(uint64(view) % uint64(c.config.Replicas))
}

// certified returns a full reply that a quorum agrees with, or nil. Tentative
// replies count together only within one view, and a committed one counts
// beside those of any view; a full result, from whomever, completes a
// certificate of digests, since it matches the digest.
func (k *call) certified(quorum int) *message.Reply {
	for _, r := range k.replies {
		if r == nil || k.agreeing(r) < quorum {
			continue
		}
		for _, full := range k.replies {
			if full != nil && full.Full && sameResult(full, r) {
				return full
			}
		}
	}
	return nil
}

// cheated says whether a quorum agrees on a result that nobody has sent whole,
// not even the replica that was to.
func (k *call) cheated(quorum int) bool {
	for _, r := range k.replies {
		if r != nil && k.agreeing(r) >= quorum {
			return true
		}
	}
	return false
}

// hopeless says whether the replies that may still come cannot complete a
// certificate. Replicas that have not been heard of lately are not waited for.
func (c *Client) hopeless(k *call) bool {
	missing, best := 0, 0
	for i, r := range k.replies {
		if r != nil {
			best = max(best, k.agreeing(r))
		} else if c.misses[i] <= maxMisses {
			missing++
		}
	}
	return best+missing < c.config.Quorum || missing == 0
}

// agreeing is how many replies count together with r.
func (k *call) agreeing(r *message.Reply) int {
	n := 0
	for _, o := range k.replies {
		if o != nil && sameResult(o, r) && (!o.Tentative || o.View == r.View) {
			n++
		}
	}
	return n
}

// sameResult says whether two replies say the same. Those to a read must come
// from the same position as well: equal results of different states, one of
// them about to be overwritten and one just restored, prove no state at all.
func sameResult(a, b *message.Reply) bool {
	if a.ReadOnly != b.ReadOnly || a.ReadOnly && a.Position != b.Position {
		return false
	}
	return a.Status == b.Status && a.Digest == b.Digest && a.Floor == b.Floor
}

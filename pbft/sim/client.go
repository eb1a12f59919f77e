package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// client drives client cores through a script: one after another, since now
// and then it begins a new session, as a program does that was restarted, and
// never learns what came of the calls of the old one.
type client struct {
	world     *World
	index     int
	principal uint32
	fault     *Seat // nil if it is correct

	node   message.Node // of the present session
	core   *pbft.Client
	script Script
	calls  map[message.Timestamp]*calling
	// waiting are calls with another operation to send, for which there was
	// no room in the window.
	waiting []*calling
	wake    message.Time

	// sent counts the calls begun, done those that have ended or will never.
	// Once last is set the client makes its script's last calls, one at a time.
	sent, done int
	last       bool
	read       int // last calls that have ended
}

// calling is a call on its way.
type calling struct {
	call    Call
	from    message.Time
	ordered bool // what was sent last is to be ordered
	before  int  // results that clients had accepted when it was sent
	last    bool // it is one of the script's last
}

func newClient(w *World, i int, attacks []Attack) *client {
	c := &client{world: w, index: i, principal: uint32(i)}
	if attacks != nil {
		c.fault = newSeat(w, message.Node{}, attacks)
	} else if w.settings.Principals > 0 {
		c.principal = uint32(i % w.settings.Principals)
		for clientAttacksOf(w.settings, int(c.principal)) != nil {
			c.principal++ // at most to i, which is not faulty
		}
	}
	c.open(0)
	w.after(message.Time(w.rng.IntN(1_000_000)), c.invoke)
	return c
}

// open begins a session with a number that is floor or more. What is
// outstanding in the old one is given up.
func (c *client) open(floor uint64) {
	w := c.world
	number := max(w.opened[c.principal]+1, floor)
	w.opened[c.principal] = number
	id := message.ClientID{Principal: c.principal, Session: number}
	for _, k := range c.calls {
		c.giveUp(k)
	}
	for _, k := range c.waiting {
		c.giveUp(k)
	}
	delete(w.sessions, c.node.Client)
	c.node = message.ClientNode(id)
	if c.fault != nil {
		c.fault.Node = c.node
	}
	w.sessions[id] = c
	config := w.settings.Params.Client(id)
	if w.settings.Replies > 0 {
		config.Quorum = w.settings.Replies
	}
	c.core = pbft.NewClient(config)
	c.script = w.workload.Script(id)
	c.calls, c.waiting = make(map[message.Timestamp]*calling), nil
	c.wake = 0
	w.coverage.happened(PathSession)
}

func (c *client) giveUp(k *calling) {
	if !k.last {
		c.done++
	}
}

func (c *client) outstanding() int { return len(c.calls) + len(c.waiting) }

// invoke keeps as many calls outstanding as the settings say.
func (c *client) invoke() {
	w := c.world
	for len(c.waiting) > 0 && c.core.Ready() {
		k := c.waiting[0]
		c.waiting = c.waiting[1:]
		c.submit(k)
	}
	for c.sent < w.settings.Operations && c.outstanding() < w.settings.Outstanding && c.core.Ready() {
		if c.sent > 0 && w.chance(w.settings.Restarts) {
			w.tracef("%v: begins a new session", c.node)
			c.open(0)
		}
		c.sent++
		c.begin(c.script.Next(w.rng), false)
	}
	if c.last && c.sent >= w.settings.Operations && c.outstanding() == 0 {
		if k := c.script.Last(c.read); k != nil {
			c.begin(k, true)
		}
	}
}

// begin makes a call.
func (c *client) begin(k Call, last bool) {
	c.world.tracef("%v: calls %v", c.node, k.Input())
	c.submit(&calling{call: k, from: c.world.now, last: last})
}

func (c *client) submit(k *calling) {
	body, readOnly := k.call.Operation()
	k.before = len(c.world.check.certain.results)
	t, out, err := c.core.Invoke(c.world.now, body, readOnly)
	if err != nil {
		panic("sim: a client that was ready has no room")
	}
	c.calls[t] = k
	c.carryOut(out)
}

// readBack makes the client read what has come of the run, after its other
// calls.
func (c *client) readBack() {
	if c.fault == nil {
		c.last = true
		c.invoke()
	}
}

// finished says whether the client has nothing more to do.
func (c *client) finished() bool {
	return c.done >= c.world.settings.Operations && (!c.last || c.script.Last(c.read) == nil)
}

func (c *client) receive(from message.Node, m message.Message) {
	core := c.core
	c.carryOut(core.Step(pbft.Input{Now: c.world.now, From: from, Message: m}))
	c.world.after(c.world.settings.Think, c.invoke)
}

func (c *client) carryOut(out *pbft.ClientOutput) {
	for _, s := range out.Sends {
		c.send(s)
	}
	done := append([]pbft.Completion(nil), out.Completed...)
	c.tickLater()
	for _, d := range done {
		c.completed(d)
	}
}

func (c *client) send(s pbft.Send) {
	q := *s.Message.(*message.Request)
	if k := c.calls[q.Timestamp]; k != nil {
		k.ordered = !q.ReadOnly
	}
	q.Auth = authenticator(&q, len(c.world.replicas))
	if c.fault == nil {
		c.world.check.certain.asks(&q)
	}
	for i := range c.world.replicas {
		to := message.ReplicaNode(message.ReplicaID(i))
		if !s.All && s.To != to.Replica {
			continue
		}
		c.world.post(c.node, c.fault, to, &q)
	}
}

// completed takes the outcome of what was sent. A session that the replicas
// have forgotten is followed by a new one; whether the call that it refused was
// carried out before is not known.
func (c *client) completed(d pbft.Completion) {
	k := c.calls[d.Timestamp]
	if k == nil {
		return // of a session that was given up just now
	}
	c.world.tracef("%v: completed t=%d %v", c.node, d.Timestamp, d.Status)
	if d.Status == message.ReplySessionExpired && c.fault == nil {
		c.world.coverage.happened(PathForgotten)
		c.open(d.Floor)
		return
	}
	delete(c.calls, d.Timestamp)
	if c.fault != nil {
		c.done++
		return
	}
	over, err := c.world.check.answered(c, k, d)
	switch {
	case err != nil:
		c.world.check.fail(err)
	case !over:
		c.waiting = append(c.waiting, k)
	case k.last:
		c.read++
	default:
		c.done++
	}
}

func (c *client) tickLater() {
	at := c.core.Wake()
	if at == 0 || c.wake != 0 && c.wake <= at {
		return
	}
	c.wake = at
	core := c.core
	c.world.after(at-c.world.now, func() {
		if c.core == core && c.wake == at {
			c.wake = 0
			c.carryOut(core.Tick(c.world.now))
			c.invoke()
		}
	})
}

package runtime

import (
	"context"
	"log/slog"
	"sync"

	"bfs/pbft/message"
)

// complaints counts what was refused, and logs each kind of it at most once
// in logInterval, with how often it happened since. Kinds are named by our own
// words only, so that there are few of them whatever peers send.
type complaints struct {
	log   *slog.Logger
	clock clock

	mu    sync.Mutex
	total uint64
	kinds map[kind]*count
}

// kind is what is counted together: refusals of all clients are.
type kind struct {
	from   string
	reason string
}

type count struct {
	since uint64       // not logged yet
	next  message.Time // when it may be logged again
}

func newComplaints(log *slog.Logger, c clock) *complaints {
	return &complaints{log: log, clock: c, kinds: make(map[kind]*count)}
}

// refuse notes that something of a peer was refused. How bad that is is the
// log's level; detail, an error or a Stringer, is for the log.
func (c *complaints) refuse(level slog.Level, from message.Node, reason string, detail any) {
	k := kind{from: "clients", reason: reason}
	if from.Kind == message.KindReplica {
		k.from = from.String()
	}
	if n := c.due(k); n > 0 {
		c.log.Log(context.Background(), level, "refused a message", "from", from.String(), "reason", reason, "detail", detail, "times", n)
	}
}

// due counts one more of a kind, and says how many to log now, if any.
func (c *complaints) due(k kind) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total++
	e := c.kinds[k]
	if e == nil {
		e = &count{}
		c.kinds[k] = e
	}
	e.since++
	now := c.clock.now()
	if now < e.next {
		return 0
	}
	n := e.since
	e.since, e.next = 0, now+message.Time(logInterval)
	return n
}

func (c *complaints) count() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

package bfs

import (
	"context"
	"sync"

	"bfs/pbft"
	"bfs/pbft/message"
)

// LocalConfig says what a Local is made of.
type LocalConfig struct {
	Service pbft.Service
	// Clock gives the ordered time in nanoseconds. Where it does not move on
	// between two operations, the second one's time is a nanosecond later.
	Clock func() int64
}

// Local has operations carried out by a service in this process, one at a
// time in the order in which they come: what a cluster that never fails would
// do. It is safe for concurrent use.
type Local struct {
	mu   sync.Mutex
	cfg  LocalConfig
	last int64
}

// NewLocal returns a Local that owns cfg.Service from then on.
func NewLocal(cfg LocalConfig) *Local { return &Local{cfg: cfg} }

// Session returns the invoker of one client.
func (l *Local) Session(client message.ClientID) Invoker {
	return localSession{l, client}
}

type localSession struct {
	local  *Local
	client message.ClientID
}

// Invoke fails only if ctx has ended before.
func (s localSession) Invoke(ctx context.Context, operation []byte, readOnly bool) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.local.invoke(s.client, operation, readOnly), nil
}

func (l *Local) invoke(client message.ClientID, operation []byte, readOnly bool) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	op := pbft.Operation{Client: client, Time: message.Time(l.now()), Body: operation}
	if readOnly {
		if result, ok := l.cfg.Service.Query(op); ok {
			return result
		}
	}
	return l.cfg.Service.Execute(op)
}

func (l *Local) now() int64 {
	l.last = max(l.last+1, l.cfg.Clock())
	return l.last
}

package pbft

import (
	"testing"

	"bfs/pbft/message"
)

func req(p uint32, s uint64, t message.Timestamp, n int) *message.Request {
	q := &message.Request{Client: message.ClientID{Principal: p, Session: s}, Timestamp: t, Ack: 1, Operation: make([]byte, n)}
	q.Seal()
	return q
}

// A backup that only lags, while f+1 others have executed more, leaves the view alone.
func TestLaggardStaysInItsView(t *testing.T) {
	p := DefaultParams(1)
	r, _ := NewReplica(Config{ID: 2, Params: p, Service: nullService{}, Sign: func(message.Digest) (s message.Signature) { return }, Now: 1})
	b := &message.PrePrepare{View: 0, Sequence: 5, Time: 1, Requests: []*message.Request{req(1, 1, 1, 10)}}
	b.Seal()
	r.Step(Input{Now: 1, From: message.ReplicaNode(0), Message: b, Vouched: []bool{true}})
	for now := message.Time(2); now < 2*Second; now += 100 * Millisecond {
		for _, id := range []message.ReplicaID{0, 1, 3} { // they go on all the time
			n := message.Sequence(10 + now/Millisecond)
			r.Step(Input{Now: now, From: message.ReplicaNode(id), Message: &message.Status{Replica: id, Executed: n}})
		}
		r.Tick(now)
	}
	if !r.active || r.view != 0 {
		t.Errorf("left a view in which f+1 others make progress: view %d active %t", r.view, r.active)
	}
}

type nullService struct{}

func (nullService) Execute(Operation) []byte         { return nil }
func (nullService) Query(Operation) ([]byte, bool)   { return nil, true }
func (nullService) Checkpoint() Version              { return nil }
func (nullService) Rollback(Version)                 {}
func (nullService) Scrub(int)                        {}
func (nullService) Digest() (d message.Digest)       { return }
func (nullService) Page(Version, PageID) []byte      { return nil }
func (nullService) Assemble(message.Digest) Assembly { return nil }

package main

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// So many messages go to each replica every so often: far more than a replica
// has to send, but not so many that on one machine it is the flooder's own
// work that slows the others down.
const (
	floodBurst = 40
	floodEvery = 10 * time.Millisecond
	noiseBytes = 4 << 10
)

// flooder sends what it is told to, and from the first message on a flood.
type flooder struct {
	open
	*attack
	send  sender
	start sync.Once
}

func newFlooder(a *attack, send sender) runtime.Filter { return &flooder{attack: a, send: send} }

func (f *flooder) Send(to message.Node, m message.Message) {
	f.start.Do(func() { go f.flood() })
	f.send(to, m)
}

func (f *flooder) flood() {
	for range time.Tick(floodEvery) {
		for i := range f.group.Replicas {
			for range floodBurst {
				f.send(message.ReplicaNode(message.ReplicaID(i)), f.junk())
			}
		}
	}
}

// junk is a question that asks for as much as possible, or noise.
func (f *flooder) junk() message.Message {
	interval := message.Sequence(f.group.Params.CheckpointInterval)
	any := mathrand.N[message.Sequence](1<<12) + 1
	switch mathrand.IntN(5) {
	case 0:
		return &message.Status{Replica: f.id} // lacks everything
	case 1:
		q := &message.FetchState{Replica: f.id, Sequence: any / interval * interval}
		q.Sequence = max(q.Sequence, interval)
		for range message.MaxPages {
			q.Pages = append(q.Pages, message.PageID{Path: "", Digest: madeUp()})
		}
		return q
	case 2:
		return &message.Fetch{Sequence: any, Digest: madeUp(), Replica: f.id}
	case 3:
		return &message.Checkpoint{Sequence: any * interval, Digest: madeUp(), Replica: f.id}
	}
	return noise{&message.Inquiry{}}
}

// noise is encoded as bytes that are no message.
type noise struct{ message.Message }

func (noise) Append(dst []byte) []byte {
	b := make([]byte, noiseBytes)
	rand.Read(b)
	return append(dst, b...)
}

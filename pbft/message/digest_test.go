package message_test

import (
	"encoding/binary"
	"testing"

	"golang.org/x/crypto/blake2b"

	"bfs/pbft/message"
)

// macsSize is what the authenticator takes at the end of a request.
const macsSize = 2 + 4*16

func TestRequestDigestCoversTheBytesBeforeTheAuthenticator(t *testing.T) {
	t.Parallel()
	q := newRequest(200, "operation")
	b := message.Encode(q)
	want := blake2b.Sum256(append([]byte("bfs request 1\x00"), b[:len(b)-macsSize]...))
	if q.Digest() != want {
		t.Error("the sealed digest is not that of the encoding")
	}
	if mustDecode(t, b).(*message.Request).Digest() != want {
		t.Error("the decoded digest is not that of the encoding")
	}
}

func TestRequestDigestDependsOnEveryFieldButAuth(t *testing.T) {
	t.Parallel()
	base := newRequest(200, "operation").Digest()
	for name, change := range map[string]func(*message.Request){
		"principal": func(q *message.Request) { q.Client.Principal++ },
		"session":   func(q *message.Request) { q.Client.Session++ },
		"timestamp": func(q *message.Request) { q.Timestamp++ },
		"ack":       func(q *message.Request) { q.Ack++ },
		"read-only": func(q *message.Request) { q.ReadOnly = true },
		"replier":   func(q *message.Request) { q.Replier-- },
		"operation": func(q *message.Request) { q.Operation = []byte("operatioN") },
	} {
		q := newRequest(200, "operation")
		change(q)
		q.Seal()
		if q.Digest() == base {
			t.Errorf("the digest does not depend on the %s", name)
		}
	}
	q := newRequest(200, "operation")
	q.Auth[0][0]++
	q.Seal()
	if q.Digest() != base {
		t.Error("the digest depends on the authenticator")
	}
}

func TestBatchDigestIsOfTimeAndRequestsInOrder(t *testing.T) {
	t.Parallel()
	p := newBatch(3)
	covered := binary.BigEndian.AppendUint64([]byte("bfs batch 1\x00"), uint64(p.Time))
	for _, q := range p.Requests {
		d := q.Digest()
		covered = append(covered, d[:]...)
	}
	if p.Digest() != blake2b.Sum256(covered) {
		t.Error("the digest is not of the label, the time and the requests' digests")
	}
	if got := mustDecode(t, message.Encode(p)).(*message.PrePrepare).Digest(); got != p.Digest() {
		t.Error("the decoded digest differs from the sealed one")
	}
}

func TestBatchKeepsItsDigestAcrossViews(t *testing.T) {
	t.Parallel()
	base := newBatch(2).Digest()
	for name, change := range map[string]func(*message.PrePrepare){
		"view":     func(p *message.PrePrepare) { p.View++ },
		"sequence": func(p *message.PrePrepare) { p.Sequence++ },
	} {
		p := newBatch(2)
		change(p)
		if got := mustDecode(t, message.Encode(p)).(*message.PrePrepare).Digest(); got != base {
			t.Errorf("the digest depends on the %s", name)
		}
	}
	for name, change := range map[string]func(*message.PrePrepare){
		"time":  func(p *message.PrePrepare) { p.Time++ },
		"count": func(p *message.PrePrepare) { p.Requests = p.Requests[:1] },
		"order": func(p *message.PrePrepare) {
			p.Requests[0], p.Requests[1] = p.Requests[1], p.Requests[0]
		},
	} {
		p := newBatch(2)
		change(p)
		p.Seal()
		if p.Digest() == base {
			t.Errorf("the digest does not depend on the %s", name)
		}
	}
}

func TestResultDigestIsLabelled(t *testing.T) {
	t.Parallel()
	if message.ResultDigest([]byte("x")) != blake2b.Sum256([]byte("bfs result 1\x00x")) {
		t.Error("the result's digest is not of a label and the result")
	}
}

func TestDigestBeforeSealIsABug(t *testing.T) {
	t.Parallel()
	for name, use := range map[string]func(){
		"request":                       func() { new(message.Request).Digest() },
		"pre-prepare":                   func() { new(message.PrePrepare).Digest() },
		"view-change":                   func() { new(message.ViewChange).Digest() },
		"batch of a request not sealed": func() { (&message.PrePrepare{Requests: []*message.Request{{}}}).Seal() },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			use()
		}()
	}
}

package message_test

import (
	"bytes"
	"testing"

	"bfs/pbft/message"
)

// limits are those of a small group, with room for every sample.
var limits = message.Limits{Replicas: 4, MaxOperation: 4096, MaxResult: 4096, MaxPage: 4096, MaxBatch: 64, Window: 20}

// digest is a digest of one repeated byte.
func digest(b byte) (d message.Digest) {
	for i := range d {
		d[i] = b
	}
	return d
}

// newRequest makes a sealed request with an authenticator for limits.
func newRequest(timestamp message.Timestamp, operation string) *message.Request {
	q := &message.Request{
		Client:    message.ClientID{Principal: 7, Session: 1 << 40},
		Timestamp: timestamp,
		Ack:       1,
		Replier:   3,
		Operation: []byte(operation),
		Auth:      make(message.Authenticator, limits.Replicas),
	}
	for i := range q.Auth {
		copy(q.Auth[i][:], bytes.Repeat([]byte{byte(0xa0 + i)}, len(q.Auth[i])))
	}
	q.Seal()
	return q
}

// newBatch makes a sealed pre-prepare of so many requests.
func newBatch(requests int) *message.PrePrepare {
	p := &message.PrePrepare{View: 3, Sequence: 300, Time: 1_700_000_000_000_000_000, Requests: []*message.Request{}}
	for i := range requests {
		p.Requests = append(p.Requests, newRequest(message.Timestamp(i+1), "operation"))
	}
	p.Seal()
	return p
}

// newBareBatch is a batch whose second request is only named.
func newBareBatch() *message.PrePrepare {
	p := newBatch(3)
	p.Requests[1] = message.Bare(p.Requests[1].Digest())
	return p
}

func newReply(full bool) *message.Reply {
	p := &message.Reply{
		View:      3,
		Client:    message.ClientID{Principal: 7, Session: 1 << 40},
		Timestamp: 200,
		Replica:   2,
		Tentative: true,
		Position:  299,
		Digest:    message.ResultDigest([]byte("result")),
		Full:      full,
	}
	if full {
		p.Result = []byte("result")
	}
	return p
}

func newReport() *message.Report {
	return &message.Report{
		Nonce: 99, Replica: 1, View: 3, Stable: 256, Executed: 300, Highest: 310, StableDigest: digest(0x33),
		Behind: true, Diverged: false, LogSlots: 54, LogBytes: 123456, Queued: 5, Clients: 6, Requests: 1000, Batches: 300,
		Sent: 4000, Received: 5000, Rejected: 1, Started: -1, Now: 1_700_000_000_000_000_000, Version: "v1.2.3",
	}
}

// newViewChange makes a sealed view-change message, in which one sequence
// number has pre-prepared with two batches.
func newViewChange(from message.ReplicaID) *message.ViewChange {
	v := &message.ViewChange{
		View: 3, Replica: from, Stable: 256,
		Checkpoints: []message.Entry{{Sequence: 256, Digest: digest(0x41)}, {Sequence: 264, Digest: digest(0x42)}},
		Prepared: []message.Entry{
			{Sequence: 257, View: 2, Digest: digest(0x43)},
			{Sequence: 276, View: 0, Digest: digest(0x44)},
		},
		PrePrepared: []message.Entry{
			{Sequence: 257, View: 2, Digest: digest(0x43)},
			{Sequence: 258, View: 1, Digest: digest(0x45)},
			{Sequence: 258, View: 0, Digest: digest(0x46)},
		},
	}
	copy(v.Signature[:], bytes.Repeat([]byte{0xb0}, len(v.Signature)))
	v.Seal()
	return v
}

// newViewChangeFirst is what a replica says that has seen nothing.
func newViewChangeFirst(from message.ReplicaID) *message.ViewChange {
	v := &message.ViewChange{View: 3, Replica: from, Checkpoints: []message.Entry{{Digest: digest(0x40)}}}
	v.Seal()
	return v
}

func newNewView() *message.NewView {
	return &message.NewView{
		View: 3, Replica: 3,
		Changes: []*message.ViewChange{newViewChangeFirst(0), newViewChangeFirst(2), newViewChange(3)},
	}
}

// sample is a message with the name under which the golden file has it.
type sample struct {
	name    string
	message message.Message
}

// samples are at least one message of each type, as Decode returns them.
func samples() []sample {
	read := newRequest(300, "")
	read.ReadOnly = true
	read.Seal()
	return []sample{
		{"request", newRequest(200, "operation")},
		{"request-readonly-empty", read},
		{"preprepare", newBatch(2)},
		{"preprepare-null", newBatch(0)},
		{"preprepare-bare", newBareBatch()},
		{"prepare", &message.Prepare{View: 3, Sequence: 300, Digest: digest(0x11), Replica: 1}},
		{"commit", &message.Commit{View: 3, Sequence: 300, Digest: digest(0x11), Replica: 2}},
		{"reply-full", newReply(true)},
		{"reply-digest", newReply(false)},
		{"reply-readonly", &message.Reply{
			View: 3, Client: message.ClientID{Principal: 7, Session: 1 << 40}, Timestamp: 201, Replica: 1,
			ReadOnly: true, Position: 298, Digest: digest(0x51),
		}},
		{"reply-expired", &message.Reply{
			Client: message.ClientID{Principal: 7, Session: 4}, Timestamp: 1, Status: message.ReplySessionExpired,
			Floor: 5, Digest: message.ResultDigest(nil), Full: true, Result: []byte{},
		}},
		{"committed", &message.Committed{Sequence: 7, Digest: digest(0x21), Replica: 2}},
		{"checkpoint", &message.Checkpoint{Sequence: 256, Digest: digest(0x22), Replica: 3}},
		{"status", &message.Status{
			Replica: 1, View: 3, Stable: 256, Executed: 300,
			PrePrepared: []byte{7, 1, 0}, Prepared: []byte{3, 0, 0}, Committed: []byte{1, 0, 0},
		}},
		{"status-changing", &message.Status{
			Replica: 1, View: 4, Changing: true, Has: []byte{0b1010}, Stable: 256, Executed: 300,
			PrePrepared: []byte{}, Prepared: []byte{}, Committed: []byte{},
		}},
		{"viewchange", newViewChange(2)},
		{"viewchange-first", newViewChangeFirst(1)},
		{"newview", newNewView()},
		{"fetch", &message.Fetch{Sequence: 258, Digest: digest(0x45), Replica: 3}},
		{"vouch", &message.Vouch{Client: message.ClientID{Principal: 7, Session: 9}, Timestamp: 200, Digest: digest(0x46), Replica: 3}},
		{"fetch-state", &message.FetchState{Replica: 2, Sequence: 128, Pages: []message.PageID{
			{Path: "", Digest: digest(1)}, {Path: "x\x00", Digest: digest(2)}}}},
		{"state-page", &message.StatePage{Replica: 2, Sequence: 128, ID: message.PageID{Path: "x", Digest: digest(2)}, Data: []byte("data")}},
		{"attest", &message.Attest{Nonce: 5}},
		{"attestation", &message.Attestation{Nonce: 5, Sequence: 128, Digest: digest(0x61), Replica: 3, Signature: message.Signature{1, 2, 3}}},
		{"inspect", &message.Inspect{Nonce: 6, Sequence: 128, ID: message.PageID{Path: "x", Digest: digest(2)}}},
		{"inspection", &message.Inspection{Nonce: 6, Replica: 3, Data: []byte("data")}},
		{"inquiry", &message.Inquiry{Nonce: 1<<64 - 1}},
		{"report", newReport()},
	}
}

// mustDecode decodes what must be good.
func mustDecode(t testing.TB, b []byte) message.Message {
	t.Helper()
	m, err := message.Decode(b, limits)
	if err != nil {
		t.Fatalf("%x: %v", b, err)
	}
	return m
}

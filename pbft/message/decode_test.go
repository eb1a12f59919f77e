package message_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"bfs/pbft/message"
	"bfs/pbft/wire"
)

func TestEveryMessageComesBack(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		b := message.Encode(s.message)
		if m := mustDecode(t, b); !reflect.DeepEqual(m, s.message) {
			t.Errorf("%s came back as\n%+v, want\n%+v", s.name, m, s.message)
		}
		if got := s.message.Append([]byte("before")); string(got) != "before"+string(b) {
			t.Errorf("%s: Append does not add to what is there", s.name)
		}
	}
}

func TestEncodeAllocatesOnce(t *testing.T) {
	for _, s := range samples() {
		if n := testing.AllocsPerRun(10, func() { message.Encode(s.message) }); n > 1 {
			t.Errorf("Encode of %s made %v allocations, want 1", s.name, n)
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		b := message.Encode(s.message)
		for n := range b {
			if m, err := message.Decode(b[:n:n], limits); !errors.Is(err, wire.ErrTruncated) || m != nil {
				t.Errorf("%s cut to %d bytes: message %v, error %v", s.name, n, m, err)
			}
		}
		if _, err := message.Decode(append(b, 0), limits); !errors.Is(err, wire.ErrTrailing) {
			t.Errorf("%s with a byte more: error %v", s.name, err)
		}
	}
}

// TestEveryChangedByteIsRefusedOrMeansSomethingElse puts every value in every
// byte of every sample: what is accepted must be the encoding of what it is
// read as, and so never a second encoding of the sample.
func TestEveryChangedByteIsRefusedOrMeansSomethingElse(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			checkChangedBytes(t, message.Encode(s.message))
		})
	}
}

func checkChangedBytes(t *testing.T, b []byte) {
	for i, original := range b {
		for v := range 256 {
			b[i] = byte(v)
			m, err := message.Decode(b, limits)
			if err == nil && !bytes.Equal(message.Encode(m), b) {
				t.Fatalf("byte %d = %#x makes a second encoding of %v", i, v, m)
			}
		}
		b[i] = original
	}
}

// vote is the hexadecimal encoding of a PREPARE with some fields replaced.
func vote(head, view, sequence, digest, replica string) string {
	return head + "03" + view + sequence + digest + replica
}

func TestRefused(t *testing.T) {
	t.Parallel()
	d := "c420" + strings.Repeat("11", 32)
	for _, c := range []struct {
		name, input string
		reason      error
	}{
		{"nothing", "", wire.ErrTruncated},
		{"no array", "01", wire.ErrType},
		{"nil", "c0", wire.ErrType},
		{"an empty array", "90", wire.ErrTruncated},
		{"no label", "92c003", wire.ErrType},
		{"label 0", "9200", wire.ErrTruncated},
		{"label 0 with a field", "920001", message.ErrUnknownType},
		{"label 127", "927f01", message.ErrUnknownType},
		{"label 259, whose low byte is a type's", "95cd0103" + "0001" + d + "00", message.ErrUnknownType},
		{"a map", "8503000100", wire.ErrType},
		{"a field too many", vote("96", "00", "01", d, "0000"), wire.ErrLength},
		{"a field too few", vote("94", "00", "01", d, ""), wire.ErrLength},
		{"an array too long for any message", "dc0021" + strings.Repeat("00", 33), wire.ErrTooLong},
		{"array in a longer form", vote("dc0005", "00", "01", d, "00"), wire.ErrNotCanonical},
		{"-1 as a view", vote("95", "ff", "01", d, "00"), wire.ErrType},
		{"view in a longer form", vote("95", "cc00", "01", d, "00"), wire.ErrNotCanonical},
		{"sequence number 0", vote("95", "00", "00", d, "00"), wire.ErrRange},
		{"digest of 31 bytes", vote("95", "00", "01", "c41f"+strings.Repeat("11", 31), "00"), wire.ErrLength},
		{"digest as text", vote("95", "00", "01", "d920"+strings.Repeat("11", 32), "00"), wire.ErrType},
		{"replica n", vote("95", "00", "01", d, "04"), wire.ErrRange},
	} {
		b, err := hex.DecodeString(c.input)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := message.Decode(b, limits); !errors.Is(err, c.reason) || m != nil {
			t.Errorf("%s: message %v, error %v, want %v", c.name, m, err, c.reason)
		}
	}
}

// TestRefusedFields encodes messages with one field that may not be so.
func TestRefusedFields(t *testing.T) {
	t.Parallel()
	request := func(change func(*message.Request)) *message.Request {
		q := newRequest(200, "operation")
		change(q)
		return q
	}
	reply := func(change func(*message.Reply)) *message.Reply {
		p := newReply(true)
		change(p)
		return p
	}
	long := make([]byte, 4097)
	for _, c := range []struct {
		name    string
		message message.Message
		reason  error
	}{
		{"timestamp 0", request(func(q *message.Request) { q.Timestamp, q.Ack = 0, 0 }), wire.ErrRange},
		{"ack 0", request(func(q *message.Request) { q.Ack = 0 }), wire.ErrRange},
		{"ack above the timestamp", request(func(q *message.Request) { q.Ack = 201 }), wire.ErrRange},
		{"operation too long", request(func(q *message.Request) { q.Operation = long }), wire.ErrTooLong},
		{"a MAC too few", request(func(q *message.Request) { q.Auth = q.Auth[:3] }), wire.ErrLength},
		{"a MAC too many", request(func(q *message.Request) { q.Auth = append(q.Auth, message.MAC{}) }), wire.ErrLength},
		{"replier n", request(func(q *message.Request) { q.Replier = 4 }), wire.ErrRange},
		{"batch too large", newBatch(65), wire.ErrTooLong},
		{"batch with sequence number 0", &message.PrePrepare{}, wire.ErrRange},
		{"reply to timestamp 0", reply(func(p *message.Reply) { p.Timestamp = 0 }), wire.ErrRange},
		{"reply status 3", reply(func(p *message.Reply) { p.Status = 3 }), wire.ErrRange},
		{"result too long", reply(func(p *message.Reply) { p.Result = long }), wire.ErrTooLong},
		{"another result", reply(func(p *message.Reply) { p.Result = []byte("resulT") }), message.ErrDigest},
		{"another digest", reply(func(p *message.Reply) { p.Digest[31]++ }), message.ErrDigest},
		{"bitmaps too long", &message.Status{PrePrepared: long[:4], Prepared: long[:4], Committed: long[:4]}, wire.ErrTooLong},
		{"bitmaps of two lengths", &message.Status{PrePrepared: long[:2], Prepared: long[:1], Committed: long[:2]}, wire.ErrLength},
		{"bitmaps of two lengths", &message.Status{PrePrepared: long[:2], Prepared: long[:2], Committed: long[:3]}, wire.ErrLength},
		{"replicas in a status that changes no view", &message.Status{Has: long[:1]}, wire.ErrLength},
		{"too few replicas in a status", &message.Status{Changing: true}, wire.ErrLength},
		{"too many replicas in a status", &message.Status{Changing: true, Has: long[:2]}, wire.ErrLength},
		{"fetch of sequence number 0", &message.Fetch{Replica: 1}, wire.ErrRange},
		{"fetch from replica n", &message.Fetch{Sequence: 1, Replica: 4}, wire.ErrRange},
		{"vouch for timestamp 0", &message.Vouch{Replica: 1}, wire.ErrRange},
		{"vouch from replica n", &message.Vouch{Timestamp: 1, Replica: 4}, wire.ErrRange},
		{"version too long", &message.Report{Version: string(long[:65])}, wire.ErrTooLong},
		{"replica n", &message.Report{Replica: 4}, wire.ErrRange},
	} {
		if m, err := message.Decode(message.Encode(c.message), limits); !errors.Is(err, c.reason) || m != nil {
			t.Errorf("%s: message %v, error %v, want %v", c.name, m, err, c.reason)
		}
	}
}

func TestADigestReplyHasNoResult(t *testing.T) {
	t.Parallel()
	b := message.Encode(newReply(false))
	b = append(b[:len(b)-2], 0xc4, 1, 'x')
	if _, err := message.Decode(b, limits); !errors.Is(err, wire.ErrLength) {
		t.Errorf("a digest reply with a result: error %v", err)
	}
	p := newReply(true)
	p.Full = false
	if !bytes.Equal(message.Encode(p), message.Encode(newReply(false))) {
		t.Error("the result is sent although Full is not set")
	}
}

func TestOnlyRequestsAreInABatch(t *testing.T) {
	t.Parallel()
	b := message.Encode(newBatch(1))
	head := bytes.Index(b, []byte{0x99, byte(message.TypeRequest)})
	copy(b[head:], []byte{0x94, byte(message.TypeFetch)})
	if _, err := message.Decode(b, limits); !errors.Is(err, wire.ErrType) {
		t.Errorf("a batch with a FETCH in it: error %v", err)
	}
}

func TestDecodedMessagesKeepPartsOfTheInput(t *testing.T) {
	t.Parallel()
	b := message.Encode(newRequest(200, "operation"))
	q := mustDecode(t, b).(*message.Request)
	if at := bytes.Index(b, []byte("operation")); &q.Operation[0] != &b[at] {
		t.Error("the operation was copied")
	}
}

func TestEveryTypeHasASample(t *testing.T) {
	t.Parallel()
	sampled := map[message.Type]bool{}
	for _, s := range samples() {
		sampled[s.message.Type()] = true
	}
	for label := range message.Type(255) {
		if named := !strings.HasPrefix(label.String(), "TYPE-"); named != sampled[label] {
			t.Errorf("%v: has a name: %t, has a sample: %t", label, named, sampled[label])
		}
	}
}

func TestTypesAreNamed(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		name := s.message.Type().String()
		if line := s.message.String(); !strings.HasPrefix(line, name+" ") || strings.Contains(line, "\n") {
			t.Errorf("%s in one line is %q, want it to begin with %s", s.name, line, name)
		}
	}
	for _, unknown := range []message.Type{0, 127, 255} {
		if got := unknown.String(); !strings.HasPrefix(got, "TYPE-") {
			t.Errorf("type %d is called %q", uint8(unknown), got)
		}
	}
}

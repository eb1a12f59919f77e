package message_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"bfs/pbft/message"
)

// plainVote, plainRequest and plainBatch have the fields of Prepare, Request
// and PrePrepare in the form that the MessagePack library encodes by
// reflection to the same bytes.
type plainVote struct {
	Type     uint8
	View     uint64
	Sequence uint64
	Digest   []byte
	Replica  uint32
}

type plainRequest struct {
	Type      uint8
	Principal uint32
	Session   uint64
	Timestamp uint64
	Ack       uint64
	ReadOnly  bool
	Replier   uint32
	Operation []byte
	Auth      []byte
}

type plainBatch struct {
	Type     uint8
	View     uint64
	Sequence uint64
	Time     int64
	Requests []plainRequest
}

func plain(m message.Message) any {
	switch m := m.(type) {
	case *message.Prepare:
		return &plainVote{Type: uint8(m.Type()), View: uint64(m.View), Sequence: uint64(m.Sequence), Digest: m.Digest[:], Replica: uint32(m.Replica)}
	case *message.Request:
		q := &plainRequest{
			Type: uint8(m.Type()), Principal: m.Client.Principal, Session: m.Client.Session, Timestamp: uint64(m.Timestamp),
			Ack: uint64(m.Ack), ReadOnly: m.ReadOnly, Replier: uint32(m.Replier), Operation: m.Operation,
		}
		for i := range m.Auth {
			q.Auth = append(q.Auth, m.Auth[i][:]...)
		}
		return q
	case *message.PrePrepare:
		p := &plainBatch{Type: uint8(m.Type()), View: uint64(m.View), Sequence: uint64(m.Sequence), Time: int64(m.Time)}
		for _, q := range m.Requests {
			p.Requests = append(p.Requests, *plain(q).(*plainRequest))
		}
		return p
	}
	panic("no plain form")
}

// empty is where the library decodes a message's plain form to.
func empty(t message.Type) any {
	switch t {
	case message.TypePrepare:
		return new(plainVote)
	case message.TypeRequest:
		return new(plainRequest)
	default:
		return new(plainBatch)
	}
}

type benchmark struct {
	name    string
	message message.Message
}

func benchmarks() []benchmark {
	all := []benchmark{
		{"prepare", &message.Prepare{View: 3, Sequence: 1 << 20, Digest: digest(0x11), Replica: 1}},
		{"request-0-0", newRequest(1<<20, "")},
	}
	for _, n := range []int{1, 64} {
		all = append(all, benchmark{fmt.Sprintf("preprepare-%d", n), newBatch(n)})
	}
	return all
}

// encodePlain encodes through one Encoder and buffer, as is best for the
// library.
func encodePlain(tb testing.TB, v any, e *msgpack.Encoder, b *bytes.Buffer) []byte {
	b.Reset()
	e.Reset(b)
	e.UseArrayEncodedStructs(true)
	e.UseCompactInts(true)
	if err := e.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// TestTheComparisonIsFair: the benchmarks compare codecs of the same bytes.
func TestTheComparisonIsFair(t *testing.T) {
	t.Parallel()
	for _, c := range benchmarks() {
		var b bytes.Buffer
		if !bytes.Equal(encodePlain(t, plain(c.message), msgpack.NewEncoder(&b), &b), message.Encode(c.message)) {
			t.Errorf("%s: the library's encoding differs", c.name)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, c := range benchmarks() {
		b.Run(c.name+"/here", func(b *testing.B) {
			b.ReportAllocs()
			dst := make([]byte, 0, 1<<16)
			for b.Loop() {
				dst = c.message.Append(dst[:0])
			}
		})
		b.Run(c.name+"/reflection", func(b *testing.B) {
			b.ReportAllocs()
			v := plain(c.message)
			var out bytes.Buffer
			e := msgpack.NewEncoder(&out)
			for b.Loop() {
				encodePlain(b, v, e, &out)
			}
		})
	}
}

// BenchmarkDecode decodes; for requests and batches this package's time
// includes the digests, which the library's does not.
func BenchmarkDecode(b *testing.B) {
	for _, c := range benchmarks() {
		input := message.Encode(c.message)
		b.Run(c.name+"/here", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := message.Decode(input, limits); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/reflection", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := msgpack.Unmarshal(input, empty(c.message.Type())); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkResultDigest(b *testing.B) {
	for _, size := range []int{0, 4096, 1 << 17} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			result := make([]byte, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				message.ResultDigest(result)
			}
		})
	}
}

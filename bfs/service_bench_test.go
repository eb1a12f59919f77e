package bfs

import (
	"testing"

	"bfs/fsstate"
	"bfs/pbft/message"
)

// BenchmarkExecute is what one replica pays for an operation, from its bytes
// to the bytes of its result. The digest of a checkpoint is not in it.
func BenchmarkExecute(b *testing.B) {
	const blocks = 256 // of the file that is written, one after the other
	h := newHost()
	h.execute(operationOf(&create{dir: 1, name: "f", mode: 0o644, open: fsstate.OpenRead | fsstate.OpenWrite}))
	h.execute(operationOf(&write{ino: 2, data: make([]byte, blocks*fsstate.BlockSize)}))
	var writes [blocks][]byte
	for i := range writes {
		writes[i] = operationOf(&write{ino: 2, offset: uint64(i * fsstate.BlockSize), data: make([]byte, fsstate.BlockSize)})
	}
	for _, bench := range []struct {
		name string
		body func(i int) []byte
	}{
		{"null", always(operationOf(&null{}))},
		{"null-4KiB-result", always(operationOf(&null{resultSize: 4096}))},
		{"getattr", always(operationOf(&getattr{ino: 2}))},
		{"lookup", always(operationOf(&lookup{dir: 1, name: "f"}))},
		{"read-4KiB", always(operationOf(&read{ino: 2, size: fsstate.BlockSize}))},
		{"write-4KiB", func(i int) []byte { return writes[i%blocks] }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				h.execute(bench.body(i))
			}
		})
	}
}

func always(body []byte) func(int) []byte { return func(int) []byte { return body } }

// BenchmarkClient is the same with both ends of the codec, in one process.
func BenchmarkClient(b *testing.B) {
	client := NewClient(newLocal(newState()).Session(message.ClientID{Principal: 1, Session: 1}))
	b.Run("getattr", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Getattr(b.Context(), fsstate.Caller{}, fsstate.RootIno); err != nil {
				b.Fatal(err)
			}
		}
	})
	attr, _, err := client.Create(b.Context(), fsstate.Caller{}, fsstate.RootIno, "f", 0o644, fsstate.OpenWrite)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write-4KiB", func(b *testing.B) {
		b.ReportAllocs()
		data := make([]byte, fsstate.BlockSize)
		for b.Loop() {
			if _, err := client.Write(b.Context(), fsstate.Caller{}, attr.Ino, 0, data, false); err != nil {
				b.Fatal(err)
			}
		}
	})
}

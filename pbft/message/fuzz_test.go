package message_test

import (
	"bytes"
	"runtime"
	"testing"

	"bfs/pbft/message"
)

// FuzzDecode feeds the whole decoder.
func FuzzDecode(f *testing.F) {
	for _, s := range samples() {
		f.Add(message.Encode(s.message))
	}
	for _, b := range hostile() {
		f.Add(b)
	}
	f.Fuzz(checkDecode)
}

// The targets below feed the decoder of one type: the array's head and the
// label are put before the input.

func FuzzRequest(f *testing.F)    { fuzzType(f, message.TypeRequest) }
func FuzzPrePrepare(f *testing.F) { fuzzType(f, message.TypePrePrepare) }
func FuzzPrepare(f *testing.F)    { fuzzType(f, message.TypePrepare) }
func FuzzCommit(f *testing.F)     { fuzzType(f, message.TypeCommit) }
func FuzzReply(f *testing.F)      { fuzzType(f, message.TypeReply) }
func FuzzCheckpoint(f *testing.F) { fuzzType(f, message.TypeCheckpoint) }
func FuzzStatus(f *testing.F)     { fuzzType(f, message.TypeStatus) }
func FuzzInquiry(f *testing.F)    { fuzzType(f, message.TypeInquiry) }
func FuzzFetchState(f *testing.F) { fuzzType(f, message.TypeFetchState) }
func FuzzStatePage(f *testing.F)  { fuzzType(f, message.TypeStatePage) }
func FuzzCommitted(f *testing.F)  { fuzzType(f, message.TypeCommitted) }
func FuzzReport(f *testing.F)     { fuzzType(f, message.TypeReport) }
func FuzzViewChange(f *testing.F) { fuzzType(f, message.TypeViewChange) }
func FuzzNewView(f *testing.F)    { fuzzType(f, message.TypeNewView) }
func FuzzFetch(f *testing.F)      { fuzzType(f, message.TypeFetch) }
func FuzzVouch(f *testing.F)      { fuzzType(f, message.TypeVouch) }

func fuzzType(f *testing.F, label message.Type) {
	var head []byte
	for _, s := range samples() {
		if s.message.Type() != label {
			continue
		}
		b := message.Encode(s.message)
		end := bytes.IndexByte(b, byte(label)) + 1
		head = b[:end:end]
		f.Add(b[end:])
		f.Add(b[end : len(b)-1])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		checkDecode(t, append(head, body...))
	})
}

// checkDecode holds what Decode promises for any input: it does not panic,
// allocates little, and what it accepts has no other encoding.
func checkDecode(t *testing.T, input []byte) {
	var m message.Message
	var err error
	kept := bytes.Clone(input)
	if used := allocated(input, func() { m, err = message.Decode(input, limits) }); used > allocationBound(input) {
		t.Errorf("%d bytes of input made Decode allocate %d", len(input), used)
	}
	if !bytes.Equal(input, kept) {
		t.Error("Decode changed its input")
	}
	if err != nil {
		if m != nil {
			t.Errorf("a message came with the error %v", err)
		}
		return
	}
	if again := message.Encode(m); !bytes.Equal(again, input) {
		t.Errorf("%v\nwas read from %x\nbut written as %x", m, input, again)
	}
	_ = m.String()
}

// allocationBound is what Decode may allocate for an input: some times its
// length, and room for one message, an error and a hash state.
func allocationBound(input []byte) uint64 { return uint64(8*len(input) + 4096) }

// allocated is how many bytes are allocated while f runs. The runtime counts
// what all goroutines allocate, so a number beyond the bound for an input
// must come several times in a row before it is believed.
func allocated(input []byte, f func()) (used uint64) {
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if used = after.TotalAlloc - before.TotalAlloc; used <= allocationBound(input) {
			break
		}
	}
	return used
}

// hostile are short inputs that name large lengths.
func hostile() [][]byte {
	preprepare := []byte{0x95, byte(message.TypePrePrepare), 0, 1, 0}
	request := []byte{0x99, byte(message.TypeRequest), 7, 1, 1, 1, 0xc2, 0}
	status := []byte{0x9a, byte(message.TypeStatus), 0, 0, 0xc2, 0xc4, 0, 0, 0}
	viewChange := []byte{0x98, byte(message.TypeViewChange), 1, 0, 0}
	newView := []byte{0x94, byte(message.TypeNewView), 1, 0}
	huge := []byte{0xff, 0xff, 0xff, 0xff}
	return [][]byte{
		append(bytes.Clone(preprepare), append([]byte{0xdd}, huge...)...),
		append(append(bytes.Clone(preprepare), 0xdc, 0, 64), make([]byte, 64)...),
		append(bytes.Clone(request), append([]byte{0xc6}, huge...)...),
		append(bytes.Clone(request), 0xc5, 0x10, 0),
		append(bytes.Clone(status), append([]byte{0xc6}, huge...)...),
		append(bytes.Clone(viewChange), append([]byte{0xdd}, huge...)...),
		append(append(bytes.Clone(viewChange), 0xdc, 0xff, 0xff), make([]byte, 64)...),
		append(append(bytes.Clone(viewChange), 0x90, 0xdd, 0, 4, 0, 0), make([]byte, 64)...),
		append(bytes.Clone(newView), append([]byte{0xdd}, huge...)...),
		append(append(bytes.Clone(newView), 0xdc, 0, 100), make([]byte, 1000)...),
		append([]byte{0xdd}, huge...),
	}
}

// TestHostileLengthsCostNothing is not parallel, since it measures what is
// allocated.
func TestHostileLengthsCostNothing(t *testing.T) {
	wide := message.Limits{Replicas: 100, MaxOperation: 1 << 30, MaxResult: 1 << 30, MaxPage: 1 << 30, MaxBatch: 1 << 20, Window: 1 << 16}
	for _, b := range hostile() {
		var err error
		used := allocated(b, func() { _, err = message.Decode(b, wide) })
		if err == nil || used > allocationBound(b) {
			t.Errorf("%x: error %v, %d bytes allocated, at most %d wanted", b, err, used, allocationBound(b))
		}
	}
}

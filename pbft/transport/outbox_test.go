package transport

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"bfs/pbft/message"
)

func testOutbox() *outbox {
	return newOutbox(PeerLimits{QueueBytes: 1000, QueueMessages: 5})
}

func TestOutboxBounds(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		size, fit int
	}{
		"messages": {size: 10, fit: 5},
		"bytes":    {size: 480, fit: 2},
		"one":      {size: 980, fit: 1},
		"none":     {size: 981, fit: 0},
	}
	for name, c := range cases {
		o := testOutbox()
		for i := range 10 {
			want := pushed
			if i >= c.fit {
				want = refusedFull
			}
			if got := o.push(make([]byte, c.size), false); got != want {
				t.Errorf("%s: push %d gives %d, not %d", name, i, got, want)
			}
		}
		if messages, size := o.queued(); messages != c.fit || size != c.fit*(c.size+headerSize+tagSize) {
			t.Errorf("%s: %d messages and %d bytes are queued", name, messages, size)
		}
	}
}

// TestOutboxCountsWhatIsBeingWritten: memory is held until a batch is
// written, so it counts until then.
func TestOutboxCountsWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	o := testOutbox()
	for range 5 {
		o.push([]byte("x"), false)
	}
	if !o.claim() || len(o.take(nil)) != 5 {
		t.Fatal("the writer did not get the five payloads")
	}
	if got := o.push([]byte("x"), false); got != refusedFull {
		t.Fatalf("push gives %d while five are being written", got)
	}
	o.settle(5, 5*(1+headerSize+tagSize))
	if got := o.push([]byte("x"), false); got != pushed {
		t.Fatalf("push gives %d after they are written", got)
	}
}

func TestOutboxRightToWrite(t *testing.T) {
	t.Parallel()
	o := testOutbox()
	if o.claim() {
		t.Fatal("the writer claims although nothing is queued")
	}
	if got := o.push([]byte("1"), true); got != pushedAndMine {
		t.Fatalf("an idle outbox gives the sender %d, not the right to write", got)
	}
	if got := o.push([]byte("2"), true); got != pushed || o.claim() {
		t.Fatalf("the right to write was given twice (push: %d)", got)
	}
	o.take(nil)
	o.push([]byte("3"), true)
	if o.release() {
		t.Fatal("released while a payload was pending")
	}
	o.handOver()
	if !o.claim() || o.claim() {
		t.Fatal("the writer must be able to claim what was handed over, once")
	}
	o.take(nil)
	if !o.release() || o.claim() {
		t.Fatal("an empty outbox must be released, and stay so")
	}
	if got := o.push([]byte("4"), true); got != pushed && got != pushedAndMine {
		t.Fatalf("push gives %d", got)
	}
}

func TestOutboxEnds(t *testing.T) {
	t.Parallel()
	o := testOutbox()
	o.push([]byte("1"), false)
	o.finish()
	if got := o.push([]byte("2"), false); got != refusedClosed {
		t.Errorf("push gives %d after finish", got)
	}
	select {
	case <-o.drained:
		t.Error("drained with a payload pending")
	default:
	}
	if lost := o.close(); lost != 1 {
		t.Errorf("close lost %d, not 1", lost)
	}
	if lost := o.close(); lost != 0 {
		t.Errorf("closing again lost %d", lost)
	}
	<-o.drained
	if !o.claim() || o.release() {
		t.Error("the writer must claim a closed outbox and never release it")
	}
}

func TestFifoAgainstModel(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var f fifo
	var model [][]byte
	for i := range 20000 {
		if growing := i/2000%2 == 0; random.IntN(10) < 3 != growing {
			p := []byte{byte(i), byte(i >> 8)}
			f.push(p)
			model = append(model, p)
		} else if len(model) > 0 {
			if first, p := f.first(), f.pop(); !bytes.Equal(p, model[0]) || !bytes.Equal(first, p) {
				t.Fatalf("step %d: popped %v, not %v", i, p, model[0])
			}
			model = model[1:]
		}
		if f.len() != len(model) {
			t.Fatalf("step %d: length %d, not %d", i, f.len(), len(model))
		}
	}
}

// TestBatchesAreTheFrames: what batches write, in pieces of any size, is the
// frames of what was pushed.
func TestBatchesAreTheFrames(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	o := newOutbox(PeerLimits{QueueBytes: 64 << 20, QueueMessages: 1000})
	var want bytes.Buffer
	for i := range 500 {
		payload := pattern(random.IntN(2 * copyBytes >> random.IntN(10)))
		o.push(payload, false)
		want.Write(frameOf(uint64(i), payload))
	}
	var got bytes.Buffer
	link := &fakeLink{peer: message.Node{}}
	for b := (batch{}); ; b.reset() {
		if b.payloads = o.take(b.payloads); len(b.payloads) == 0 {
			break
		}
		b.fill(link)
		writeInPieces(&got, &b, random)
		o.settle(b.messages, b.bytes)
	}
	if !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Fatal("the batches are not the frames")
	}
	if messages, size := o.queued(); messages != 0 || size != 0 {
		t.Errorf("%d messages and %d bytes are left on the books", messages, size)
	}
}

func writeInPieces(w io.Writer, b *batch, random *rand.Rand) {
	for len(b.rest) > 0 {
		var all []byte
		for _, segment := range b.rest {
			all = append(all, segment...)
		}
		n := random.IntN(len(all) + 1)
		_, _ = w.Write(all[:n])
		b.consume(n)
	}
}

package sim

import (
	"encoding/binary"

	"bfs/pbft"
	"bfs/pbft/message"
)

// counter is the replicated service of the simulator: an operation is a number
// that is added, and its result is the sum so far. Its state is the sum and a
// running digest of everything that was applied, with times, so that any
// difference in order, content or time shows in every later digest.
type counter struct {
	sum     uint64
	history message.Digest
	applied []uint64 // the values added, in order
}

func (c *counter) Execute(op pbft.Operation) []byte {
	if len(op.Body) != 8 {
		return []byte("bad")
	}
	value := binary.BigEndian.Uint64(op.Body)
	c.sum += value
	c.applied = append(c.applied[:len(c.applied):len(c.applied)], value)
	b := append([]byte("counter"), c.history[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(op.Time))
	b = binary.BigEndian.AppendUint64(b, uint64(op.Client.Principal))
	b = binary.BigEndian.AppendUint64(b, op.Client.Session)
	c.history = message.Sum(append(b, op.Body...))
	return binary.BigEndian.AppendUint64(nil, c.sum)
}

func (c *counter) Query(op pbft.Operation) ([]byte, bool) {
	return binary.BigEndian.AppendUint64(nil, c.sum), len(op.Body) == 0
}

func (c *counter) Checkpoint() pbft.Version { return *c }

func (c *counter) Rollback(v pbft.Version) { *c = v.(counter) }

func (c *counter) Digest() message.Digest { return c.blob().Digest() }

// Scrub has nothing to do: no digest is kept.
func (c *counter) Scrub(int) {}

func (c *counter) Page(v pbft.Version, id pbft.PageID) []byte {
	old := v.(counter)
	return old.blob().Page(id)
}

func (c *counter) Assemble(root message.Digest) pbft.Assembly {
	return c.blob().Assemble(root, func(b Blob) pbft.Version { return parseCounter(b) })
}

// blob is the state as bytes.
func (c *counter) blob() Blob {
	b := binary.BigEndian.AppendUint64(nil, c.sum)
	b = append(b, c.history[:]...)
	for _, v := range c.applied {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b
}

func parseCounter(b Blob) counter {
	c := counter{sum: binary.BigEndian.Uint64(b), history: message.Digest(b[8:40])}
	for b = b[40:]; len(b) > 0; b = b[8:] {
		c.applied = append(c.applied, binary.BigEndian.Uint64(b))
	}
	return c
}

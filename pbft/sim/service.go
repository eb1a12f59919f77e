package sim

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"bfs/pbft"
	"bfs/pbft/message"
)

// cellService is the service of Registers. Its state is the registers, the
// numbers of the operations that were applied, and a running digest of all of
// them with times, so that any difference in order, content or time shows in
// every later digest.
type cellService struct {
	cells   [cells]uint64
	history message.Digest
	applied []uint64
}

var refused = []byte("no operation")

func (s *cellService) Execute(op pbft.Operation) []byte {
	in, ok := parseRegister(op.Body)
	if !ok {
		return refused
	}
	result, value := in.apply(s.cells[in.cell])
	s.cells[in.cell] = value
	id := binary.BigEndian.Uint64(op.Body[bodyBytes-idBytes:])
	s.applied = append(slices.Clip(s.applied), id)
	b := append([]byte("registers"), s.history[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(op.Time))
	b = binary.BigEndian.AppendUint64(b, uint64(op.Client.Principal))
	b = binary.BigEndian.AppendUint64(b, op.Client.Session)
	s.history = message.Sum(append(b, op.Body...))
	return encodeResult(op.Body, result)
}

func (s *cellService) Query(op pbft.Operation) ([]byte, bool) {
	in, ok := parseRegister(op.Body)
	if !ok || in.action != actionRead {
		return nil, false
	}
	return encodeResult(op.Body, s.cells[in.cell]), true
}

func encodeResult(body []byte, v uint64) []byte {
	result := binary.BigEndian.AppendUint64(nil, v)
	if body[3] == 1 {
		result = append(result, make([]byte, longBy)...)
	}
	return result
}

func (s *cellService) Checkpoint() pbft.Version { return *s }

func (s *cellService) Rollback(v pbft.Version) { *s = v.(cellService) }

func (s *cellService) Digest() message.Digest { return s.blob().Digest() }

// Scrub has nothing to do: no digest is kept.
func (s *cellService) Scrub(int) {}

func (s *cellService) Page(v pbft.Version, id pbft.PageID) []byte {
	old := v.(cellService)
	return old.blob().Page(id)
}

func (s *cellService) Assemble(root message.Digest) pbft.Assembly {
	return s.blob().Assemble(root, func(b Blob) pbft.Version { return parseCells(b) })
}

func (s *cellService) Corrupt(rng *rand.Rand) { s.cells[rng.IntN(cells)] ^= 1 << rng.IntN(4) }

// CheckInvariants finds nothing: any registers are in order.
func (s *cellService) CheckInvariants() error { return nil }

// blob is the state as bytes.
func (s *cellService) blob() Blob {
	b := slices.Clone(s.history[:])
	for _, v := range s.cells {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	for _, v := range s.applied {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b
}

func parseCells(b Blob) cellService {
	s := cellService{history: message.Digest(b[:32])}
	b = b[32:]
	for i := range s.cells {
		s.cells[i] = binary.BigEndian.Uint64(b)
		b = b[8:]
	}
	for ; len(b) > 0; b = b[8:] {
		s.applied = append(s.applied, binary.BigEndian.Uint64(b))
	}
	return s
}

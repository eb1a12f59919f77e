package proof

import (
	"errors"
	"fmt"
	"strings"

	"bfs/fsstate"
	"bfs/pbft/message"
	"bfs/pbft/wire"
)

// ErrMalformed is wrapped by the errors about bytes that are no proof.
var ErrMalformed = errors.New("not a proof")

// Bounds of what Decode takes.
const (
	// MaxBytes is the longest proof.
	MaxBytes   = 32 << 20
	maxCluster = 256
	maxPath    = 4096
	maxSigners = 1 << 10
	maxPages   = 1 << 16
	maxHoles   = 1 << 20
	maxRoot    = 256
	fields     = 9
	label      = "bfs proof 1"
)

// Proof is a proof of what was at a path.
type Proof struct {
	Cluster string
	// Path is from the root of the file system, with a slash before each name;
	// "/" is the root directory.
	Path string
	// Sequence and Digest are those of the checkpoint that was signed for.
	Sequence message.Sequence
	Digest   message.Digest
	Signed   []Signed // by number
	Root     []byte   // the checkpoint's root page
	Pages    [][]byte // of the file state, in the order in which they are needed
	Holes    []fsstate.Hole
}

// Signed is one replica's signature.
type Signed struct {
	Replica   message.ReplicaID
	Signature message.Signature
}

// Names splits a path, of which empty names and "." are left out. It is an error
// to go up, since that says nothing about what was at the path.
func Names(path string) ([]string, error) {
	var names []string
	for name := range strings.SplitSeq(path, "/") {
		switch name {
		case "", ".":
			continue
		case "..":
			return nil, fmt.Errorf("%q has \"..\" in it: write the path without", path)
		}
		names = append(names, name)
	}
	return names, nil
}

// Encode returns the proof's one form.
func (p *Proof) Encode() []byte {
	dst := wire.AppendArray(nil, fields)
	dst = wire.AppendText(dst, label)
	dst = wire.AppendText(dst, p.Cluster)
	dst = wire.AppendBytes(dst, p.Path)
	dst = wire.AppendUint(dst, uint64(p.Sequence))
	dst = wire.AppendBytes(dst, p.Digest[:])
	dst = wire.AppendArray(dst, len(p.Signed))
	for i := range p.Signed {
		dst = wire.AppendUint(wire.AppendArray(dst, 2), uint64(p.Signed[i].Replica))
		dst = wire.AppendBytes(dst, p.Signed[i].Signature[:])
	}
	dst = wire.AppendBytes(dst, p.Root)
	dst = wire.AppendArray(dst, len(p.Pages))
	for _, page := range p.Pages {
		dst = wire.AppendBytes(dst, page)
	}
	dst = wire.AppendArray(dst, len(p.Holes))
	for _, h := range p.Holes {
		dst = wire.AppendUint(wire.AppendArray(dst, 2), h.Offset)
		dst = wire.AppendUint(dst, h.End)
	}
	return dst
}

// Decode reads what Encode wrote, and nothing else. It says nothing about what
// the proof is worth.
func Decode(b []byte) (*Proof, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: it has more than %d bytes", ErrMalformed, MaxBytes)
	}
	r := wire.NewReader(b)
	r.Array(fields)
	if start := r.Offset(); r.Text(len(label)) != label {
		r.Fail(start, "the label of a proof", wire.ErrType)
	}
	p := &Proof{Cluster: r.Text(maxCluster), Path: string(r.Bytes(maxPath)), Sequence: message.Sequence(r.Uint())}
	copy(p.Digest[:], r.Fixed(len(p.Digest)))
	p.Signed = list(&r, maxSigners, decodeSigned)
	p.Root = r.Bytes(maxRoot)
	p.Pages = list(&r, maxPages, func(r *wire.Reader) []byte { return r.Bytes(fsstate.MaxPageBytes) })
	p.Holes = list(&r, maxHoles, decodeHole)
	if err := r.Finish(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return p, nil
}

// list reads an array. It makes no room before the elements are there.
func list[T any](r *wire.Reader, most int, element func(*wire.Reader) T) (out []T) {
	count := r.ArrayMax(most)
	for i := 0; i < count && r.Err() == nil; i++ {
		out = append(out, element(r))
	}
	return out
}

func decodeSigned(r *wire.Reader) (s Signed) {
	r.Array(2)
	s.Replica = message.ReplicaID(r.UintMax(maxSigners))
	copy(s.Signature[:], r.Fixed(len(s.Signature)))
	return s
}

func decodeHole(r *wire.Reader) fsstate.Hole {
	r.Array(2)
	return fsstate.Hole{Offset: r.Uint(), End: r.Uint()}
}

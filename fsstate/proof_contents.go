package fsstate

import (
	"errors"
	"fmt"
	"io"

	"bfs/fsstate/trie"
)

// Hole is where a file has no blocks: bytes from Offset to End, a multiple of
// BlockSize apart from the file's end. Bytes in it read as zeros.
type Hole struct{ Offset, End uint64 }

// ErrContents is what the errors of Proven.Check wrap: the file is another one.
var ErrContents = errors.New("fsstate: other contents than were proven")

// Inline returns the contents of a regular file, or the target of a symbolic
// link, if the proof has all of them: a file of at most BlockSize bytes.
func (p *Proven) Inline() ([]byte, bool) {
	n := &p.node
	if n.isDir() || !n.isRegular() && !n.isSymlink() || n.size > BlockSize {
		return nil, false
	}
	out := make([]byte, n.size)
	copy(out, n.first)
	return out, true
}

// ContentsDigest is the digest of all contents but the first block: what Check
// computes. It is zero for files of one block.
func (p *Proven) ContentsDigest() [32]byte { return p.blocks }

// Check reads a regular file to its end and tells whether it is the one that was
// proven, by computing its digest. Which blocks are holes does not show in a
// file: holes are the proof's claim of it, in order, and are checked too, since
// the digest depends on them. The memory that it takes is some 70 bytes for each
// block.
func (p *Proven) Check(file io.Reader, holes []Hole) error {
	if status := p.node.wantRegular(); status != OK {
		return status
	}
	var blocks trie.Map[digestOnly]
	var buf [BlockSize]byte
	for index := uint64(0); index*BlockSize < p.node.size; index++ {
		start := index * BlockSize
		piece := buf[:min(BlockSize, p.node.size-start)]
		if _, err := io.ReadFull(file, piece); err != nil {
			return shorter(err, p.node.size)
		}
		for len(holes) > 0 && holes[0].End <= start {
			holes = holes[1:]
		}
		b := trimmed(piece)
		isHole := len(holes) > 0 && holes[0].Offset <= start
		switch {
		case isHole && len(b) > 0, index == 0 && (isHole == p.node.hasFirst || string(b) != string(p.node.first)):
			return fmt.Errorf("%w: they differ at byte %d or after it, in the same block", ErrContents, start)
		case !isHole && index > 0:
			blocks.SetHashed(1, index, digestOnly{}, trie.LeafDigest(index, b))
		}
	}
	if n, err := io.ReadFull(file, buf[:1]); n != 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is more than %d bytes", ErrContents, p.node.size)
	}
	if blocks.Digest() != p.blocks {
		return fmt.Errorf("%w: their digest is another", ErrContents)
	}
	return nil
}

func shorter(err error, size uint64) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: there are less than %d bytes", ErrContents, size)
	}
	return err
}

// digestOnly stands for a row of which only the digest is of interest.
type digestOnly struct{}

// AppendLeaf is never called, since the digest is known.
func (digestOnly) AppendLeaf([]byte) []byte { panic("fsstate: a row that is not there is hashed") }

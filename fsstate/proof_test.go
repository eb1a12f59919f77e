package fsstate

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
)

// recorded is a source of pages that remembers what it gave out.
type recorded struct {
	from  *Snapshot
	pages map[PageID][]byte
}

func (r *recorded) fetch(id PageID) ([]byte, error) {
	page := r.from.Page(id)
	if page == nil {
		return nil, fmt.Errorf("no page %x", id.Path)
	}
	r.pages[id] = page
	return page, nil
}

var errNoPage = errors.New("no such page in the proof")

// proven proves a path in a state, and again from the pages alone.
func proven(t *testing.T, s *State, path string) (*Proven, map[PageID][]byte) {
	t.Helper()
	names := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	r := &recorded{s.Snapshot(), map[PageID][]byte{}}
	root := s.Digest()
	first, err := Prove(root, names, r.fetch)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	again, err := Prove(root, names, func(id PageID) ([]byte, error) {
		if page := r.pages[id]; page != nil {
			return page, nil
		}
		return nil, errNoPage
	})
	if err != nil || first.Attr != again.Attr || first.Found != again.Found || first.Clock != again.Clock || first.blocks != again.blocks {
		t.Fatalf("%s: from the pages alone %+v, %v, and before %+v", path, again, err, first)
	}
	return first, r.pages
}

// TestProveEverything: every path of random trees is proven with the attributes
// that there are, as are paths in snapshots, and no other.
func TestProveEverything(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		s, m := New(smallConfig), newModel(smallConfig)
		for i, b := range randomOps(900+seed, 800) {
			o := decodeOp(b, m)
			o.run(s)
			o.run(m)
			if i%300 == 299 {
				s.CreateSnapshot(&Context{Now: s.clock}, fmt.Sprint(i))
			}
		}
		x := &tree{State: s, t: t}
		paths := maps.Clone(s.paths())
		paths["/"] = RootIno
		for path, ino := range paths {
			p, _ := proven(t, s, path)
			want, _ := s.Getattr(&Context{ReadOnly: true}, ino)
			want.Blocks = 0
			if p.Attr != want || p.Clock != s.clock {
				t.Errorf("%s: proven %+v, there is %+v", path, p.Attr, want)
			}
			if n := s.named(ino); n.isDir() {
				if p, _ := proven(t, s, path+"/missing"); p.Found != len(strings.FieldsFunc(path, func(r rune) bool { return r == '/' })) {
					t.Errorf("%s/missing: %d names are there", path, p.Found)
				}
			}
		}
		for _, name := range []string{"299", "599"} {
			p, _ := proven(t, s, ".snapshots/"+name)
			want := x.stat(".snapshots/" + name)
			want.Blocks = 0
			if p.Attr != want || p.Found != 2 {
				t.Errorf("snapshot %s: proven %+v, there is %+v", name, p.Attr, want)
			}
		}
		if p, _ := proven(t, s, ".snapshots/none/a"); p.Found != 0 {
			t.Error("a snapshot that is not there")
		}
	}
}

// TestProofsCannotBeForged: with any byte of any page changed there is no proof.
func TestProofsCannotBeForged(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.snap("one")
	for i := range 100 {
		x.create(alice, fmt.Sprintf("dir/sub/%d", i), 0o644)
	}
	root := x.Digest()
	for _, path := range []string{"dir/sub/7", "dir/sub/none", ".snapshots/one/dir/f", "dir/ln", ""} {
		names := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
		_, pages := proven(t, x.State, path)
		for at, page := range pages {
			for i := range page {
				for _, bit := range []byte{1 << (i % 8)} {
					lie := bytes.Clone(page)
					lie[i] ^= bit
					_, err := Prove(root, names, func(id PageID) ([]byte, error) {
						if id == at {
							return lie, nil
						}
						return pages[id], nil
					})
					if !errors.Is(err, ErrProof) {
						t.Fatalf("%s: byte %d of page %x changed: %v", path, i, at.Path, err)
					}
				}
			}
		}
	}
}

// TestProveRefuses what is no path.
func TestProveRefuses(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	from := &recorded{x.Snapshot(), map[PageID][]byte{}}
	root := x.Digest()
	for path, want := range map[string]Status{
		"dir/f/x": NotDir, "dir/ln/x": NotDir, "dir/..": Inval, "dir/.": Inval, ".snapshots": NotSupported, "dir//f": Inval,
		strings.Repeat("n", MaxName+1): Inval,
	} {
		if _, err := Prove(root, strings.Split(path, "/"), from.fetch); err != error(want) {
			t.Errorf("%.20s: %v, want %v", path, err, want)
		}
	}
}

// holesOf asks Seek for the holes of a file.
func holesOf(x *tree, ino Ino) (holes []Hole) {
	c := &Context{ReadOnly: true}
	size := x.named(ino).size
	for off := uint64(0); off < size; {
		start, status := x.Seek(c, ino, off, SeekHole)
		if status != OK || start == size {
			break
		}
		end, status := x.Seek(c, ino, start, SeekData)
		if status != OK {
			end = size
		}
		holes = append(holes, Hole{start, end})
		off = end
	}
	return holes
}

// TestProvenContents: a file is the one that was proven, and no other is,
// whatever holes and zeros it has.
func TestProvenContents(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	rng := rand.New(rand.NewPCG(6, 1))
	for i := range 30 {
		ino := x.create(alice, fmt.Sprintf("dir/sub/%d", i), 0o644)
		for range rng.IntN(6) {
			data := make([]byte, rng.IntN(3*BlockSize))
			if rng.IntN(3) > 0 {
				for j := range data {
					data[j] = byte(rng.Uint32N(3))
				}
			}
			x.ok(x.only(x.Write(x.as(root), ino, rng.Uint64N(40*BlockSize), data, false)))
		}
		if rng.IntN(3) == 0 {
			x.ok(x.only(x.Setattr(x.as(root), ino, SetAttr{Mask: SetSize, Size: rng.Uint64N(50 * BlockSize)})))
		}
		p, _ := proven(t, x.State, fmt.Sprintf("dir/sub/%d", i))
		n := x.named(ino)
		data := make([]byte, n.size)
		n.load(0, data)
		holes := holesOf(x, ino)
		if err := p.Check(bytes.NewReader(data), holes); err != nil {
			t.Fatalf("file %d of %d bytes with holes %v: %v", i, n.size, holes, err)
		}
		if inline, ok := p.Inline(); ok != (n.size <= BlockSize) || ok && !bytes.Equal(inline, data) {
			t.Errorf("file %d of %d bytes: inline %v", i, n.size, ok)
		}
		for _, lie := range otherFiles(rng, data) {
			if err := p.Check(bytes.NewReader(lie), holes); !errors.Is(err, ErrContents) {
				t.Fatalf("file %d: another one is taken: %v", i, err)
			}
		}
		for j := range holes {
			fewer := append(append([]Hole{}, holes[:j]...), holes[j+1:]...)
			if err := p.Check(bytes.NewReader(data), fewer); !errors.Is(err, ErrContents) {
				t.Errorf("file %d without hole %d: %v", i, j, err)
			}
		}
	}
}

// otherFiles are some that differ a little.
func otherFiles(rng *rand.Rand, data []byte) [][]byte {
	longer := append(bytes.Clone(data), 0)
	if len(data) == 0 {
		return [][]byte{longer}
	}
	flipped := bytes.Clone(data)
	flipped[rng.IntN(len(data))] ^= 4
	return [][]byte{longer, flipped, data[:len(data)-1], data[:len(data)/2]}
}

package proof

import (
	"bytes"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bfs/fsstate"
	"bfs/pbft/message"
)

func (c *testCluster) prove(t *testing.T, path string) (*Proof, *Statement) {
	t.Helper()
	p, s, err := Make(t.Context(), c, c.Keys, path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return p, s
}

func TestProofOfAFile(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	p, s := c.prove(t, "dir//note/")
	again, err := Decode(p.Encode())
	if err != nil || !reflect.DeepEqual(p, again) {
		t.Fatalf("decoded as %+v, %v", again, err)
	}
	got, err := again.Verify(c.Keys)
	if err != nil || !reflect.DeepEqual(got, s) {
		t.Fatalf("verified as %+v, %v", got, err)
	}
	if s.Path != "/dir/note" || s.Sequence != 128 || s.Time != 1000 || len(s.Signers) != 2 || s.Absent {
		t.Errorf("it states %+v", s)
	}
	text, ok := s.File.Inline()
	if a := s.File.Attr; string(text) != "a note" || !ok || a.Mode != 0o100644 || a.Size != 6 || a.Mtime != 1000 {
		t.Errorf("%q, %+v", text, a)
	}
	for name, want := range map[string]bool{"a note": true, "a note!": false, "": false, "a nose": false} {
		if err := s.CheckFile(strings.NewReader(name)); (err == nil) != want {
			t.Errorf("the file %q: %v", name, err)
		}
	}
}

// TestProofOfALargeFile carries none of its blocks.
func TestProofOfALargeFile(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	p, s := c.prove(t, "/dir/big")
	if _, ok := s.File.Inline(); ok || s.File.ContentsDigest() == [32]byte{} {
		t.Error("its contents are in the proof, or not covered")
	}
	text := make([]byte, 3*fsstate.BlockSize)
	text = append(text, "the end of a file with a hole"...)
	if err := s.CheckFile(bytes.NewReader(text)); !errors.Is(err, fsstate.ErrContents) {
		t.Errorf("without its hole: %v", err)
	}
	p.Holes = []fsstate.Hole{{Offset: 0, End: 3 * fsstate.BlockSize}}
	s, err := p.Verify(c.Keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckFile(bytes.NewReader(text)); err != nil {
		t.Errorf("with it: %v", err)
	}
	text[7000] = 1
	if err := s.CheckFile(bytes.NewReader(text)); !errors.Is(err, fsstate.ErrContents) {
		t.Errorf("with a byte in the hole: %v", err)
	}
}

func TestProofOfAbsence(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	for path, missing := range map[string]string{"/dir/none": "/dir/none", "/no/such/path": "/no", "/dir/x/y": "/dir/x"} {
		_, s := c.prove(t, path)
		if !s.Absent || s.Missing != missing {
			t.Errorf("%s: %+v", path, s)
		}
		if err := s.CheckFile(strings.NewReader("")); !errors.Is(err, fsstate.ErrContents) {
			t.Errorf("%s: an empty file is taken: %v", path, err)
		}
	}
}

// truth is what makes a statement the same as another: not who has signed.
func truth(s *Statement) []any {
	text, inline := s.File.Inline()
	return []any{s.Path, s.Sequence, s.Digest, s.Time, s.Absent, s.Missing, s.File.Attr, s.File.Clock, text, inline, s.File.ContentsDigest()}
}

// TestEveryByteCounts: with any byte of a proof changed, cut off or added it
// says the same or is refused.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	p, s := c.prove(t, "/dir/big")
	p.Holes = []fsstate.Hole{{Offset: 0, End: 3 * fsstate.BlockSize}}
	good, taken := p.Encode(), 0
	check := func(b []byte) {
		t.Helper()
		p, err := Decode(b)
		if err != nil {
			return
		}
		if got, err := p.Verify(c.Keys); err == nil {
			taken++
			if !reflect.DeepEqual(truth(got), truth(s)) {
				t.Fatalf("%x states something else: %+v", b, got)
			}
		}
	}
	for i := range good {
		for bit := range 8 {
			b := bytes.Clone(good)
			b[i] ^= 1 << bit
			check(b)
		}
		check(good[:i])
	}
	check(append(bytes.Clone(good), 0))
	if taken > 5*8 { // the numbers in the hole
		t.Errorf("%d changed proofs are taken", taken)
	}
}

func TestForgedProofs(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	stranger := newTestCluster(t)
	for name, forge := range map[string]func(p *Proof){
		"one signature":        func(p *Proof) { p.Signed = p.Signed[:1] },
		"one signature, twice": func(p *Proof) { p.Signed[1] = p.Signed[0] },
		"no order":             func(p *Proof) { slices.Reverse(p.Signed) },
		"another's name": func(p *Proof) {
			if p.Signed[1].Replica++; p.Signed[1].Replica == 4 {
				p.Signed[1].Replica = 2
			}
		},
		"no such replica":  func(p *Proof) { p.Signed[1].Replica = 4 },
		"other keys":       func(p *Proof) { p.Signed = stranger.sign(p, 0, 1) },
		"another cluster":  func(p *Proof) { p.Cluster = "other" },
		"another sequence": func(p *Proof) { p.Sequence++ },
		"signed by f with another sequence": func(p *Proof) {
			p.Sequence++
			p.Signed = append(c.sign(p, 0), p.Signed[1])
		},
		"another path":      func(p *Proof) { p.Path = "/dir/big" },
		"a path in a dress": func(p *Proof) { p.Path = "/dir//note" },
		"a relative path":   func(p *Proof) { p.Path = "dir/note" },
		"a path upwards":    func(p *Proof) { p.Path = "/dir/../dir/note" },
		"a page more":       func(p *Proof) { p.Pages = append(p.Pages, p.Pages[0]) },
		"a page less":       func(p *Proof) { p.Pages = p.Pages[:len(p.Pages)-1] },
		"pages in another order": func(p *Proof) {
			p.Pages[1], p.Pages[2] = p.Pages[2], p.Pages[1]
		},
		"another root":   func(p *Proof) { p.Root = bytes.Replace(p.Root, []byte("bfs"), []byte("bfz"), 1) },
		"no root":        func(p *Proof) { p.Root = nil },
		"holes reversed": func(p *Proof) { p.Holes = []fsstate.Hole{{Offset: 8192, End: 9000}, {Offset: 0, End: 4096}} },
		"an empty hole":  func(p *Proof) { p.Holes = []fsstate.Hole{{}} },
	} {
		p, _ := c.prove(t, "/dir/note")
		forge(p)
		if s, err := p.Verify(c.Keys); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
}

// sign has replicas of c sign what the proof says.
func (c *testCluster) sign(p *Proof, replicas ...message.ReplicaID) (signed []Signed) {
	for _, r := range replicas {
		signed = append(signed, Signed{r, c.identities[r].Sign(c.Cluster, message.CheckpointStatement(p.Sequence, p.Digest))})
	}
	return signed
}

// TestMakeDespiteLiars: f of the replicas may say what they like.
func TestMakeDespiteLiars(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(c *testCluster, liar message.ReplicaID){
		"silent": func(c *testCluster, liar message.ReplicaID) {
			c.attest = func(r message.ReplicaID, _ *message.Attestation) error { return errIf(r == liar) }
		},
		"another digest": func(c *testCluster, liar message.ReplicaID) {
			c.attest = func(r message.ReplicaID, a *message.Attestation) error {
				if r == liar {
					a.Digest[0]++
					a.Signature = c.identities[r].Sign(c.Cluster, message.CheckpointStatement(a.Sequence, a.Digest))
				}
				return nil
			}
		},
		"a wrong signature": func(c *testCluster, liar message.ReplicaID) {
			c.attest = func(r message.ReplicaID, a *message.Attestation) error {
				if r == liar {
					a.Signature[3]++
				}
				return nil
			}
		},
		"no pages": func(c *testCluster, liar message.ReplicaID) {
			c.inspect = func(r message.ReplicaID, page []byte) ([]byte, error) { return page, errIf(r == liar) }
		},
		"wrong pages": func(c *testCluster, liar message.ReplicaID) {
			c.inspect = func(r message.ReplicaID, page []byte) ([]byte, error) {
				if r == liar && !bytes.HasPrefix(page, []byte("bfs/state")) {
					return append(bytes.Clone(page), 0), nil
				}
				return page, nil
			}
		},
	} {
		for liar := range message.ReplicaID(4) {
			c := newTestCluster(t)
			lie(c, liar)
			if _, s, err := Make(t.Context(), c, c.Keys, "/dir/note"); err != nil || s.Sequence != 128 || s.Absent {
				t.Errorf("%s, replica %d: %+v, %v", name, liar, s, err)
			}
		}
	}
}

func errIf(fails bool) error {
	if fails {
		return errSilent
	}
	return nil
}

func TestMakeWithoutAgreement(t *testing.T) {
	t.Parallel()
	c := newTestCluster(t)
	c.attest = func(r message.ReplicaID, a *message.Attestation) error {
		a.Sequence += message.Sequence(r)
		a.Signature = c.identities[r].Sign(c.Cluster, message.CheckpointStatement(a.Sequence, a.Digest))
		return nil
	}
	if _, _, err := Make(t.Context(), c, c.Keys, "/dir"); !errors.Is(err, ErrNoCheckpoint) {
		t.Errorf("four sequence numbers: %v", err)
	}
	c = newTestCluster(t)
	c.checkpoint(0)
	if _, _, err := Make(t.Context(), c, c.Keys, "/dir"); !errors.Is(err, ErrNoCheckpoint) {
		t.Errorf("before the first checkpoint: %v", err)
	}
	if _, _, err := Make(t.Context(), c, c.Keys, "/dir/../x"); err == nil {
		t.Error("a path upwards")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{})
	p := &Proof{Cluster: "c", Path: "/", Sequence: 1, Signed: []Signed{{}}, Root: []byte("r"), Pages: [][]byte{{1}}, Holes: []fsstate.Hole{{Offset: 1, End: 2}}}
	f.Add(p.Encode())
	f.Add(binary.BigEndian.AppendUint32([]byte{0xdd}, 1<<31))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			return
		}
		if again := p.Encode(); !bytes.Equal(again, b) {
			t.Errorf("%x is written as %x", b, again)
		}
		if _, err := p.Verify(Keys{Cluster: p.Cluster, Faults: 1}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%x is valid without keys: %v", b, err)
		}
	})
}

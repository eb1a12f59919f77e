package fsstate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
)

// TestViewsAreReadBesideTheState: goroutines read versions, some of them
// hashed, while the state goes on, and find the same at any time.
func TestViewsAreReadBesideTheState(t *testing.T) {
	t.Parallel()
	s, m := New(smallConfig), newModel(smallConfig)
	type handed struct {
		version *Snapshot
		digest  [32]byte
		hashed  bool
	}
	versions := make(chan handed, 8)
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for h := range versions {
				first, second := survey(h.version.View()), survey(h.version.View())
				if first != second {
					t.Error("a version was read in two ways")
				}
				if !h.hashed {
					continue
				}
				page := h.version.Page(PageID{Digest: h.digest})
				if err := h.version.View().CheckInvariants(); err != nil || h.version.Digest() != h.digest || page == nil {
					t.Errorf("a hashed version is broken: %v", err)
				}
			}
		})
	}
	for i, b := range randomOps(500, 3000) {
		o := decodeOp(b, m)
		o.run(s)
		o.run(m)
		if i%20 == 0 {
			h := handed{hashed: i%40 == 0}
			if h.version = s.Snapshot(); h.hashed {
				h.digest = s.Digest()
			}
			versions <- h
		}
		if i%7 == 0 {
			s.Digest()
		}
	}
	close(versions)
	readers.Wait()
}

// survey reads all that there is to read, and returns a hash of it.
func survey(s *State) [32]byte {
	hash := sha256.New()
	c := &Context{ReadOnly: true}
	for ino := Ino(1); ino < s.nextIno; ino++ {
		a, status := s.Getattr(c, ino)
		fmt.Fprintln(hash, a, status)
		for off := range uint64(3) {
			data, status := s.Read(c, ino, off*5000, 5000)
			fmt.Fprintf(hash, "%x %v\n", data, status)
		}
		at, status := s.Seek(c, ino, 0, SeekHole)
		fmt.Fprintln(hash, at, status)
		entries, eof, status := s.Readdir(c, ino, 0, MaxPage, true)
		fmt.Fprintln(hash, entries, eof, status)
		for _, name := range []string{"a", "b", ".."} {
			a, status := s.Lookup(c, ino, name)
			fmt.Fprintln(hash, a, status)
		}
	}
	return [32]byte(hash.Sum(nil))
}

// TestViewsDoNotChange whatever is asked of them.
func TestViewsDoNotChange(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	version := x.Snapshot()
	want, view := version.Digest(), version.View()
	m := newModel(smallConfig)
	for _, b := range randomOps(501, 500) {
		o := decodeOp(b, m)
		o.run(view)
	}
	if _, status := view.Mkdir(x.as(alice), RootIno, "new", 0o755); status != MustOrder {
		t.Errorf("a change is %v", status)
	}
	if _, status := view.Getattr(x.as(alice), RootIno); status != MustOrder {
		t.Errorf("a read that would move the clock is %v", status)
	}
	if err := view.CheckInvariants(); err != nil || view.Digest() != want || view.clock != x.clock {
		t.Errorf("the view has changed: %v", errors.Join(err))
	}
}

// TestVersionsAreFreed with the last who has them: memory goes down to what
// the present version takes, and what versions shared stays as long as one of
// them does.
func TestVersionsAreFreed(t *testing.T) {
	const blocks, rounds = 2000, 6
	s, inos := benchState(t, 1)
	rng := rand.New(rand.NewPCG(8, 8))
	fill(t, s, inos[0], 0, blocks, rng)
	one := heap()
	versions := make([]*Snapshot, rounds)
	for i := range versions {
		versions[i] = s.Snapshot()
		fill(t, s, inos[0], 0, blocks, rng)
		s.Digest()
	}
	all, size := heap(), uint64(blocks*BlockSize)
	if all-one < rounds*size {
		t.Fatalf("%d versions take %d bytes", rounds, all-one)
	}
	for i := range versions {
		versions[i] = nil
		if left, want := int64(heap()-one), int64(rounds-1-i)*int64(size); left > want+int64(size)/4 || left < want-int64(size)/4 {
			t.Fatalf("%d bytes are left with %d versions, want about %d", left, rounds-1-i, want)
		}
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(versions)
}

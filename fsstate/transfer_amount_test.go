package fsstate

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// fill writes that many blocks of noise to a file, from an index on.
func fill(t testing.TB, s *State, ino Ino, index, blocks uint64, rng *rand.Rand) {
	t.Helper()
	var data [BlockSize]byte
	for i := range data {
		data[i] = byte(rng.Uint32()) | 1
	}
	for ; blocks > 0; blocks-- {
		data[blocks%BlockSize]++
		if _, status := s.Write(&Context{Now: 1e18}, ino, index*BlockSize, data[:], false); status != OK {
			t.Fatal(status)
		}
		index++
	}
}

// bigState has a file of that many blocks, and as many small files.
func bigState(t testing.TB, blocks int) (*State, Ino) {
	t.Helper()
	s, inos := benchState(t, blocks)
	rng := rand.New(rand.NewPCG(5, 5))
	fill(t, s, inos[0], 0, uint64(blocks), rng)
	for i, ino := range inos[1:] {
		if _, status := s.Write(&Context{Now: 1e18}, ino, 0, fmt.Append(nil, "file ", i), false); status != OK {
			t.Fatal(status)
		}
	}
	return s, inos[0]
}

func clone(s *State) *State {
	c := new(State)
	c.Restore(s.Snapshot())
	return c
}

// TestTransferMovesWhatDiffers gives the bounds of what moves for changes to a
// state with a file of 5,000 blocks and 5,000 small files.
func TestTransferMovesWhatDiffers(t *testing.T) {
	t.Parallel()
	const blocks, size = 5000, 5000 * BlockSize
	old, file := bigState(t, blocks)
	old.Digest()
	c := &Context{Now: 2e18}
	for name, test := range map[string]struct {
		change func(s *State) Status
		bytes  uint64 // at most
	}{
		"nothing":   {func(*State) Status { return OK }, 0},
		"the clock": {func(s *State) Status { return s.Renew(c) }, uint64(rootPageBytes)},
		"a block": {func(s *State) Status {
			fill(t, s, file, 4000, 1, rand.New(rand.NewPCG(6, 6)))
			return OK
		}, 16 << 10},
		"1% of the blocks": {func(s *State) Status {
			rng := rand.New(rand.NewPCG(7, 7))
			for range blocks / 100 {
				fill(t, s, file, rng.Uint64N(blocks), 1, rng)
			}
			return OK
		}, size * 13 / 1000},
		"the file cut short": {func(s *State) Status {
			_, status := s.Setattr(c, file, SetAttr{Mask: SetSize, Size: BlockSize*3000 + 1})
			return status
		}, 20 << 10},
		"the file removed": {func(s *State) Status { return s.Unlink(c, RootIno+1, "file0") }, 20 << 10},
		"a name":           {func(s *State) Status { return s.Rename(c, RootIno+1, "file1", RootIno+1, "file", 0) }, 24 << 10},
		"a file more":      {func(s *State) Status { _, status := s.Mkdir(c, RootIno, "new", 0o755); return status }, 16 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			s := clone(old)
			if status := test.change(s); status != OK {
				t.Fatal(status)
			}
			_, pages, bytes := transfer(t, old, s.Snapshot())
			t.Logf("%d pages, %d bytes, %.2f%% of the file's", pages, bytes, float64(bytes)/size*100)
			if bytes > test.bytes {
				t.Errorf("moved %d bytes, want at most %d", bytes, test.bytes)
			}
			if _, back, _ := transfer(t, s, old.Snapshot()); (back == 0) != (pages == 0) {
				t.Errorf("%d pages there, %d back", pages, back)
			}
		})
	}
}

// TestTransferFromNothing moves little more than what there is, and never has
// much on its list.
func TestTransferFromNothing(t *testing.T) {
	t.Parallel()
	const blocks, limit = 5000, 64
	s, _ := bigState(t, blocks)
	to := s.Snapshot()
	a := New(Config{}).Assemble(to.Digest())
	rng, longest := rand.New(rand.NewPCG(1, 1)), 0
	for ids := a.Missing(nil, limit); len(ids) > 0; ids = a.Missing(ids[:0], limit) {
		longest = max(longest, len(a.stack))
		id := ids[rng.IntN(len(ids))]
		if !a.Supply(id, to.Page(id)) {
			t.Fatalf("page %x is refused", id.Path)
		}
	}
	if a.Version().Digest() != to.Digest() {
		t.Error("another state")
	}
	pages, bytes := a.Progress()
	t.Logf("%d pages, %d bytes, at most %d wait", pages, bytes, longest)
	if bytes > blocks*(BlockSize*102/100+300) || longest > 20*limit {
		t.Error("too much")
	}
}

// TestRetargetKeepsWhatWasMoved changes the goal midway, to a state that
// differs a little: what was moved is not moved again.
func TestRetargetKeepsWhatWasMoved(t *testing.T) {
	t.Parallel()
	s, file := bigState(t, 2000)
	first := s.Snapshot()
	_, all, _ := transfer(t, New(Config{}), first)
	rng := rand.New(rand.NewPCG(2, 3))
	a := New(Config{}).Assemble(first.Digest())
	for range 5 {
		supply(t, a, s.Snapshot(), int(all/6), rng)
		fill(t, s, file, rng.Uint64N(2000), 1, rng)
		a.Retarget(s.Digest())
	}
	supply(t, a, s.Snapshot(), 1<<30, rng)
	if a.Version().Digest() != s.Digest() {
		t.Error("another state")
	}
	if pages, _ := a.Progress(); pages > all*3/2 {
		t.Errorf("%d pages moved, %d without a change of goal", pages, all)
	}
}

// TestMissingStaysTheSame until it is supplied, whatever the limit.
func TestMissingStaysTheSame(t *testing.T) {
	t.Parallel()
	s, _ := bigState(t, 200)
	to := s.Snapshot()
	a := New(Config{}).Assemble(to.Digest())
	supply(t, a, to, 20, rand.New(rand.NewPCG(4, 4)))
	many := a.Missing(nil, 30)
	if few := a.Missing(nil, 3); len(many) < 10 || len(few) != 3 || few[0] != many[0] || few[2] != many[2] {
		t.Errorf("%x are missing, then %x", many, few)
	}
	if !a.Supply(many[1], to.Page(many[1])) || a.Supply(many[1], to.Page(many[1])) {
		t.Error("a page is taken once")
	}
	if again := a.Missing(nil, 30); again[0] != many[0] || again[1] != many[2] || again[8] != many[9] {
		t.Error("others are missing after a page was supplied")
	}
	if len(a.Missing(nil, -1)) > 0 {
		t.Error("more are missing than asked for")
	}
}

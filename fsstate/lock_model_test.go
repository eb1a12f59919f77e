package fsstate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// lockOps is a sequence of operations of four sessions that open a few files
// as root, lock them and go away now and then.
func lockOps(seed uint64, n int) [][]byte {
	rng := rand.New(rand.NewPCG(seed, 2))
	kinds := []string{
		"create", "open", "open", "release", "waits", "cancel", "getlock", "unlink",
		"setlock", "setlock", "setlock", "setlock", "setlock", "setlock", "setlock", "setlock",
	}
	ops := randomOps(seed, n)
	for i, b := range ops {
		kind := kinds[rng.IntN(len(kinds))]
		b[0] = byte(slices.Index(opKinds, kind))
		b[1], b[3] = byte(rng.IntN(3)), byte(rng.IntN(8))
		b[10] = 129
		if b[11] &= 3; i%5 == 0 {
			b[11] |= 4
		}
		switch {
		case kind == "open" || kind == "create":
			b[1], b[6] = byte(1+rng.IntN(3)), 4 // to read and write
		case kind == "setlock" && b[9]%16 < 2:
			b[9] += 2
		}
		if rng.IntN(100) == 0 {
			b[6], b[11] = 31, b[11]&3|5<<5 // and two leases go by
		}
	}
	return ops
}

// TestLocksAgreeWithModel is TestDifferential for sequences in which
// most operations are about locks.
func TestLocksAgreeWithModel(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			ops := lockOps(seed, 1500)
			if err := fails(smallConfig, ops); err != nil {
				report(t, 0, ops, err)
			}
		})
	}
}

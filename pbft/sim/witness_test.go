package sim

import (
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestWitness: what the order of carrying out explains is linearizable, also by
// the search; and it explains the histories of a register that works.
func TestWitness(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	m := Registers().Model()
	yes, no := 0, 0
	for range 3000 {
		right := rng.IntN(2) == 0
		calls := drawHistory(rng, right)
		fixed := func(c porcupine.Operation) (int, bool) {
			return c.ClientId, c.Input.(registerInput).action != actionRead
		}
		explained := witnessed(m, calls, fixed)
		if right && !explained {
			t.Fatalf("a right history is not explained: %v", calls)
		}
		if !explained {
			no++
			continue
		}
		yes++
		if !porcupine.CheckOperations(m, calls) {
			t.Fatalf("explained, and not linearizable: %v", calls)
		}
	}
	if yes < 100 || no < 100 {
		t.Errorf("%d histories were explained and %d not: that shows little", yes, no)
	}
}

// drawHistory is one of a register that carries out each call at a moment
// between its begin and its end, or of one that answers some reads at random.
func drawHistory(rng *rand.Rand, right bool) []porcupine.Operation {
	var calls []porcupine.Operation
	value := uint64(0)
	for i := range 3 + rng.IntN(8) {
		in := registerInput{action: pick(rng, actionRead, actionRead, actionWrite, actionAdd), value: byte(rng.IntN(values))}
		result, next := in.apply(value)
		value = next
		if !right && in.action == actionRead {
			result = rng.Uint64N(3)
		}
		moment := int64(10 * i)
		calls = append(calls, porcupine.Operation{ClientId: i, Input: in, Output: result,
			Call: moment - rng.Int64N(30), Return: moment + 1 + rng.Int64N(30)})
	}
	return calls
}

// TestWitnessKeepsTime: an order in which a call comes before one that had ended
// when it began explains nothing.
func TestWitnessKeepsTime(t *testing.T) {
	t.Parallel()
	write := func(at int, from, to int64, value byte, result uint64) porcupine.Operation {
		return porcupine.Operation{ClientId: at, Input: registerInput{action: actionWrite, value: value}, Output: result, Call: from, Return: to}
	}
	fixed := func(c porcupine.Operation) (int, bool) { return c.ClientId, true }
	overlapping := []porcupine.Operation{write(1, 0, 10, 1, 2), write(0, 5, 15, 2, 0)}
	apart := []porcupine.Operation{write(1, 0, 10, 1, 2), write(0, 11, 15, 2, 0)}
	m := Registers().Model()
	if !witnessed(m, overlapping, fixed) || witnessed(m, apart, fixed) {
		t.Error("the times of calls are not looked at")
	}
}

package sim

import (
	"strings"
	"testing"

	"bfs/pbft/message"
)

// registerHistory is a history of Registers; times are in microseconds.
func registerHistory(calls ...*registerCall) *history {
	h := &history{at: make(map[requestKey]int)}
	for i, c := range calls {
		from := epochStart + message.Time(10*i)*1000
		h.ended(i, c, from, from+5000)
	}
	return h
}

func did(a action, value byte, result uint64) *registerCall {
	return &registerCall{input: registerInput{action: a, value: value}, output: result}
}

func TestHistories(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		calls []*registerCall
		ok    bool
	}{
		{"nothing", nil, true},
		{"in order", []*registerCall{did(actionWrite, 2, 0), did(actionAdd, 1, 3), did(actionRead, 0, 3)}, true},
		{"a write is lost", []*registerCall{did(actionWrite, 2, 0), did(actionRead, 0, 0)}, false},
		{"an addition counts twice", []*registerCall{did(actionAdd, 1, 1), did(actionRead, 0, 2)}, false},
		{"a read goes back", []*registerCall{did(actionWrite, 1, 0), did(actionRead, 0, 1), did(actionRead, 0, 0)}, false},
	}
	for _, test := range tests {
		v, err := registerHistory(test.calls...).check(Registers().Model(), nil)
		if err == nil != test.ok || v.Unknown || v.Calls != len(test.calls) {
			t.Errorf("%s: %+v, error %v", test.name, v, err)
		}
	}
}

// TestOpenCalls: an operation of which nobody has seen the end may show late,
// but not before it was proposed.
func TestOpenCalls(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{true, false} {
		h := registerHistory(did(actionRead, 0, 0), did(actionRead, 0, 0), did(actionRead, 0, 2))
		o := carried{input: registerInput{action: actionWrite, value: 2}, output: uint64(0), first: epochStart}
		if !late {
			o.first += 1_000_000
		}
		h.neverEnded(&o)
		v, err := h.check(Registers().Model(), nil)
		if err == nil != late || v.Open != 1 {
			t.Errorf("proposed in time %t: %+v, error %v", late, v, err)
		}
		if !late && !strings.Contains(err.Error(), "write 2 to r0 -> 0") {
			t.Errorf("the error does not tell the history: %v", err)
		}
	}
}

// TestNarrow: the order in which operations were carried out must be one in
// which they can have happened.
func TestNarrow(t *testing.T) {
	t.Parallel()
	key := func(i int) requestKey { return requestKey{timestamp: message.Timestamp(i + 1)} }
	for _, swapped := range []bool{false, true} {
		h := registerHistory()
		order := []carried{{key: key(0)}, {key: key(1)}}
		for i := range order {
			from := epochStart + message.Time(10*i)*1000
			h.ended(i, did(actionWrite, 1, 0), from, from+5000)
			h.wasOrdered(key(i))
		}
		if swapped {
			order[0], order[1] = order[1], order[0]
		}
		if err := h.narrow(order); err == nil == swapped {
			t.Errorf("one after the other, swapped %t: error %v", swapped, err)
		}
	}
}

package sim

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/anishathalye/porcupine"

	"bfs/pbft/message"
)

// checkTime bounds the search for an order that explains a history, in true
// time. A history for which it does not suffice counts as unknown.
const checkTime = 5 * time.Second

// Verdict is what the check of a run's history has come to.
type Verdict struct {
	// Calls are those in the history, Open those among them of which nobody
	// has seen the end: their clients are faulty, or have given up a session.
	Calls, Open int
	// Unknown: the history was too hard to check.
	Unknown bool
}

// history is what the clients of a run saw, in virtual time.
type history struct {
	calls []porcupine.Operation
	open  int
	// at is where the calls are that were ordered, by their request.
	at map[requestKey]int
}

// ended notes a call that has its result.
func (h *history) ended(client int, c Call, from, to message.Time) {
	h.calls = append(h.calls, porcupine.Operation{
		ClientId: client, Input: c.Input(), Output: c.Output(), Call: int64(from), Return: int64(to),
	})
}

// wasOrdered says that the call noted last was ordered, as a request.
func (h *history) wasOrdered(k requestKey) { h.at[k] = len(h.calls) - 1 }

// neverEnded notes an operation that was carried out, and whose result no
// client has said to have: it may show its effect at any time from when it was
// first proposed.
func (h *history) neverEnded(o *carried) {
	h.open++
	h.calls = append(h.calls, porcupine.Operation{
		ClientId: int(o.key.client.Principal), Input: o.input, Output: o.output,
		Call: int64(o.first), Return: math.MaxInt64,
	})
	h.wasOrdered(o.key)
}

// narrow uses what is known of the order: each of the operations in the order
// in which they were carried out happened after the begin of those before it,
// and before the end of those after it. That forbids no order that agrees with
// it, and saves a search among all others.
func (h *history) narrow(order []carried) error {
	from, to := int64(0), int64(math.MaxInt64)
	for i := range order {
		if at, ok := h.at[order[i].key]; ok {
			from = max(from, h.calls[at].Call)
			h.calls[at].Call = from
		}
	}
	for i := len(order) - 1; i >= 0; i-- {
		at, ok := h.at[order[i].key]
		if !ok {
			continue
		}
		c := &h.calls[at]
		to = min(to, c.Return)
		c.Return = to
		if c.Call > c.Return {
			return fmt.Errorf("client %d: %v was ordered after a call that began only when it had ended", c.ClientId, c.Input)
		}
	}
	return nil
}

// explained says whether the order in which calls were carried out explains all
// results.
func (h *history) explained(m porcupine.Model, order []carried) bool {
	rank := make(map[int]int) // by index in calls
	for i := range order {
		if at, ok := h.at[order[i].key]; ok {
			rank[at] = i
		}
	}
	calls := slices.Clone(h.calls)
	for i := range calls {
		calls[i].ClientId = i // what tells them apart
	}
	fixed := func(c porcupine.Operation) (int, bool) {
		at, ok := rank[c.ClientId]
		return at, ok
	}
	for _, part := range partition(m, calls) {
		if !witnessed(m, part, fixed) {
			return false
		}
	}
	return true
}

// check looks for an order of the calls that explains all results, first at the
// one in which they were carried out.
func (h *history) check(m porcupine.Model, order []carried) (Verdict, error) {
	v := Verdict{Calls: len(h.calls), Open: h.open}
	if h.explained(m, order) {
		return v, nil
	}
	switch porcupine.CheckOperationsTimeout(m, h.calls, checkTime) {
	case porcupine.Illegal:
		return v, fmt.Errorf("the history of %d calls (%d without end) is not linearizable:%s", v.Calls, v.Open, h.tell(m))
	case porcupine.Unknown:
		v.Unknown = true
	}
	return v, nil
}

// tell lists the history, the calls of the partition that has no order if the
// model has partitions.
func (h *history) tell(m porcupine.Model) string {
	text := ""
	for _, part := range partition(m, h.calls) {
		if porcupine.CheckOperationsTimeout(m, part, checkTime) != porcupine.Illegal {
			continue
		}
		for _, c := range part {
			end := "        -"
			if c.Return != math.MaxInt64 {
				end = fmt.Sprintf("%7dus", (message.Time(c.Return)-epochStart)/1000)
			}
			text += fmt.Sprintf("\n    %7dus..%s client %d: %s", (message.Time(c.Call)-epochStart)/1000, end, c.ClientId, describe(m, c))
		}
	}
	return text
}

func partition(m porcupine.Model, calls []porcupine.Operation) [][]porcupine.Operation {
	if m.Partition == nil {
		return [][]porcupine.Operation{calls}
	}
	return m.Partition(calls)
}

func describe(m porcupine.Model, c porcupine.Operation) string {
	if m.DescribeOperation == nil {
		return fmt.Sprintf("%+v -> %+v", c.Input, c.Output)
	}
	return m.DescribeOperation(c.Input, c.Output)
}

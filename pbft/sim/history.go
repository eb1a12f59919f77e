package sim

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"

	"bfs/pbft/message"
)

// checkTime bounds the search for an order that explains a history, in true
// time. A history for which it does not suffice counts as unknown.
const checkTime = 5 * time.Second

// Verdict is what the check of a run's history has come to.
type Verdict struct {
	// Calls are those in the history, Open those among them that have no
	// end: their clients are faulty, or have given up their sessions.
	Calls, Open int
	// Unknown: the history was too hard to check.
	Unknown bool
}

// history is what the clients of a run saw, in virtual time.
type history struct {
	calls []porcupine.Operation
	open  int
}

// ended notes a call that has its result.
func (h *history) ended(client int, c Call, from, to message.Time) {
	h.calls = append(h.calls, porcupine.Operation{
		ClientId: client, Input: c.Input(), Output: c.Output(), Call: int64(from), Return: int64(to),
	})
}

// neverEnded notes an operation that was carried out, and whose result no
// client has said to have: it may show its effect at any time from when it was
// first proposed.
func (h *history) neverEnded(client int, input, output any, from message.Time) {
	h.open++
	h.calls = append(h.calls, porcupine.Operation{
		ClientId: client, Input: input, Output: output, Call: int64(from), Return: math.MaxInt64,
	})
}

// check looks for an order of the calls that explains all results.
func (h *history) check(m porcupine.Model) (Verdict, error) {
	v := Verdict{Calls: len(h.calls), Open: h.open}
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

package sim

import (
	"cmp"
	"slices"

	"github.com/anishathalye/porcupine"
)

// A search among all orders of a history takes exponential time where many reads
// overlap. But the replicas have agreed on an order of nearly everything, so
// mostly one that explains the history is at hand: the calls that were ordered
// as they were carried out, and each of the others as soon as it is right. If
// that order does explain the history, no search is needed; if not, nothing is
// known, and the search decides.

// witnessed says whether such an order explains a part of a history. fixed says
// of a call where it was carried out among the others, if it was.
func witnessed(m porcupine.Model, calls []porcupine.Operation, fixed func(porcupine.Operation) (int, bool)) bool {
	type placed struct {
		porcupine.Operation
		at int
	}
	var ordered []placed
	var free []porcupine.Operation
	for _, c := range calls {
		if at, ok := fixed(c); ok {
			ordered = append(ordered, placed{c, at})
		} else {
			free = append(free, c)
		}
	}
	slices.SortFunc(ordered, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	w := witness{model: m, states: []any{m.Init()}}
	for _, o := range ordered {
		if !w.append(o.Operation) {
			return false
		}
	}
	slices.SortStableFunc(free, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	for _, c := range free {
		if !w.insert(c) {
			return false
		}
	}
	return true
}

// witness is an order of calls, with the states between those that change
// something.
type witness struct {
	model   porcupine.Model
	ordered []porcupine.Operation
	states  []any // before the first, and after each
	// reads are the others, and behind how many of the ordered each is.
	reads []porcupine.Operation
	place []int
}

// append puts a call at the end; it is false if it is not right there.
func (w *witness) append(c porcupine.Operation) bool {
	for _, before := range w.ordered {
		if c.Return < before.Call {
			return false
		}
	}
	ok, next := w.model.Step(w.states[len(w.states)-1], c.Input, c.Output)
	w.ordered, w.states = append(w.ordered, c), append(w.states, next)
	return ok
}

// insert puts a call that changes nothing as far to the front as it is right;
// calls come in the order of their begins.
func (w *witness) insert(c porcupine.Operation) bool {
	first := 0
	for i, o := range w.ordered {
		if o.Return < c.Call {
			first = i + 1
		}
	}
	for i, o := range w.reads {
		if o.Return < c.Call {
			first = max(first, w.place[i])
		}
	}
	for at := first; at < len(w.states); at++ {
		if at > 0 && w.ordered[at-1].Call > c.Return {
			return false
		}
		ok, next := w.model.Step(w.states[at], c.Input, c.Output)
		if ok && w.same(next, w.states[at]) {
			w.reads, w.place = append(w.reads, c), append(w.place, at)
			return true
		}
	}
	return false
}

func (w *witness) same(a, b any) bool {
	if w.model.Equal != nil {
		return w.model.Equal(a, b)
	}
	return a == b
}

package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"github.com/anishathalye/porcupine"

	"bfs/pbft/message"
)

// Registers is the simulator's own workload: a few numbers that clients read,
// replace, and add to. Few different values are written, so that an answer from
// the past often looks like one of the present.
func Registers() Workload { return &registers{mix: evenMix} }

const (
	cells     = 3 // registers there are
	values    = 3 // that are written: 0, 1, 2
	maxAdded  = 2
	longBy    = 400 // bytes that a long result is longer by: sent by one replica only
	idBytes   = 8
	bodyBytes = 4 + idBytes
)

// action is what an operation does to its register.
type action byte

const (
	actionRead  action = iota // the result is the value
	actionWrite               // the result is the value before
	actionAdd                 // the result is the sum
)

// registers numbers the operations of a run, so that no two are alike.
type registers struct {
	mix    mix
	issued uint64
}

// mix says how often clients do what.
type mix struct {
	cells, values               int // that are used
	reads, writes, adds, longIn int // shares; one result in longIn is long
	ordered                     int // one read in so many is ordered at once
}

var evenMix = mix{cells: cells, values: values, reads: 3, writes: 2, adds: 1, longIn: 8, ordered: 4}

// drawMix draws from much contention on one register to mostly reads.
func drawMix(rng *rand.Rand) mix {
	return mix{
		cells: pick(rng, 1, 2, cells), values: pick(rng, 2, values),
		reads: pick(rng, 1, 3, 10), writes: pick(rng, 1, 2, 5), adds: pick(rng, 0, 1, 2),
		longIn: pick(rng, 2, 8, 100), ordered: pick(rng, 2, 4, 100),
	}
}

// Name is the workload's name.
func (g *registers) Name() string {
	m := g.mix
	return fmt.Sprintf("registers(%d,%d,r%d/w%d/a%d)", m.cells, m.values, m.reads, m.writes, m.adds)
}

// Service returns registers that are all 0.
func (*registers) Service() Service { return &cellService{} }

// Script returns a script that does anything at random.
func (g *registers) Script(message.ClientID) Script { return registerScript{g} }

// registerInput is an operation as the model sees it; the output is the value
// in the result, a uint64.
type registerInput struct {
	action action
	cell   byte
	value  byte
}

// registerCall is one operation: action, register, value, whether the result is
// long, and the number that makes it one of its kind.
type registerCall struct {
	input    registerInput
	body     []byte
	readOnly bool
	output   uint64
}

func (g *registers) call(in registerInput, readOnly, long bool) *registerCall {
	g.issued++
	body := []byte{byte(in.action), in.cell, in.value, 0}
	if long {
		body[3] = 1
	}
	return &registerCall{input: in, readOnly: readOnly, body: binary.BigEndian.AppendUint64(body, g.issued)}
}

func (c *registerCall) Operation() ([]byte, bool) { return c.body, c.readOnly }
func (c *registerCall) Input() any                { return c.input }
func (c *registerCall) Output() any               { return c.output }

func (c *registerCall) Answer(result []byte) (bool, error) {
	v, ok := registerOutput(c.body, result)
	if !ok {
		return true, fmt.Errorf("%q is no result of %v", result, c.input)
	}
	c.output = v
	return true, nil
}

func registerOutput(body, result []byte) (uint64, bool) {
	want := 8
	if body[3] == 1 {
		want += longBy
	}
	if len(result) != want || len(bytes.TrimRight(result[8:], "\x00")) > 0 {
		return 0, false
	}
	return binary.BigEndian.Uint64(result), true
}

type registerScript struct{ run *registers }

func (s registerScript) Next(rng *rand.Rand) Call {
	m := s.run.mix
	in := registerInput{cell: byte(rng.IntN(m.cells))}
	long := rng.IntN(m.longIn) == 0
	switch i := rng.IntN(m.reads + m.writes + m.adds); {
	case i < m.adds:
		in.action, in.value = actionAdd, byte(1+rng.IntN(maxAdded))
	case i < m.adds+m.writes:
		in.action, in.value = actionWrite, byte(rng.IntN(m.values))
	}
	return s.run.call(in, in.action == actionRead && rng.IntN(m.ordered) > 0, long)
}

func (s registerScript) Last(i int) Call {
	if i >= 2*cells {
		return nil
	}
	return s.run.call(registerInput{cell: byte(i / 2)}, i%2 == 0, false)
}

// Explain reads an operation of any client.
func (*registers) Explain(_ message.ClientID, body, result []byte) (input, output any, ok bool) {
	in, ok := parseRegister(body)
	if !ok {
		return nil, nil, false
	}
	if in.action == actionRead {
		return nil, nil, true
	}
	v, ok := registerOutput(body, result)
	return in, v, ok
}

func parseRegister(body []byte) (registerInput, bool) {
	if len(body) != bodyBytes || body[0] > byte(actionAdd) || body[1] >= cells || body[3] > 1 {
		return registerInput{}, false
	}
	return registerInput{action: action(body[0]), cell: body[1], value: body[2]}, true
}

// Model is one register; the history has as many parts as there are registers.
func (*registers) Model() porcupine.Model {
	return porcupine.Model{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			parts := make([][]porcupine.Operation, cells)
			for _, c := range all {
				i := c.Input.(registerInput).cell
				parts[i] = append(parts[i], c)
			}
			return parts
		},
		Init: func() any { return uint64(0) },
		Step: func(state, input, output any) (bool, any) {
			result, next := input.(registerInput).apply(state.(uint64))
			return result == output.(uint64), next
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v -> %d", input, output) },
	}
}

// apply is what an operation does to its register.
func (in registerInput) apply(old uint64) (result, value uint64) {
	switch in.action {
	case actionWrite:
		return old, uint64(in.value)
	case actionAdd:
		return old + uint64(in.value), old + uint64(in.value)
	}
	return old, old
}

// String is the operation in words.
func (in registerInput) String() string {
	switch in.action {
	case actionWrite:
		return fmt.Sprintf("write %d to r%d", in.value, in.cell)
	case actionAdd:
		return fmt.Sprintf("add %d to r%d", in.value, in.cell)
	}
	return fmt.Sprintf("read r%d", in.cell)
}

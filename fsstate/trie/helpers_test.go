package trie

import (
	"encoding/binary"
	"maps"
	"slices"
	"testing"
)

// num is the simplest value.
type num uint64

func (v num) AppendLeaf(dst []byte) []byte { return binary.BigEndian.AppendUint64(dst, uint64(v)) }

func check[V Value](t testing.TB, m *Map[V]) {
	t.Helper()
	if err := m.CheckInvariants(); err != nil {
		t.Fatal(err)
	}
}

// same holds a map against a model, key by key and in order.
func same(t testing.TB, m *Map[num], model map[uint64]num) {
	t.Helper()
	check(t, m)
	if m.Len() != len(model) {
		t.Fatalf("Len is %d, want %d", m.Len(), len(model))
	}
	keys := slices.Sorted(maps.Keys(model))
	i := 0
	for k, v := range m.Ascend(0) {
		if i == len(keys) || k != keys[i] || v != model[k] {
			t.Fatalf("Ascend yields %#x: %d in place %d of %#x", k, v, i, keys)
		}
		i++
	}
	for _, k := range keys {
		if v, ok := m.Get(k); !ok || v != model[k] {
			t.Fatalf("Get(%#x) = %d, %v, want %d", k, v, ok, model[k])
		}
	}
}

// build makes a map from nothing: what every other history is held against.
func build(model map[uint64]num) *Map[num] {
	m := new(Map[num])
	for _, k := range slices.Sorted(maps.Keys(model)) {
		m.Set(1, k, model[k])
	}
	return m
}

// awkwardKeys, in order, are at the ends, or part at the first digit, the
// last, or one between.
var awkwardKeys = []uint64{
	0, 1, 15, 16, 17, 255, 256, 1 << 32, 1<<32 + 1,
	0x0123456789abcde0, 0x0123456789abcde1, 0x0123456789abcdef, 0x0123456789abcdf0,
	1<<60 - 1, 1 << 60, 1<<60 + 1,
	1<<63 - 1, 1 << 63, maxKey - 16, maxKey - 15, maxKey - 1, maxKey,
}

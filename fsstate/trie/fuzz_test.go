package trie

import (
	"bytes"
	"maps"
	"testing"
)

// FuzzOperations reads operations of three bytes: what to do, and to which
// key, which is spread so that keys part at any digit.
func FuzzOperations(f *testing.F) {
	f.Add([]byte{0, 1, 2, 0, 1, 3, 5, 0, 0, 1, 1, 2})
	f.Add([]byte{0, 0, 0, 0, 255, 15, 3, 0, 0, 4, 255, 15, 2, 0, 0})
	f.Add([]byte{0, 1, 0, 0, 2, 0, 0, 3, 1, 6, 0, 0, 1, 2, 0, 2, 1, 0, 8, 0, 0, 8, 3, 1})
	f.Add([]byte{0, 16, 1, 0, 16, 2, 0, 17, 2, 6, 0, 0, 2, 16, 1, 7, 0, 0, 3, 17, 0})
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 600 {
			return
		}
		run := fuzzRun{now: version{model: map[uint64]num{}}, e: 1}
		for ; len(ops) >= 3; ops = ops[3:] {
			run.apply(t, ops[0]%9, uint64(ops[1]%32)<<(ops[2]%16*4)|uint64(ops[2]>>4))
			check(t, &run.now.m)
		}
		for _, v := range append(run.kept, run.now) {
			same(t, &v.m, v.model)
			if v.m.Digest() != build(v.model).Digest() {
				t.Fatal("the digest depends on the history")
			}
		}
	})
}

type fuzzRun struct {
	now  version
	kept []version
	e    Epoch
}

func (run *fuzzRun) apply(t *testing.T, op byte, key uint64) {
	m, model := &run.now.m, run.now.model
	removed := 0
	switch op {
	case 0, 1:
		m.Set(run.e, key, num(op))
		model[key] = num(op)
	case 2:
		if m.Delete(run.e, key) {
			removed = 1
		}
		run.forget(t, key, key, removed)
	case 3:
		run.forget(t, key, maxKey, m.DeleteFrom(run.e, key))
	case 4:
		run.forget(t, key, key|0xfff, m.DeleteRange(run.e, key, (key|0xfff)+1))
	case 5:
		m.Digest()
	case 6:
		run.kept = append(run.kept, version{*m, maps.Clone(model)})
		run.e++
	case 7:
		if p := m.Edit(run.e, key); p != nil {
			*p++
			model[key]++
		}
	case 8:
		run.copyBack(key, key|0xfff)
	}
}

// copyBack brings a range back to what it was in the oldest version.
func (run *fuzzRun) copyBack(lo, hi uint64) {
	if len(run.kept) == 0 {
		return
	}
	run.e++
	run.now.m.CopyRange(run.e, run.kept[0].m, lo, hi)
	maps.DeleteFunc(run.now.model, func(k uint64, _ num) bool { return lo <= k && k <= hi })
	for k, v := range run.kept[0].model {
		if lo <= k && k <= hi {
			run.now.model[k] = v
		}
	}
}

func (run *fuzzRun) forget(t *testing.T, lo, hi uint64, removed int) {
	was := len(run.now.model)
	if lo|0xfff == maxKey && hi == maxKey && removed == 0 {
		return // DeleteRange up to 0 is empty
	}
	maps.DeleteFunc(run.now.model, func(k uint64, _ num) bool { return lo <= k && k <= hi })
	if was-len(run.now.model) != removed {
		t.Fatalf("%d keys from %#x to %#x removed", removed, lo, hi)
	}
}

func FuzzDecodeNode(f *testing.F) {
	m := build(map[uint64]num{1: 1, 2: 2, 1 << 40: 3, maxKey: 4})
	root, _ := m.Node(0, 64)
	bottom, _ := m.Node(0, 4)
	f.Add(root.Append(nil))
	f.Add(bottom.Append(nil))
	f.Add([]byte{nodeTag, 60})
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := DecodeNode(b)
		if err == nil && !bytes.Equal(n.Append(nil), b) {
			t.Fatal("two encodings of one node")
		}
	})
}

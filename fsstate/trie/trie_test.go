package trie

import "testing"

type num uint64

func (v num) AppendLeaf(dst []byte) []byte { return append(dst, byte(v), byte(v>>8)) }

func TestSmoke(t *testing.T) {
	var m Map[num]
	for i := range uint64(1000) {
		m.Set(1, i*7919, num(i))
	}
	d := m.Digest()
	old := m
	for i := range uint64(1000) {
		if v, ok := m.Get(i * 7919); !ok || v != num(i) {
			t.Fatal(i, v, ok)
		}
		*m.Edit(2, i*7919)++
	}
	if m.Digest() == d || old.Digest() != d || m.Len() != 1000 {
		t.Fatal("digest")
	}
	if n := m.DeleteFrom(3, 500*7919); n != 500 || m.Len() != 500 {
		t.Fatal(n)
	}
	for i := range uint64(500) {
		if !m.Delete(3, i*7919) {
			t.Fatal(i)
		}
	}
	if m.Len() != 0 || m.Digest() != (Digest{}) {
		t.Fatal("not empty")
	}
}

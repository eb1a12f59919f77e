package trie

// Epoch numbers the spans of writing between snapshots. It only grows.
type Epoch uint64

// Value is what a map holds. AppendLeaf appends the value's canonical bytes,
// which go into the digest of its leaf, to dst: two values are the same to
// the outside exactly if these bytes are. It may ask nested maps for their
// digests; it may not write otherwise, nor keep dst.
type Value interface {
	AppendLeaf(dst []byte) []byte
}

// Map is a map from uint64 to V. The zero Map is empty. A copy of a Map is a
// snapshot of it, if all later writing, to either, uses a larger epoch than
// all writing before.
type Map[V Value] struct {
	root *node[V]
}

// Len returns the number of keys.
func (m *Map[V]) Len() int {
	if m.root == nil {
		return 0
	}
	return m.root.count
}

// Get returns the value of key and whether there is one.
func (m *Map[V]) Get(key uint64) (V, bool) {
	for n := m.root; n != nil; {
		d := n.digit(key)
		if n.leafSet.has(d) {
			l := &n.leaves[n.leafSet.rank(d)]
			if l.key == key {
				return l.value, true
			}
			break
		}
		if !n.kidSet.has(d) {
			break
		}
		n = n.kids[n.kidSet.rank(d)]
	}
	var none V
	return none, false
}

// Set makes v the value of key.
func (m *Map[V]) Set(e Epoch, key uint64, v V) { m.put(e, freshLeaf(key, v)) }

// SetHashed is Set for a caller who has the digest of the leaf, as LeafDigest
// gives it, so that Digest need not hash v again.
func (m *Map[V]) SetHashed(e Epoch, key uint64, v V, digest Digest) {
	m.put(e, looseLeaf[V]{leaf: leaf[V]{key, v}, digest: digest})
}

func (m *Map[V]) put(e Epoch, l looseLeaf[V]) {
	if m.root == nil {
		m.root = newSingle(e, l)
		return
	}
	m.root, _ = m.root.set(e, l)
}

// Edit returns a pointer to the value of key, for the caller to change, or nil
// if there is none. The value's hash is taken to be stale from now on.
//
// The pointer is good until the next snapshot, Digest, deletion, or Set of a
// new key; further Edits and Sets of present keys leave it good.
func (m *Map[V]) Edit(e Epoch, key uint64) *V {
	if m.root == nil {
		return nil
	}
	root, v := m.root.edit(e, key)
	m.root = root
	return v
}

// Delete removes key and returns whether it was there.
func (m *Map[V]) Delete(e Epoch, key uint64) bool {
	return m.cut(e, key, key) > 0
}

// DeleteFrom removes all keys >= from and returns how many there were. It
// drops subtrees whole: the cost goes with the depth, not with that number.
func (m *Map[V]) DeleteFrom(e Epoch, from uint64) int {
	return m.cut(e, from, maxKey)
}

// DeleteRange removes the keys k with from <= k < to and returns how many
// there were. Like DeleteFrom it drops subtrees whole.
func (m *Map[V]) DeleteRange(e Epoch, from, to uint64) int {
	if from >= to {
		return 0
	}
	return m.cut(e, from, to-1)
}

package trie

// Region is the keys from First to First + 1<<Bits - 1. Bits is a multiple of
// four up to 64, and First one of 1<<Bits; see Valid.
type Region struct {
	First uint64
	Bits  uint8
}

// All is the region of all keys.
var All = Region{Bits: 64}

// Valid tells whether there is such a region.
func (r Region) Valid() bool {
	return r.Bits <= 64 && r.Bits%digitBits == 0 && r.First&(1<<r.Bits-1) == 0
}

// Last is the highest key of the region.
func (r Region) Last() uint64 { return r.First | (1<<r.Bits - 1) }

// Has tells whether key lies in the region.
func (r Region) Has(key uint64) bool { return r.First <= key && key <= r.Last() }

// Region is where a node's keys lie.
func (n *Node) Region() Region { return Region{n.Prefix, n.Shift + digitBits} }

// Child is where the keys of the child for digit d, below 16, lie.
func (n *Node) Child(d int) Region { return Region{n.Prefix | uint64(d)<<n.Shift, n.Shift} }

// RegionDigest returns the digest of what the map has in a region: of the
// node that holds all of it, or of its only leaf; zero if nothing is there. It
// is what a parent shows for the child in that region. Like Digest it may hash.
func (m *Map[V]) RegionDigest(r Region) Digest {
	m.Digest()
	for at := m.root; at != nil; {
		if r.First <= at.prefix && at.prefix|span(at.shift) <= r.Last() {
			return at.digestIn(r)
		}
		d := at.digit(r.First)
		if !at.covers(r.First) {
			break
		}
		if at.leafSet.has(d) && r.Has(at.leaves[at.leafSet.rank(d)].key) {
			return *at.childDigest(d)
		}
		if !at.kidSet.has(d) {
			break
		}
		at = at.kids[at.kidSet.rank(d)]
	}
	return Digest{}
}

// digestIn is the digest of a node that lies in r. The single leaf of a map is
// a node only where all keys are asked for.
func (n *node[V]) digestIn(r Region) Digest {
	if n.size() == 1 && r != All {
		return n.digests[0]
	}
	return n.digest
}

// DeleteRegion removes the keys of a region and returns how many there were.
func (m *Map[V]) DeleteRegion(e Epoch, r Region) int { return m.cut(e, r.First, r.Last()) }

// DeleteAround removes the keys of a region outside of the part keep, which
// lies in it, and returns how many there were.
func (m *Map[V]) DeleteAround(e Epoch, r, keep Region) (removed int) {
	if r.First < keep.First {
		removed += m.cut(e, r.First, keep.First-1)
	}
	if keep.Last() < r.Last() {
		removed += m.cut(e, keep.Last()+1, r.Last())
	}
	return removed
}

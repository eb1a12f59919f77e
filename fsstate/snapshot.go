package fsstate

import (
	"bfs/fsstate/trie"
)

// Snapshot is a version of the state; nothing changes it. Any State may
// restore it, any number of times. States that share versions belong to one
// goroutine, unless the digest was asked for before a version was handed over;
// to read one beside the State that goes on, use View.
type Snapshot struct {
	epoch trie.Epoch
	version
}

// Snapshot returns the present version, in constant time.
func (s *State) Snapshot() *Snapshot {
	s.epoch++ // what the version holds is copied before it is changed
	return &Snapshot{epoch: s.epoch, version: s.version}
}

// Restore makes v the present version, in constant time. All nodes of v are
// older than v.epoch, so none of them is changed in place from now on.
func (s *State) Restore(v *Snapshot) {
	s.epoch = max(s.epoch, v.epoch)
	s.version = v.version
}

// Digest covers everything that influences later behaviour. It costs what
// changed since the last one.
func (s *State) Digest() [32]byte { return s.digest() }

// Digest returns the digest of the version, as State.Digest would when it was
// the present one.
func (v *Snapshot) Digest() [32]byte { return v.digest() }

func (v *version) digest() [32]byte {
	return trie.Sum(v.appendRootPage(make([]byte, 0, rootPageBytes)))
}

package fsstate

// View returns a State of the version that can only be read: an operation
// whose Context is not ReadOnly is MustOrder. One goroutine may read a view
// while others read others, of the same version or not, and one goroutine goes
// on changing the State that the version came from.
//
// That needs no lock, because changes only ever touch nodes that no version
// has; of the others they fill in digests, which reading does not look at. What
// does look at them, Digest and Page of the version and CheckInvariants of the
// view, may run beside the State only if Digest was called on the version, or
// on the State when it was the same, before the version was handed over.
func (v *Snapshot) View() *State {
	return &State{epoch: v.epoch, version: v.version, frozen: true}
}

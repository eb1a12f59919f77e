package pbft

import "bfs/pbft/message"

// vote is what one replica said of one sequence number.
type vote struct {
	cast   bool
	view   message.View
	digest message.Digest
}

func (v *vote) is(view message.View, d message.Digest) bool {
	return v.cast && v.view == view && v.digest == d
}

// in says whether it was cast in a view.
func (v *vote) in(view message.View) bool { return v.cast && v.view == view }

// votes holds one vote of each replica: the one for the latest view.
type votes []vote

// add notes a vote; it is false if the replica has voted otherwise in the same
// view, or in a later one.
func (v votes) add(from message.ReplicaID, view message.View, d message.Digest) bool {
	old := &v[from]
	if old.cast && (old.view > view || old.view == view && old.digest != d) {
		return false
	}
	*old = vote{cast: true, view: view, digest: d}
	return true
}

// count is how many replicas voted for d in view.
func (v votes) count(view message.View, d message.Digest) int {
	n := 0
	for i := range v {
		if v[i].is(view, d) {
			n++
		}
	}
	return n
}

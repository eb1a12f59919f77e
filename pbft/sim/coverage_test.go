package sim

import (
	"slices"
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

func TestCoverage(t *testing.T) {
	t.Parallel()
	a, b := NewCoverage(), NewCoverage()
	a.happened(PathExecuted)
	b.happened(PathExecuted)
	b.refused(pbft.BadSender)
	a.Add(b)
	if a.Counts[string(PathExecuted)] != 2 {
		t.Errorf("two executions count as %d", a.Counts[string(PathExecuted)])
	}
	missing := a.Missing()
	if slices.Contains(missing, string(PathExecuted)) || len(missing) != len(Expected())-1 {
		t.Errorf("after one thing has happened %d of %d are missing", len(missing), len(Expected()))
	}
	if names := a.Names(); names[len(names)-1] != refusal(pbft.BadSender) {
		t.Errorf("what was not expected is not told last: %q", names[len(names)-1])
	}
	names := Expected()
	slices.Sort(names)
	if len(slices.Compact(names)) != len(Expected()) {
		t.Error("two things have one name")
	}
}

// TestObservedPaths: the paths that are told from several events together.
func TestObservedPaths(t *testing.T) {
	t.Parallel()
	const weak = 2
	digest := message.Digest{1}
	committed := func(o *observed, from message.ReplicaID) {
		o.hears(message.ReplicaNode(from), &message.Committed{Sequence: 1, Digest: digest, Replica: from})
	}
	for _, c := range []struct {
		path   Path
		before func(*observed)
		events []pbft.Event
	}{
		{PathCatchUp, func(o *observed) { committed(o, 1); committed(o, 2) }, []pbft.Event{pbft.Executed{Sequence: 1, Digest: digest}}},
		{PathNull, nil, []pbft.Event{pbft.Executed{Sequence: 1, Digest: nullSum}}},
		{PathFailedView, nil, []pbft.Event{pbft.LeftView{View: 1}, pbft.LeftView{View: 2}}},
		{PathRetarget, nil, []pbft.Event{pbft.Fetching{Sequence: 1}, pbft.Fetching{Sequence: 2}}},
		{PathFetchInChange, nil, []pbft.Event{pbft.Fetching{Sequence: 1}, pbft.LeftView{View: 1}}},
		{PathRepaired, nil, []pbft.Event{pbft.Diverged{Sequence: 1}, pbft.Fetched{Sequence: 1}}},
	} {
		o, cov := newObserved(), NewCoverage()
		if c.before != nil {
			c.before(&o)
		}
		for i, e := range c.events {
			if i == len(c.events)-1 && cov.Counts[string(c.path)] != 0 {
				t.Errorf("%q is counted too early", c.path)
			}
			o.event(cov, weak, e)
		}
		if cov.Counts[string(c.path)] != 1 {
			t.Errorf("%q is counted %d times", c.path, cov.Counts[string(c.path)])
		}
	}
	o, cov := newObserved(), NewCoverage()
	committed(&o, 1)
	committed(&o, 1)
	o.event(cov, weak, pbft.Executed{Sequence: 1, Digest: digest})
	if cov.Counts[string(PathCatchUp)] != 0 {
		t.Error("one replica that says so twice counts as two")
	}
}

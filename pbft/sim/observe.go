package sim

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// observed is what coverage keeps of one correct replica, to tell from its
// traffic and events which paths it takes.
type observed struct {
	view                         message.View
	changing, fetching, diverged bool
	// stated says who has told it that a batch is committed.
	stated map[message.Sequence]map[message.ReplicaID]bool
	// answered are the requests that it has answered.
	answered map[requestName]bool
}

type requestName struct {
	client    message.ClientID
	timestamp message.Timestamp
}

func newObserved() observed {
	return observed{
		stated:   make(map[message.Sequence]map[message.ReplicaID]bool),
		answered: make(map[requestName]bool),
	}
}

// nullSum is the digest of the null request.
var nullSum = func() message.Digest {
	b := &message.PrePrepare{Sequence: 1}
	b.Seal()
	return b.Digest()
}()

// event counts what a correct replica's core says.
func (o *observed) event(c Coverage, weak int, e pbft.Event) {
	switch e := e.(type) {
	case pbft.Executed:
		c.happened(PathExecuted)
		if e.Digest == nullSum {
			c.happened(PathNull)
		}
		if len(o.stated[e.Sequence]) >= weak {
			c.happened(PathCatchUp)
		}
		delete(o.stated, e.Sequence)
	case pbft.Checkpointed:
		c.happened(PathCheckpoint)
	case pbft.Stable:
		c.happened(PathStable)
	case pbft.RolledBack:
		c.happened(PathRolledBack)
	case pbft.Misled:
		c.happened(PathMisled)
	case pbft.Behind:
		c.happened(PathBehind)
	case pbft.Rejected:
		c.refused(e.Reason)
	default:
		o.viewEvent(c, e)
		o.stateEvent(c, e)
	}
}

func (o *observed) viewEvent(c Coverage, e pbft.Event) {
	switch e := e.(type) {
	case pbft.LeftView:
		c.happened(PathLeftView)
		if o.changing {
			c.happened(PathFailedView)
		}
		if o.fetching {
			c.happened(PathFetchInChange)
		}
		o.view, o.changing = e.View, true
	case pbft.EnteredView:
		c.happened(PathEnteredView)
		if e.Proposed > 0 {
			c.happened(PathProposedAgain)
		}
		o.view, o.changing = e.View, false
	}
}

func (o *observed) stateEvent(c Coverage, e pbft.Event) {
	switch e.(type) {
	case pbft.Fetching:
		c.happened(PathFetching)
		if o.fetching {
			c.happened(PathRetarget)
		}
		if o.changing {
			c.happened(PathFetchInChange)
		}
		o.fetching = true
	case pbft.CaughtUp:
		o.fetching = false
	case pbft.Fetched:
		c.happened(PathFetched)
		if o.diverged {
			c.happened(PathRepaired)
		}
		o.fetching, o.diverged = false, false
	case pbft.Diverged:
		c.happened(PathDiverged)
		o.diverged = true
	}
}

// sends counts what a correct replica sends.
func (o *observed) sends(c Coverage, p pbft.Params, from, to message.Node, m message.Message) {
	switch m := m.(type) {
	case *message.PrePrepare:
		if p.Primary(m.View) != from.Replica {
			c.happened(PathRelayed)
		}
		if named(m) {
			c.happened(PathLarge)
		}
	case *message.Fetch:
		c.happened(PathFetchBody)
		if o.changing {
			c.happened(PathFetchAsleep)
		}
	case *message.ViewChange:
		if len(m.Prepared) > 0 && m.Replica == from.Replica {
			c.happened(PathPreparedGoes)
		}
	case *message.Request:
		if to.Replica != p.Primary(o.view) {
			c.happened(PathDoubted)
		}
	case *message.Reply:
		o.replies(c, m)
	}
}

// named says whether a batch only names some request.
func named(b *message.PrePrepare) bool {
	for _, q := range b.Requests {
		if q.Timestamp == 0 {
			return true
		}
	}
	return false
}

func (o *observed) replies(c Coverage, m *message.Reply) {
	name := requestName{m.Client, m.Timestamp}
	if o.answered[name] {
		c.happened(PathDuplicate)
	}
	o.answered[name] = true
	if !m.Full {
		c.happened(PathDigestReply)
	}
	if m.ReadOnly {
		c.happened(PathRead)
	}
	switch m.Status {
	case message.ReplySessionExpired:
		c.happened(PathExpired)
	case message.ReplyOutOfWindow:
		c.happened(PathOutOfWindow)
	}
}

// hears counts what reaches a correct replica.
func (o *observed) hears(from message.Node, m message.Message) {
	v, ok := m.(*message.Committed)
	if !ok || from.Kind != message.KindReplica {
		return
	}
	if o.stated[v.Sequence] == nil {
		o.stated[v.Sequence] = make(map[message.ReplicaID]bool)
	}
	o.stated[v.Sequence][from.Replica] = true
}

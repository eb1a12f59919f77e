package pbft_test

import (
	"testing"

	"bfs/pbft"
	"bfs/pbft/message"
)

// The longer plays of TestTranscripts.

// loseTypes loses all messages of some types.
func (g *group) loseTypes(types ...message.Type) {
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool {
		for _, t := range types {
			if m.Type() == t {
				return true
			}
		}
		return false
	}
}

// withoutPrimary cuts replica 0 off, until the others have changed views.
func (g *group) withoutPrimary() {
	g.mute = message.TypeStatus // they say nothing of interest here
	g.drop = without(0)
	g.tick(g.params.ViewTimeout)
}

func fillBatches(_ *testing.T, g *group) {
	for i := message.Timestamp(1); i <= 4; i++ {
		g.step(message.ReplicaNode(0), message.Node{}, g.request(1, i, 1, "write"))
	}
	g.deliver()
}

func sendLarge(t *testing.T, g *group) {
	large := g.params
	large.LargeRequest = 16
	*g = *newGroup(t, large)
	newCaller(g, 1).invoke("an operation that is large", false)
}

// readOnly reads what was written before.
func readOnly(_ *testing.T, g *group) {
	c := newCaller(g, 1)
	c.invoke("write", false)
	g.log.Reset()
	c.invoke("?", true)
}

// readWhileTentative reads before the COMMITs have arrived.
func readWhileTentative(_ *testing.T, g *group) {
	var commits []flight
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		if m.Type() != message.TypeCommit {
			return false
		}
		commits = append(commits, flight{from, to, message.Encode(m)})
		return true
	}
	c := newCaller(g, 1)
	c.invoke("write", false)
	c.invoke("?", true)
	g.note("the COMMITs arrive\n")
	g.wire = commits
	c.listen()
}

func loseAllToOne(_ *testing.T, g *group) {
	g.drop = func(_, to message.ReplicaID, _ message.Message) bool { return to == 3 }
	g.run(1, 1, 1)
	g.drop = nil
	g.tick(pbft.Second)
	g.tick(pbft.Second)
}

func answerAgain(_ *testing.T, g *group) {
	q := g.request(1, 1, 1, "write")
	g.ask(q)
	for i := range g.replicas {
		g.step(message.ReplicaNode(message.ReplicaID(i)), message.ClientNode(q.Client), q)
	}
	g.deliver()
}

func relay(_ *testing.T, g *group) {
	q := g.request(1, 1, 1, "write")
	g.step(message.ReplicaNode(2), message.ClientNode(q.Client), q)
	g.deliver()
}

func changeWithPrepared(_ *testing.T, g *group) {
	g.loseTypes(message.TypeCommit)
	g.ask(g.request(1, 1, 1, "write"))
	g.withoutPrimary()
}

func changeWithUnprepared(_ *testing.T, g *group) {
	g.loseTypes(message.TypePrepare)
	g.ask(g.request(1, 1, 1, "write"))
	g.withoutPrimary()
}

func loseTheFirst(_ *testing.T, g *group) {
	g.drop = func(_, _ message.ReplicaID, m message.Message) bool {
		b, ok := m.(*message.PrePrepare)
		return ok && b.Sequence == 1 || m.Type() == message.TypeCommit
	}
	g.step(message.ReplicaNode(0), message.Node{}, g.request(1, 1, 1, "lost"))
	g.step(message.ReplicaNode(0), message.Node{}, g.request(2, 1, 1, "kept"))
	g.deliver()
	g.withoutPrimary()
}

// rollBack (5.1.2): only replica 3 has n=1 prepared and executes it; the view
// changes without its word, the request is proposed at another time, and what
// replica 3 had done is undone.
func rollBack(_ *testing.T, g *group) {
	g.mute = message.TypeStatus
	g.drop = func(_, to message.ReplicaID, m message.Message) bool {
		return m.Type() == message.TypePrepare && to != 3 || m.Type() == message.TypeCommit
	}
	g.ask(g.request(1, 1, 1, "write"))
	g.drop = func(from, _ message.ReplicaID, m message.Message) bool {
		return from == 3 && m.Type() == message.TypeViewChange
	}
	g.tick(g.params.ViewTimeout)
}

// fallBack (5.1.3): replica 3 lags and the read does not reach replica 2, so
// that the answers do not suffice; the read is ordered.
func fallBack(_ *testing.T, g *group) {
	g.mute = message.TypeStatus
	c := newCaller(g, 1)
	g.drop = without(3)
	c.invoke("write", false)
	g.log.Reset()
	c.reach = func(to message.ReplicaID) bool { return to != 2 }
	c.invoke("?", true)
	c.reach = nil
	c.wait(g.params.Retransmit)
}

// transferState (5.3.2): replica 3 has missed what is in nobody's log any more.
func transferState(_ *testing.T, g *group) {
	g.drop = without(3)
	g.run(1, 1, 16)
	g.log.Reset()
	g.drop = func(from, to message.ReplicaID, m message.Message) bool { return from != 3 && to != 3 }
	g.tick(pbft.Second)
	g.tick(g.params.StatusInterval)
}

// leaveOneOut is the attack on reads of SRDS'21: the primary, which is faulty,
// orders requests without replica 3 and answers no client, so that 2f+1
// answers are not to be had. Replica 3 learns from the other backups what is
// committed, and answers.
func leaveOneOut(_ *testing.T, g *group) {
	g.drop = func(from, to message.ReplicaID, m message.Message) bool {
		return from == 0 && to == 3 || from == 3 && to == 0
	}
	g.silent = map[message.ReplicaID]bool{0: true}
	c := newCaller(g, 1)
	c.reach = func(to message.ReplicaID) bool { return to != 3 }
	c.invoke("write", false)
	c.reach = nil
	c.wait(g.params.StatusInterval)
	c.wait(g.params.StatusInterval)
	c.invoke("?", true)
}

package main

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"bfs/bfs/cluster"
	"bfs/pbft"
	"bfs/pbft/auth"
	"bfs/pbft/message"
	"bfs/pbft/runtime"
)

// behaviour is one way for a replica to attack. Each wraps something honest:
// the service, the connections, or both.
type behaviour struct {
	name     string
	sentence string // for --help
	service  func(*attack, pbft.Service) pbft.Service
	filter   func(*attack, sender) runtime.Filter
}

// sender sends one message to one node.
type sender func(to message.Node, m message.Message)

// attack is what a behaviour may know.
type attack struct {
	id       message.ReplicaID
	group    *runtime.Group
	identity *auth.Identity
	log      *slog.Logger
	// victim is the client principal that a starving primary starves.
	victim uint32
	// after is when memory is corrupted by itself, 0 for never.
	after time.Duration
	// corrupt takes a token when memory is to be corrupted now.
	corrupt chan struct{}
}

// behaviours are the attacks of a replica.
var behaviours = []behaviour{
	{name: "lie-reads", sentence: "alters the result of every operation, and nothing else", service: newLiar},
	{name: "two-tongued", sentence: "alters every result, and tells each client something else", service: newTwoTongued},
	{name: "ignore-writes", sentence: "answers as if it had done what changes files, and does not do it", service: newIdler},
	{name: "silent", sentence: "takes in everything and sends nothing", filter: newSilent},
	{name: "lying-votes", sentence: "prepares and commits what nobody has proposed, and tells each replica something else", filter: newLyingVotes},
	{name: "fake-checkpoints", sentence: "announces checkpoints with made-up digests, also of sequence numbers to come", filter: newFakeCheckpoints},
	{name: "equivocate", sentence: "as primary, proposes one batch to some backups and another to the rest, and commits to both", filter: newEquivocator},
	{name: "delay", sentence: "as primary, holds back every proposal until just before the backups would lose patience", filter: newDelayer},
	{name: "starve", sentence: "as primary, never orders the requests of one client (--victim)", filter: newStarver},
	{name: "corrupt-pages", sentence: "sends wrong bytes to whoever fetches the state, and sends each page twice", filter: newPageCorrupter},
	{name: "lying-view-changes", sentence: "asks for new views all the time, with made-up histories, and begins views without cause", filter: newViewLiar},
	{name: "replay", sentence: "sends again what it and others have sent before", filter: newReplayer},
	{name: "flood", sentence: "floods the other replicas with statuses, questions for everything, and noise", filter: newFlooder},
	{name: "corrupt-memory", sentence: "is honest, but a bit of its files flips on SIGUSR1, or after --after", service: newCorruptible},
}

func findBehaviour(name string) (behaviour, error) {
	for _, b := range behaviours {
		if b.name == name {
			return b, nil
		}
	}
	return behaviour{}, fmt.Errorf("there is no behaviour %q: see bfs-byzantine replica --help", name)
}

// list is a table of names and sentences for --help.
func list(rows [][2]string) string {
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "   %-20s %s\n", row[0], row[1])
	}
	return b.String()
}

func behaviourList() string {
	var rows [][2]string
	for _, b := range behaviours {
		rows = append(rows, [2]string{b.name, b.sentence})
	}
	return list(rows)
}

// options are those of the honest replica with the behaviour around it.
func (b behaviour) options(a *attack, honest cluster.ReplicaOptions) cluster.ReplicaOptions {
	if b.service != nil {
		honest.Wrap = func(s pbft.Service) pbft.Service { return b.service(a, s) }
	}
	if b.filter != nil {
		honest.Filter = func(send func(message.Node, message.Message)) runtime.Filter {
			return b.filter(a, send)
		}
	}
	return honest
}

// open is the part of a Filter that hides nothing from the core.
type open struct{}

func (open) Receive(message.Node, message.Message) bool { return true }

// rewrite is a Filter that sends something else: whatever it returns.
type rewrite struct {
	open
	send sender
	to   func(to message.Node, m message.Message) []message.Message
}

func (r *rewrite) Send(to message.Node, m message.Message) {
	for _, m := range r.to(to, m) {
		r.send(to, m)
	}
}

func just(m ...message.Message) []message.Message { return m }

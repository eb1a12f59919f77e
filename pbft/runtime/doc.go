// Package runtime turns the pure cores of package pbft into processes: a
// replica, a client, and the server without replication that replication is
// measured against. A Group says what all of them must agree on.
//
// # A replica
//
// A core is used by one goroutine at a time, the one that has the turn
// (Replica.turn). A frame comes in on the transport's reader goroutine of its
// peer, which checks the link's MAC, decodes strictly, checks the
// authenticators of the requests in it, and puts the resulting input into the
// inbox. If nobody has the turn, the reader takes it and brings one input
// through the core itself; otherwise, and with what is left, it wakes the loop.
// So a replica that is not busy spends no switch of goroutines on a message,
// and one that is busy has a goroutine that does nothing else.
//
// The inbox has a bounded lane for every connected peer. A replica's input
// that finds its lane full is dropped and counted, since the protocol sends it
// again; a client's waits, which holds up that client's connection and no
// other. Inputs of replicas come first, except that after 64 of them one of a
// client has its turn.
//
// With the turn: Step, then what the Output asks for, in the core's order. A
// message is encoded once, whatever the number of its receivers; the transport
// adds each link's MAC. The state is in memory only, so nothing is written for
// Output.Records. Refusals are logged at most every 5 seconds for each
// reason.
//
// A server without replication is the same process with another core
// (server.go), which executes requests as they arrive. Transport, messages,
// authentication and the client are the same, so that a comparison shows what
// replication costs and nothing else.
//
// A replica also serves those who want proof of the state (evidence.go): it
// signs for its last stable checkpoint, and gives out pages of it. That is
// beside the core, costs a look-up or a signature each, and is bounded for each
// principal.
//
// A Filter, which only programs that attack have, sees what the readers have
// checked before it goes to the inbox, and what carryOut would send.
//
// # A client
//
// A Client drives the client core under its lock: callers send their requests
// themselves, and the transport's readers complete them. A session is a client
// core with connections that were made in its name. When the replicas say that
// they do not know it any more, a successor with a larger number is connected,
// and what was refused runs there; except what may have been executed before
// the session was forgotten, which ends with ErrOutcomeUnknown, because
// nothing may run twice.
//
// # Keys
//
// The transport replaces the keys of every link each 15 minutes at most, which
// this package does not see; the request keys go along. A replica accepts
// requests under a client's previous key for another 10 seconds (keyOverlap):
// one that comes later still is taken if f+1 replicas vouch for it, and else its
// client sends it again under the key of then.
//
// # Goroutines and what they own
//
//	Replica.loop                one for each Replica: the alarm; the turn when it works
//	transport's readers         one for each peer: that peer's lane; the turn in workDirectly
//	transport's other ones      see package transport; they do not call this package,
//	                            but for handshakes, whose keys go to auth's key holders
//	session.tick                a timer's goroutine at a client: what Client.mu guards
//	Client.endSession           one for each session that is being closed: its Endpoint
//	Client.probe                one for each silent replica, until Dial has failed
//
// Locks are taken in the order Replica.turn, inbox.mu, and at a client only
// Client.mu; the transport's and auth's locks come after all of these. Nothing
// that may wait for a peer is done under any of them.
//
// # What it costs
//
// Figures from five processes on one host (Go 1.26, AMD EPYC, 4 cores which
// other work kept busy), one client with one null operation at a time, in
// microseconds of processor time of all processes together: letting readers
// take the turn lowers an operation without replication from 75-130 to 52-61,
// and its latency from 50-85 to 40; a replicated one from 750-1230 to 590-940.
// `go test -run xxx -bench . ./pbft/runtime` has all parts in one process.
//
// # Invariants
//
// No goroutine is left when Close has returned. Nothing that a peer sends makes
// this package panic, or makes memory grow beyond a lane for each connected
// peer, a window for each session, and the callers that wait. The wall clock is
// read once at the start; from then on time comes from the monotonic clock. The
// cores see no bytes that were not authenticated.
package runtime

// Package pbft is the core of Practical Byzantine Fault Tolerance (Castro and
// Liskov, OSDI'99 and TOCS'02): the replica and the client, as pure state
// machines.
//
// # What a driver owes
//
// A driver (pbft/runtime between processes, pbft/sim under virtual time) owns
// a Replica or a Client and calls its methods one at a time.
//
//  1. It checks the link's MAC over the bytes received, decodes them strictly,
//     checks its own entry in the authenticator of every request, and calls
//     Step with the result.
//  2. It carries out the Output in order: Records to disk, then Sends, then
//     Replies; Events whenever it likes.
//  3. It calls Tick at the time that Wake names, or a little later.
//  4. Its clock never goes back.
//
// Messages may be lost, repeated and reordered by the driver at will: that
// costs time, never agreement.
//
// # What is absent
//
// The package has no goroutine, lock, channel, clock, randomness, I/O or log
// call, and no map whose order could leak. The same calls give the same
// outputs, byte for byte, so that a run can be recorded and replayed, and the
// simulator runs the real thing.
//
// # One file per section of the paper
//
//	request.go     requests, their queue at the primary, batching  (TOCS'02 2.3.1, 5.1.4)
//	normal.go      pre-prepare, prepare, commit                    (2.3.3)
//	log.go         the slots between the water marks, certificates (2.3.3)
//	execute.go     execution in order, replies, ordered time       (2.3.3, 4.6)
//	sessions.go    the last-reply table: exactly once              (2.3.3)
//	checkpoint.go  checkpoints, stability, garbage collection      (2.3.4)
//	status.go      what I lack, what you lack: retransmission      (5.2)
//	scrub.go       memory that has changed by itself               (5.3.3)
//	client.go      the client                                      (2.3.2)
//
// # Where it differs from the paper
//
// A client may have a window of requests outstanding (Params.ClientWindow)
// rather than one. Its timestamps count 1, 2, 3, … within a session, and each
// request says which replies have arrived, so that the last-reply table holds
// at most a window of replies per session. Sessions of one principal are told
// apart by a number that must grow; a session that was forgotten can therefore
// never be mistaken for a new one, and no request of it runs twice. The table
// is part of the replicated state and of its digest.
//
// A pre-prepare is not refused because a request in it has a wrong entry for
// this replica in its authenticator, or because its time looks wrong on this
// replica's clock: the replica takes the batch but withholds its own prepare
// until f+1 replicas (the primary among them) vouch for it. One of those is
// correct and has checked. So a client with partly valid authenticators stops
// nobody, and a replica that has restarted, and shares no keys with clients
// that were there before, can follow.
//
// A batch is committed here once 2f+1 replicas say COMMIT for its digest in one
// view, whether or not the replica has seen the prepares itself. One that has
// not does not say COMMIT, which would claim that it has the batch prepared; to
// those that lack the batch it says COMMITTED. f+1 statements of that kind with
// the batch, from whomever, commit it, and each also counts beside the COMMITs:
// otherwise a liar could help some correct replicas over the line and leave too
// few behind to vote for the rest.
//
// A log keeps the slots of one more checkpoint interval below the stable
// checkpoint than the protocol needs, so that a replica that was slow catches
// up from the log.
package pbft

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
// # How it is tested
//
// rules_test.go lists each rule with its section and its tests. The transcripts
// in testdata are whole runs of a small group, message by message; go test -run
// TestTranscripts -rewrite writes them anew. FuzzStep and FuzzClientStep lie to
// one core; FuzzGroup lets its input decide what a group with one faulty replica
// does and what the network does to it, and checks agreement, checkpoints,
// exactly-once, bounds, and that the group goes on afterwards. An hour of
// scripts/test --fuzz, on one processor and over all packages, made 44.5 million
// executions without a failure, of them 6.3 million of FuzzClientStep, 595,000
// of FuzzStep and 32,000 of FuzzGroup, which play up to 400 events each.
//
// # One file per section of the paper
//
// Sections are TOCS'02's.
//
//	request.go     requests                                        (2.3.1)
//	queue.go       what waits, fairly; batching                    (5.1.4)
//	vouch.go       whose requests are authentic                    (3.2)
//	large.go       large requests go from the client to all        (5.1.5)
//	normal.go      pre-prepare, prepare, commit                    (2.3.3)
//	log.go         the slots between the water marks               (2.3.3)
//	votes.go       certificates                                    (2.3.3)
//	execute.go     execution in order, tentative execution, replies (2.3.3, 5.1.1, 5.1.2)
//	reads.go       read-only requests                              (5.1.3)
//	sessions.go    the last-reply table: exactly once              (2.3.3)
//	checkpoint.go  checkpoints, stability, garbage collection      (2.3.4)
//	viewchange.go  leaving a view                                  (2.3.5)
//	decide.go      what a new view starts from: a pure function    (2.3.5)
//	newview.go     entering a view, fetching what it has chosen    (2.3.5)
//	timers.go      when a primary has had its time                 (2.3.5)
//	floor.go       what else a primary is held to                  (2.3.5)
//	status.go      what I lack, what you lack: retransmission      (5.2)
//	transfer.go    fetching the state of a checkpoint              (5.3.2)
//	assembly.go    the state as pages                              (5.3.1)
//	evidence.go    what is shown to those who want proof of the state
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
// correct and has checked. So a replica that has restarted, and shares no keys
// with clients that were there before, can follow. A client whose authenticators
// are right for the primary alone can stall one batch until the next view; its
// principal is suspect from then on, and has its requests proposed only when
// f+1 others have found them authentic (vouch.go). Backups hold a primary to a
// request only when 2f+1 replicas besides it have: with f+1, f liars could make
// each backup alone believe that the primary must know of it.
//
// Only what this replica has vouched for (sent PREPARE, or proposed) enters the
// set Q of its view changes, so that condition A2 speaks of checked requests.
//
// VIEW-CHANGE messages are signed, and NEW-VIEW carries them whole: there are no
// acknowledgements, and the decision is repeated by everyone from the same bytes.
//
// State transfer starts from a checkpoint that f+1 replicas claim, not 2f+1: with
// f silent ones and one that lags there may be no more. One of the f+1 is
// correct, so the state was reached by committed batches, and every page is
// checked against it.
//
// A batch is committed here once 2f+1 replicas say COMMIT for its digest in one
// view, whether or not the replica has seen the prepares itself. One that has
// not does not say COMMIT, which would claim that it has the batch prepared; to
// those that lack the batch it says COMMITTED. f+1 statements of that kind with
// the batch, from whomever, commit it, and each also counts beside the COMMITs:
// otherwise a liar could help some correct replicas over the line and leave too
// few behind to vote for the rest.
//
// The paper's timers watch requests. Here a replica also waits for what f+1
// others vouch has begun, though it lacks the batch and nobody asks for
// anything: otherwise the last batch before a quiet time could stay with a few
// (timers.go). It does not blame the primary for time in which it slept itself,
// or in which f+1 others got on, and does not leave a view that f+1
// others are in, and get on with, because it has missed the NEW-VIEW. A replica that has left a view
// alone all the same goes on learning from the others' COMMITs, which prove a
// batch committed to anybody: it keeps up and answers clients, and does not vote.
//
// A primary is held to more than a deadline (floor.go): one that delays every
// request to just under the timeout is replaced, and so is one that has misled
// a backup, which shows when the backup's PREPARE contradicts what is committed
// in the same view. And one that has lost its memory leaves the view that its
// earlier self has led.
//
// COMMIT leaves at once, and is not kept back to go along with the PRE-PREPARE
// or PREPARE of the next batch. Tried with null operations on four processes of
// one machine, in seven rounds by turns with a cluster that does not keep it
// back: kept for at most 1 ms, but not while a later batch was on its way, a
// lone client that only writes had x0.83 of the latency, with 19.1 messages per
// operation instead of 29.1; 16 clients did x1.04 of the operations per second
// (18.0 messages for 19.9). But a read after a write waits for the commit: x7.6
// of its latency, and x0.47 of the operations of a client that writes and reads
// in turn. When a read that waits, or another's COMMIT, let go what was kept, it
// was x0.91 of a lone writer's latency, x1.74 of such a read's, and x0.91 of
// the operations; when moreover nothing was kept for 100 ms after a read had to
// wait, x0.92, x1.05 and x1.01, and x0.99 of the operations of 16 clients that
// write. Under load a batch shares its COMMITs among its requests already, so
// that is all there is to gain, for a timer before every commit. To measure it
// again: keep COMMIT back in tryCommit, give PRE-PREPARE and PREPARE an array of
// entries for it, let go in Tick, and run two clusters by turns.
//
// A log keeps the slots of one more checkpoint interval below the stable
// checkpoint than the protocol needs, so that a replica that was slow catches
// up from the log.
package pbft

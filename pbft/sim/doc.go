// Package sim runs the real core of package pbft in a world made up from a
// seed: virtual time, a network that delays, loses, repeats and reorders,
// replicas that stop, lose their memory, or lie.
//
// A run has two phases. In the first, faults happen while clients work; in the
// second the network heals and everything must finish: every request answered,
// every correct replica at the same state. Throughout, a checker holds what
// every correct replica executes against what the others did, and every answer
// that a client accepts against that history.
//
// Settings (f, batch and window sizes, K, L, timeouts, workload, network) are
// drawn from the seed as well as the events, so that a seed alone replays a
// run, event for event. Nothing here reads a clock or any other randomness,
// and nothing runs in parallel within one run.
//
// Faulty nodes are honest ones with a wrapper around what they send (Fault);
// the honest code has no branches for them.
//
// Disturbances come at random times, and ambushes at the moments on which view
// changes depend: right after a correct replica has said COMMIT, executed, left
// a view, announced or entered one. There is where a rule that is missing shows.
//
// What clients do is a Workload: a service, a script for each session, and a
// model. Four things hold a run to account.
//
// A reference carries out what the correct replicas commit, on one copy of the
// service with a plain last-reply table: accepted results and final states must
// be its own, so nothing is lost or done twice; and requests must be those that
// clients have made.
//
// The checker compares what correct replicas execute, keep and hold in memory.
//
// What a correct client accepts must be certain at that moment: committed, or
// prepared at f+1 correct replicas in one view; a read of a state that f+1 have
// committed and that has in it all that was accepted before (accepted.go).
//
// And the history of all calls must be linearizable by the workload's model.
// The order in which they were carried out mostly shows that (witness.go); only
// where it does not is there a search, after the run, bounded in true time, and
// one that takes too long is counted (Verdict.Unknown), not failed.
package sim

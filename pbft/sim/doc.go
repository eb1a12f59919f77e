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
package sim

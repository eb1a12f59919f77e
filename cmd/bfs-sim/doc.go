// Command bfs-sim plays runs of the simulator (pbft/sim), each made from a
// number: it looks for seeds that break the protocol, and replays those.
//
// It prints nothing of a run that ends well, and of one that does not the seed,
// the settings and the command that replays it. A replay writes the run's trace,
// one line per event, with a legend at its top; it is the same each time.
package main

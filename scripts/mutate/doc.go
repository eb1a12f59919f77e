// Command mutate shows that the simulator can fail: it breaks the core of the
// protocol in one place at a time, each a mistake that implementations have
// made, and lets the simulator look for it.
//
//	go run ./scripts/mutate [-runs N] [-jobs J] [-only NAME,NAME]
//
// For each mutation of the table in mutations.go cmd/bfs-sim is built with the
// changed files in the place of the originals (go build -overlay: the working
// tree is not touched), and plays seed after seed, with f=1 and now and then
// f=2, until a run fails for the mutation's own reason or N have passed. The
// table says of each mutation what kind of violation that is: one that breaks
// safety has to show as a fork, or as an answer that is not certain, and not as
// a crash or a run that stands still. A seed at which the core as it is fails as
// well counts for nothing. The output is a table: mutation, after how many runs
// it was caught, in which, and by which violation. The exit status is 1 if one
// was not caught.
//
// It does not run the unit tests of pbft: these hold single rules, while the
// question here is whether the adversaries and checks of the simulator would
// notice a rule that nobody thought of.
package main

// Command mutate shows that the simulator can fail: it breaks the core of the
// protocol in one place at a time, each a mistake that implementations have
// made, and lets the simulator look for it.
//
//	go run ./scripts/mutate [-seeds N] [-jobs J] [-only NAME,NAME]
//
// For each mutation of the table in mutations.go the tests of pbft/sim are
// built with the changed file in the place of the original (go build -overlay:
// the working tree is not touched), and TestSeeds runs seed after seed until one
// fails or N have passed. A seed at which the core as it is fails as well counts
// for nothing. The output is a table: mutation, after how many seeds it was
// caught, and by which violation. The exit status is 1 if one was not caught.
//
// It does not run the unit tests of pbft: these hold single rules, while the
// question here is whether the adversaries and checks of the simulator would
// notice a rule that nobody thought of.
package main

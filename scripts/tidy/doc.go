// Package tidy holds the module to its house rules. It consists of tests: they
// parse every Go file of the module and report each breach with its place.
//
// The rules are: imports go down only, by the table of floors; the pure
// packages (those that replicas must run alike, byte for byte) have no clock,
// randomness, input or output, concurrency or floating point, and no iteration over a map
// whose order could show; every file is as gofmt leaves it; files and functions
// stay within their limits, with a list of exceptions that may only shrink;
// no notes to self are left in the sources, and no test is skipped without a
// reason; every package has a doc.go and every exported name a comment.
//
// A range over a map in a pure package that cannot leak the order says so on
// its own line, with the reason:
//
//	for id := range votes { //tidy:order the sum is the same in any order
//
// Each rule is itself tested on small sources that break it. No rule asks the
// go command for more than the types of imported packages.
package tidy

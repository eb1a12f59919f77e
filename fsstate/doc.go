// Package fsstate is the file system as a deterministic state machine: the
// same operations in the same order give the same results and the same digest
// on every replica. It is single-threaded and pure; time comes in as data.
package fsstate

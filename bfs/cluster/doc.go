// Package cluster is the configuration of a cluster, and starting and
// stopping one: in this process, or as processes of their own.
//
// A cluster lives in a directory: cluster.json, which everybody may read and
// all members share; replica-N.key and client-NAME.key, one private key each,
// for their owners only; replica-N.log where a supervisor started the
// replicas; and lock, which the supervisor holds. On several machines each
// gets cluster.json and the keys of those that run there.
//
// Load checks all of a configuration before anything is started by it, and
// reports all that is wrong at once. What a replica or a client runs with is
// derived from the configuration here and nowhere else, so that all members
// that have the same file agree.
//
// InProcess runs all replicas in the calling process, for tests. Processes
// runs each as a child: the way of `bfs up`. A child tells through a pipe that
// it serves; the kernel kills it when its parent ends. A child that dies is
// reported and stays dead: a replica that restarts has lost its memory, which
// is for the operator to decide on.
//
// # Goroutines
//
// Processes has one that owns the thread from which the children were started
// (the kernel ties their death signal to it), and one per child that waits for
// it to end. While starting, one per child waits for it to be ready.
//
// # Invariants
//
// No file is ever left half written under its final name. No private key is
// overwritten or removed. Nothing listens on other addresses than those that
// the configuration has. There is no global state and no log but the logger
// that is passed in.
package cluster

// Package simfs is the file service as a workload of the simulator (package
// pbft/sim): the real bfs.Service over fsstate, with clients that work on few
// names in a small tree, so that they meet all the time.
//
// Operations are made and results read by bfs.Client, which is synchronous,
// while a simulated client waits for its replicas in virtual time. A call is
// therefore done again from its start whenever a result has come: its Invoker
// plays the results back that are there and notes the operation that lacks one.
// No second goroutine is needed, and no seam in package bfs.
//
// What is right is said by a model of its own: files in a map, written as
// plainly as can be, and copied when they change. It says nothing of times and
// block counts. Inode numbers count up in the order of creation, as a client
// can rely on when it compares what several operations returned.
//
// Nothing here knows of replicas, and nothing of the model is used by the
// service.
package simfs

// Package bfs is the file service: what travels between a file system's
// client and the replicated state machine, and both ends of it.
//
// An operation is one MessagePack array [opcode, caller, arguments…] in the
// canonical form of package wire; a result is [status, fields…]. Names are
// bytes. One operation does what would else need several round trips: create
// also opens and returns attributes, everything that makes or looks up a name
// returns attributes, and a listing can carry them.
//
// Service is the server's end: a pbft.Service over fsstate.State. It decides
// which operations may be answered without ordering. Client is the other end:
// typed calls over an Invoker, which is the replicated client, a server
// without replication, or a Local. The path functions (Walk and those built
// on it) are for programs that use the service without a mount.
//
// Invariants. Bytes from the network never make this package panic; bytes
// that are no operation have the result Inval, at every replica alike, and
// change nothing. This package holds no clock, keeps no files and caches
// nothing. Client does not know which invoker it has.
package bfs

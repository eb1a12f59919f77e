// Package conformance is one suite of tests for a POSIX file system, to be
// run at several heights: the file state alone, the typed client over any
// invoker, and a mounted directory.
//
// The suite is written against FS and Process, which have the shape of the
// system calls. Three adapters implement them:
//
//   - Inodes turns operations on inode numbers, as bfs.Client has them, into
//     paths and descriptors, doing what the kernel does above a file system:
//     it resolves paths, keeps offsets of directories, and holds descriptors.
//   - State is the adapter for fsstate itself, below Inodes, without codec,
//     service or client.
//   - Kernel makes real system calls below a directory, one operating-system
//     thread for each caller, with that caller's credentials and the directory
//     as its root.
//
// What the suite expects must be what Linux does: this package's own tests
// run it against a tmpfs. Where Linux file systems differ among each other or
// POSIX leaves a choice open, the suite accepts every lawful outcome.
//
// A Differential makes random system calls on two file systems, one of them
// Linux's own, and compares outcomes and trees. A sequence that shows a
// difference is made as short as can be and kept as lines of JSON in testdata,
// which every later run begins with. Errors of which a file system may report
// any first are in one table.
//
// The suite asserts no durations. Where an operation must advance a time, the
// time is first set far into the past.
package conformance

// Command bfs is the file system: one program for the replicas, the mount, the
// commands that work without a mount, and looking after all of them.
//
// There is nothing here but flags, wiring, and words for people: what the
// commands do is in bfs/cluster, bfs, fuse and bench. A command is a file, with
// the function that describes it first.
//
// # Promises to whoever calls it
//
// Exit status 0 is success, 1 a failure and 2 a command line that makes no
// sense. `bfs status` has 3 for a degraded and 4 for an unavailable cluster,
// and `bfs up -- COMMAND` the command's own, or 128 and the signal's number.
// Errors are one line each on stderr: "bfs: what was wrong: what to do".
// Results are on stdout and nothing else is.
//
// Commands that run on (up, replica, serve, mount) stop on SIGINT, SIGTERM and
// SIGHUP within some seconds whatever state the cluster is in, and up and
// mount at once at the second signal. `bfs up` leaves no process and no mount
// behind. If it is killed, the kernel kills its replicas, and the next mount
// at the same place clears what is left there.
//
// # What is absent
//
// No behaviour of a faulty replica: those are in cmd/bfs-byzantine.
package main

// Command bfs-byzantine is a replica, or a client, that attacks, for
// demonstrations and tests: to be run in the place of one that bfs replica or
// bfs mount would run, with --behaviour, which says how it attacks. Its --help
// lists the behaviours, one for each attack that a single process can make.
//
// A replica's behaviour is a wrapper around something honest, and the rest of
// the program is the honest replica: lie-reads and corrupt-memory are wrapped
// around the file service, all others are a runtime.Filter, which alters,
// delays, drops or makes up messages between the honest core and its
// connections. A filter sees what has been checked, and what it sends has
// right MACs; lying-view-changes signs its lies, too.
//
// A client's behaviour has the real handshake, keys and frames, and makes its
// requests itself (client.go): no client core is involved.
//
// The honest core in a replica that lies is itself deceived, or falls out with
// the others: the replies last sent to each client are part of the state, so
// that the first checkpoint after a lie differs from the others', and the core
// then repairs itself and goes on. Whoever wants to watch it lie for longer
// chooses a long checkpoint_interval.
//
// # What is absent
//
// Nothing of this is in cmd/bfs, and no other package has a switch for it.
package main

// Command bfs-byzantine is a replica that attacks, for demonstrations: to be
// run in the place of one that bfs replica would run, with the same flags and
// --behaviour, which says how it attacks.
//
// A behaviour is a wrapper around something honest, and the rest of the program
// is the honest replica. lie-reads alters every result: the replies that
// clients get from this replica are well formed, authentic and wrong, while
// its files, and their digest, are those of the others.
//
// The protocol's own state includes the replies last sent to each client, so
// the first checkpoint after a lie differs from the others' and the honest core
// falls silent then. Whoever wants to watch it lie for longer chooses a long
// checkpoint_interval.
//
// # What is absent
//
// Nothing of this is in cmd/bfs, and no other package has a switch for it.
package main

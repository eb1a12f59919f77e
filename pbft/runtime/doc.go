// Package runtime turns the pure cores of package pbft into processes: a
// replica, a client, and the server without replication that replication is
// measured against.
package runtime

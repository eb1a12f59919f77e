// Package transport carries payloads between the nodes of a cluster over TCP:
// replicas among each other, and clients with replicas.
package transport

// Package bench measures.
//
// Null measures the latency of null operations as one client sees it, against
// replicas and against one server without replication, and counts the messages
// that they cost everybody together: the measurement of TOCS'02, section 8.3.1.
// Both sides are real processes on this machine, with the same transport, the
// same authentication and the same client code, and are measured by turns, so
// that what else the machine does falls on both. Latencies are medians;
// trust the ratio rather than the absolute figures.
//
// Invariants. Nothing here is on the way of an operation in production. What
// is started for a measurement is stopped, and its directory removed, whatever
// happens.
package bench

// Package message defines what replicas and clients say to each other, and
// how it is written.
//
// A message is a MessagePack array whose first element is its type's number
// and whose other elements are its fields in the order of the struct, each in
// the one form that package wire has for it: numbers and booleans as
// themselves, digests, operations, results and bitmaps as byte strings, a
// client as two numbers, an authenticator as one byte string of 16 bytes per
// replica, the requests of a pre-prepare as an array of whole requests, and
// the view-change messages of a new-view likewise. The entries of a
// view-change's sets are arrays of their own. A link's MAC covers all these
// bytes, and so the type.
//
// Decode is strict: whatever it accepts, Append writes back to the same
// bytes. It also checks what can be said of a message alone: sequence numbers
// of batches and timestamps begin at 1, an acknowledgement is not above the
// timestamp, replicas are numbered below n, authenticators have n entries, a
// status's bitmaps have one length, and a full reply's digest is the digest
// of its result. The last is done here because then no digest ever counts for
// a result that it does not fit, whoever sent it. Whether a message is in its
// place (view, water marks, sender, known client) is not this package's
// matter, nor is any MAC or signature.
//
// A view-change message is checked against itself: its view is at least 1,
// its checkpoints begin with the stable one, the batches it names are in the
// log above that and of views below its own, and each set is in its order,
// without repetition, so that a set has one encoding and a search in it may
// rely on the order. A sequence number has one prepared batch and at most
// MaxAccepted pre-prepared ones: a liar can make the message so long and no
// longer. A new-view has view-change messages for its own view, of at least
// 2f+1 replicas in the order of their numbers, no replica twice. That its
// sender is the view's primary is for the receiver to check.
//
// The digests that the protocol compares are computed when a message is
// decoded, from the received bytes, or when its maker seals it, from the
// fields. Both give the same because there is only one encoding.
//
// Cost beside the MessagePack library's reflection for the same bytes, in ns
// and allocations (medians of 7 runs on four busy cores, AMD EPYC, Go 1.26):
//
//	                   encode            decode
//	                   here  reflection  here       reflection
//	PREPARE              12         135     70 (1)    340 (4)
//	REQUEST, 0/0         17         170    360 (2)    480 (4)
//	PRE-PREPARE of 1     26         295    710 (4)   1100 (11)
//	PRE-PREPARE of 64  1100       10700  25700 (4)  27800 (200)
//
// Decoding here includes the digests of requests and batches, some 200 ns for
// each request, which is most of it; the library's does not, and takes other
// forms of a message as well. The digest of a result goes at some 900 MB/s.
//
//	go test -run xxx -bench . -benchtime 0.3s -count 7 ./pbft/message
//
// Invariants. Nothing here keeps state, reads a clock or does I/O. Decode never
// panics, and what it allocates is bounded by the input's length, not by any
// length that the input names. Decoded messages alias the input: operations,
// results and bitmaps are parts of it and keep it alive.
package message

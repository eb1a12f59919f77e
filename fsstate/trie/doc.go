// Package trie is a persistent map from 64-bit keys to values, hashed as a
// Merkle tree. The file state keeps its table of inodes, every directory, the
// blocks of every file and the table of sessions in such maps.
//
// # Shape
//
// A map is a radix tree over the key's digits of four bits, the most
// significant first. A node branches on one digit; digits in which all keys
// below a node agree are skipped, so every node has at least two children. A
// child is a node or a leaf, and leaves lie in their parent's array, side by
// side. There is one exception: a map with a single leaf keeps it in a node of
// the lowest level. The shape follows from the set of keys alone, and not from
// the order in which they came and went, so equal contents mean equal digests.
//
// # Versions
//
// A Map is one pointer. Copying it takes a snapshot, provided that the writer
// goes on with a larger Epoch: each node remembers the epoch that made it, only
// that epoch may change it in place, and any later one copies it first. A
// value may hold further maps; the one epoch governs all of them. What only an
// old version reached is garbage as soon as the last copy of that version goes.
//
// # Goroutines
//
// One goroutine writes. Digest counts as writing, because it keeps the hashes
// that it computes, and some of them in nodes that older versions share. Other
// goroutines may read older copies at the same time with Get, Len and Ascend.
// They may also use Digest, RegionDigest, Node and CheckInvariants on a copy
// whose Digest the writer asked for before handing it over: then every hash is
// there, and nothing is written.
//
// # Digests
//
// The digest of a leaf covers its key and what AppendLeaf gives; the digest of
// a node covers its Node encoding: place, kinds of children and their
// digests. So whoever trusts a node's digest can check the node, and with it
// its children, without trusting where they came from.
//
// A kept digest says what was hashed, not what memory holds now. Audit hashes a
// part of the map again and compares; Distrust makes Digest forget what was
// found wrong, for the present version only. Audit costs the bytes that it
// hashes.
//
// The hash is SHA-256, because of the hashes that nobody can find collisions of
// it is the fastest for blocks of 4 KiB and nodes of 526 bytes, which is what is
// hashed here, on processors with instructions for it (x86 since Zen and Ice
// Lake, ARMv8). MB/s on one core of an AMD EPYC:
//
//	bytes                 100    526    4105    131072
//	SHA-256, crypto       574   1218    1590      1793
//	BLAKE2b-256, x/crypto 402    670     768       857
//	BLAKE3, zeebo         339    421     773      1798
//
// A processor without them does some 190 MB/s, where BLAKE2b does 670.
//
// # What it costs
//
// Measured with
//
//	go test -run xxx -bench . ./fsstate/trie
//
// on an AMD EPYC with 32 MB of cache and much else to do, on maps of 2^20 keys
// with values of 24 bytes, the least of six runs: Get takes 27 ns and Set in
// place 44 ns among keys that lie near each other; 210 ns and 400 ns all over the
// map, where each misses the cache (Go's own map: 95 ns and 125 ns). Appending
// takes 120 ns. The first Set after a snapshot copies a path, for 2 to 6 µs. A
// dense map spends 20 bytes a leaf besides value and digest, one of random keys
// 58: two or three of them for the digests of kids, which lie in the parent, too,
// so that hashing a node need not read 16 others.
//
// Edit and Digest after a snapshot, in µs for each of k values touched:
//
//	n        k = 1   16   256
//	2^10      3.1   1.3   0.4
//	2^15      5.1   2.0   1.7
//	2^20      8.5   4.5   3.9
//
// Fan-out 32 gives 130 ns for Get all over the map, but 10.5 µs for Edit and
// Digest of one value in 2^20 and 90 bytes a leaf for random keys; fan-out 64
// gives 140 ns, 15.6 µs and 30 bytes. A server's keys lie near each other and
// it hashes after every batch, hence 16.
//
// # What is absent
//
// No package of the project is imported; there is no goroutine, lock, clock,
// randomness or I/O. No node belonging to an older epoch ever has its contents
// changed, only its cached hash filled in. No operation depends on the history
// of the map.
package trie

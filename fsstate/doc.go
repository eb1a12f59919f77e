// Package fsstate is the file system as a deterministic state machine: the
// same operations in the same order give the same answers and the same digest
// on every replica. It behaves as Linux and POSIX have files behave, down to
// permissions, times and what happens to files that are removed while open.
//
// # Structure
//
// Everything lies in persistent Merkle tries (package trie), one inside the
// other. The inode table is a trie by inode number. A directory's entries are
// a trie by cookie: 59 bits of the SHA-256 hash of the name, and below them an
// ordinal of three bits that tells colliding names apart. A file's blocks of
// 4 KiB are a trie by block index, in which holes are absent and zeros at a
// block's end are not stored; the first block lies in the inode itself. An
// inode's extended attributes are a trie by the hash of their names, as a
// directory's entries are, with a row for each block of a value.
// The table of sessions is a trie by principal of tries by session of tries by
// inode. Locks are tries of their own, so that inodes without any cost nothing.
//
// So a snapshot copies a few words, going back to one is as cheap, and the
// digest costs what changed since the last. The digest covers all that can
// influence any later answer: the clock, the next inode number, the totals and
// the limits too.
//
// # Space
//
// A block counts as allocated if something was written to it or if it is
// reserved. What is reserved is a trie of runs, each as long as can be, so that
// reserving a terabyte costs what reserving a block does (reserve.go). Writing
// to a reserved block leaves it reserved, so it takes truncation or a punched
// hole to have many runs, and there are at most MaxRuns in a file. For SEEK_HOLE
// a block is data once it is written to, be it with zeros.
//
// CopyRange lets two files share blocks: at equal offsets whole subtrees, in a
// few steps for any length; at offsets that differ by whole blocks the blocks
// alone, which the trie has by their index. Each file pays for all of its
// blocks, so copying on write never lacks room. Whoever makes two files share
// nodes goes on with a new epoch first, as for a snapshot.
//
// # Snapshots
//
// A snapshot that a user makes is one more version of the inode table, which the
// state keeps under a name: a row in a table of its own, with the digest and all
// that follows from that (transfer, rollback, scrubbing). Making one costs a few
// words. Its files are seen below /.snapshots with the numbers that they had and
// the snapshot's number above (Ino.in), so they are nobody's twins, stay the same
// for ever, and are Stale when the snapshot is deleted. Nothing in them changes,
// not even access times: State.get, with which every change begins, refuses them,
// and what only looks uses State.view. A file that was open without a name when
// a snapshot was made is kept in it, though nobody can find it there. Permissions
// are those of then: whoever could read a file can read it in the snapshot,
// whatever has become of its mode since. What counts against the limits is said
// at CreateSnapshot.
//
// # Reading beside the loop
//
// One goroutine changes a State. Others may read versions of it meanwhile, each
// through a View of its own: what a change touches it copies first, unless the
// node is younger than the last snapshot, and then no version has it. What the
// State does write into nodes that versions share are digests, which no read
// looks at. So the rule is: take a snapshot between two operations, ask for its
// digest first if the readers are to use digests too (Digest, Page), and hand it
// over; from then on nobody waits for anybody. A version, and what no other has
// of it, is garbage when the last who has it lets it go.
//
// # Open files
//
// Open and Create record, for each session and inode, how often it is open for
// what. Permission is checked then and not again for those who hold such an
// open, and an inode without names stays until the last of them lets go. It then
// lingers for a while, bounded in time, number and blocks, so that who has found
// it by its name just before that was removed can still open it, as on a local
// file system (linger.go). Its number is Stale afterwards, and never another's. A
// client that vanishes loses what it holds when its lease runs out. That is
// found without looking at all sessions: they are queued by their last
// renewal, and each ordered operation looks at the head of the queue and at
// its own session, and gives back a bounded number of opens (lease.go).
//
// # Locks
//
// Locks of ranges (fcntl) and of files (flock) are advice: no read or write
// looks at them. An owner is a session and a number of its choice; a session
// can lock what it has open, and loses the locks with its last open of the
// inode, by Release or with the lease. A session that has expired and comes
// back is another one to them.
//
// Who waits does so in the state, and is granted the lock by the operation that
// takes the last one out of the way, the first to come first. So nobody has to
// try again and again, and nobody who is gone is waited for longer than a
// lease. The client learns of it by LockWaits, one query for all its waits. A
// wait for a range that would close a ring of owners is refused (lock_wait.go).
//
// # Extended attributes
//
// They are Linux's, namespace by namespace (xattr_rule.go), with root for
// CAP_SYS_ADMIN. Their space counts as blocks of their inode: the bytes of
// names and values, in units of 64, rounded up for the inode to whole blocks.
// The two attributes for access control lists are what may decides by
// (acl.go): only valid lists are kept, an access list that says no more than
// the mode is not kept but becomes the mode, and mode and list always agree.
// What is made in a directory with a default list gets that list, within the
// mode it is made with; elsewhere the caller's umask takes bits from the mode.
// A file's capabilities go with any change of its contents or owner.
//
// # Time and order
//
// The only clock is Context.Now. Operations with Context.ReadOnly change
// nothing at all; a read that is to move an access time answers MustOrder then, and
// is asked again as an ordered operation. Limits.Atime says which reads are:
// those of Linux's relatime rule, all, or none.
//
// # Transfer
//
// A state travels as a tree of pages (page.go). The root page is what the
// digest is of: the numbers and the digests of the tables. Every other page is
// a node of one of the tries, with such of its leaves as are small, or some of
// a node's large leaves; the bytes of an inode carry the digests of the tries
// in it. A large leaf travels only if it differs, whatever lies beside it.
// Whoever has a node's digest can check either kind of page: it hashes the
// leaves, and with their digests the node.
//
// Where the same region of the same table is in another snapshot, or among the
// files of now, and has the digest that is wanted, an Assembly takes it from
// there by sharing the nodes (twins.go). So what trees have in common moves once,
// and takes memory once.
//
// An Assembly is a copy of the state at hand that is brought, page by page, to
// what it is to be. Where digests agree nothing is fetched. Since a trie's
// shape follows from its contents, setting the right leaves and removing all
// others gives the right digest; nothing of a page is kept but those. What has
// been fetched is the base for the next goal when the goal changes.
//
// # Proof
//
// The pages on the way to a file prove what it is to whoever trusts the state's
// digest: Prove follows a path in pages, checking each, and Proven.Check computes
// the digest of a file's blocks from the file itself. That a name is missing is
// proven by the nodes that would have it.
//
// # Trust
//
// Pages come from anybody, goals only from whom the caller believes. A page
// that does not have the digest asked for changes nothing, and what an
// Assembly holds is bounded by the goal and by how much is asked for at a
// time. An Assembly believes the hashes that the state at hand has cached: it
// does not find a state whose memory was damaged.
//
// Callers are authenticated and nothing more: every argument is checked, what
// one operation costs is bounded, and what all of them can make the state hold
// is bounded by Limits and the constants of limits.go. An operation that fails
// has changed no file, directory or time; only the clock and the leases may
// have moved.
//
// # Limits and quotas
//
// Limits bound all files together (NoSpace), quotas those of one owner (DQuot);
// quotas do not bind root unless the limits say so. Both count the blocks that
// files have allocated or reserved, also those that they share, and inodes. A
// table by owner is brought up to date with every operation, and chown moves
// what an inode comes to. An operation that would exceed a bound changes
// nothing: a write is whole or not at all, although POSIX would allow a part of
// it. Whoever has more than his quota, by root's doing or because of a new
// configuration, can do all that takes no more.
//
// # Memory that changes by itself
//
// The digest of what no operation touches is kept, and would hide a bit that
// flips in it. Scrub hashes the state again, part by part, so that the digest
// comes to show what the memory holds, and a transfer repairs it. Where it has
// come to is no part of the state.
//
// # What it costs
//
// Measured with
//
//	go test -run xxx -bench . -cpu 1 ./fsstate
//
// on an AMD EPYC of 4 cores with some ten times as much to do as it has
// processors for, so the least of six runs; an operation each, among 100,000
// files.
//
//	Getattr                              0.35 µs
//	Lookup                               0.34 µs
//	Create, Release and Unlink together  3.6 µs
//	Rename                               2.0 µs
//	Write of 100 B / 4 KiB / 128 KiB     1.0 / 1.7 / 30 µs
//	Read of 4 KiB / 128 KiB              1.9 / 28 µs
//	Snapshot and then a Setattr          8.9 µs
//
// The rest is in the time of one core, garbage collection included, which other
// work on the machine disturbs less (figures_test.go). Among a million files, a
// mixture of create, release, lookup, getattr, rename, setattr and unlink, all
// over them, comes to 570,000 operations a second with a load of 10 on the
// machine, and to 440,000 with one of 27: half of it is waiting for memory that
// is in no cache. Through bfs.Service, with the codec, 290,000 (-bench
// ExecuteMix ./bfs). Writes of 4 KiB all over a file of a GiB, with a snapshot
// after every thousand, come to 230,000 to 370,000 a second.
//
// After a snapshot, among a million files, the longest of the next thousand
// operations takes 53 µs (without a snapshot before them, 40), and the longest
// of 400,000 took 0.53 ms of its thread's time, help with the collection of
// garbage included.
//
// Snapshot and Digest after writes to 1,000 blocks, all over a file:
//
//	MiB in the state    10    100   1000   4000
//	ms                 2.7    3.2    3.5    3.8
//
// of which 2.6 are for hashing the blocks, and the others for a few nodes above
// each: more levels, and more of them in no cache. With BLAKE2b, and reading the
// digests of all children where they lie, it was 5.0, 5.9 and 6.7 ms. A file
// takes 1.7% of memory beyond its bytes. A small file costs 372 bytes beyond its
// contents, its name and its part of the directory included. Scrub takes 0.8 ms
// for each megabyte of its budget, and keeps no memory.
//
// A copy of a file at equal offsets costs a few nodes, whatever its size: less
// than 50 allocations.
//
// Putting a state together from nothing, giving out the pages included: a file
// of 100 MiB comes in 4,913 pages and 106 MB, at 66 µs a page and 330 MB/s;
// 100,000 files of 1,000 bytes in 54,180 pages and 122 MB, at 17 µs and 130
// MB/s. After 1% of that file's blocks have changed, all over it, 561 pages
// with 1.2% of its bytes move; after one block, a dozen pages. Of 100,000 files
// of two blocks no page takes longer than 7 ms, and the last step 0.2 ms.
//
// A user's snapshot, a change of a file after it and the deletion take 10 µs
// together. From nothing, a file with five snapshots between each of which 1% of
// its blocks changed moves as it would without them, and 1% more for each. To
// prove one file of 100,000 takes 0.34 ms and at most 9 KB; the digest of a
// file's blocks is computed from the file at 280 MB/s.
//
// # How large
//
// A name has up to 255 bytes, a path 4095 (bfs.MaxPath counts its end), a file
// up to 2^63-1; a directory up to 65,000 subdirectories and as many other
// entries as the limits let it have: eight names may share 59 bits of hash. A
// file system has as many inodes as Limits.Inodes says, up to 2^40 in a
// cluster's configuration. What bounds them is memory: at 372 bytes for each
// file beyond its contents ten million files take 3.7 GB, and up to as much again
// for each version that is kept and of which everything was changed since.
//
// # What is absent
//
// There is no goroutine, lock, clock, randomness, I/O or floating point, and no
// range over a map. Inode numbers are never used twice. No directory can be
// reached in two ways or not at all. No block, once in a file, is changed. No
// path is resolved: operations take a directory and a name, and never follow
// symbolic links. "." and ".." are not stored. FIFOs, sockets and devices are
// kept and shown, but nothing goes through them.
package fsstate

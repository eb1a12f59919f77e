// Package proof makes and checks proofs of what a file was: something that an
// auditor can hold in hand, and check with the cluster's public keys alone,
// when the cluster is far away or gone.
//
// # What is proven
//
// The state of a cluster is a Merkle tree (pbft, fsstate). A proof has
//
//   - the signatures of f+1 replicas under the sequence number and the digest of
//     a stable checkpoint, of which one at least is a correct replica's;
//   - the root page of that checkpoint, which has the ordered time and the
//     digest of the file state;
//   - the pages of the file state on the way from its root page to the inode of
//     the root directory, from there to the entry of the path's first name, to
//     the inode that it names, and so on to the last.
//
// Verify follows the path in them as fsstate.Prove does, and finds the file's
// attributes, and its contents if they are no longer than a block: these lie in
// the inode. Of a larger file the proof has the digest of its blocks, which
// whoever has the file can compute from it, so that a proof of a terabyte is no
// longer than one of a line. Where a file has holes rather than zeros, on which
// the digest depends, is said in the proof and checked by the digest.
//
// That a name is missing is proven in the same way, by the pages that would
// have it. Paths begin with /.snapshots/NAME for files of snapshots. Symbolic
// links are not followed: a proof is of the path as it is written.
//
// # Where it comes from
//
// Replicas sign for their last stable checkpoint when a client asks, and show
// its pages (pbft/runtime). Make asks all for signatures, and one of the
// signers for pages: it follows the path in what that one sends, each page of
// which proves itself, and records them. A replica that lies costs a retry.
//
// What is proven is what the files were at a checkpoint. To prove what was
// written just now, the caller has to wait for the next one.
//
// # What a proof gives away
//
// The names and inode numbers beside the proven ones that lie in the same nodes
// (some fifteen to a node), numbers of the file state's root page, and digests of
// everything else. The contents of no other file, unless they can be guessed
// whole: a digest confirms a guess.
//
// # Invariants
//
// Encode and Decode are each other's inverse: a proof has one form. Whatever
// Decode and Verify are given, they do not panic, and cost a small multiple of
// its length. Nothing here keeps state or reads a clock.
package proof

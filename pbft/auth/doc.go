// Package auth knows who is who: long-term keys, the handshake by which two
// nodes prove who they are, the MAC on every frame of a connection, and the
// authenticators on clients' requests (TOCS'02, section 3.1).
//
// # Keys
//
// A replica, and each client principal, has one long-term Ed25519 key pair:
// an Identity on its own disk, a PublicKey in everybody's Directory. Both have
// a text of one line with a checksum, so that a slip in copying is reported
// rather than showing up as a failing handshake. All that is agreed between
// two nodes is agreed afresh for each connection.
//
// # Handshake
//
// Four messages of fixed sizes, each read in full before it is looked at; no
// message announces a length.
//
//	initiator -> responder  hello: magic, version, cluster, both nodes, X25519 share   108 bytes
//	responder -> initiator  answer: verdict, X25519 share, signature so far             97 bytes
//	initiator -> responder  proof: signature so far                                     64 bytes
//	responder -> initiator  confirmation: verdict, value derived from the keys          17 bytes
//
// This is the signed Diffie-Hellman exchange of ISO 9798-3, of the family of
// SIGMA and Noise: each signature covers a label for its role and a hash of
// every byte so far, and with them the cluster, both names, the client's
// session and both fresh shares. So a recorded message fits no other
// handshake, a message sent back to its author fits no role, and a change of
// any byte makes a signature fail. HKDF-SHA256 turns the shared secret and the
// hash of the whole transcript into the link's keys. A refusal is a single
// byte in place of the rest; it is not authenticated, and decides nothing but
// the text of an error.
//
// Version, cluster, names and the Directory are looked at before any
// public-key operation. Whoever knows the name of a registered node can still
// make a replica spend one signature and one key agreement for a connection;
// the transport bounds how many such connections there are.
//
// The handshake promises mutual authentication, that both ends agree on all
// of the above, and forward secrecy: a long-term key stolen later does not
// help to forge what was authenticated with the keys of an earlier
// connection. It does not promise secrecy: names go in the clear, and frames
// are authenticated but not encrypted, as in the paper.
//
// # Frames
//
// The tag of a frame is AES-256-GCM over an empty plaintext with the payload
// as additional data (GMAC). Each direction of each connection has its own
// key, whose derivation carries the label and the direction, and the nonce is
// the count of the frames so far, which is not sent. So a frame that is
// changed, repeated, left out, moved or reflected does not verify. GMAC is
// chosen because it is the cheapest MAC here and its one weakness, that no
// nonce may come twice, cannot arise with a counter under a fresh key. The
// payload is neither copied nor changed.
//
// # Requests
//
// A request's authenticator has one MAC for each replica, over the request's
// digest, because the request is relayed inside a pre-prepare and each replica
// must check it for itself. There is no counter in what is relayed, so this
// MAC must not depend on a nonce: it is BLAKE2b over the key, a label and the
// digest, cut to 16 bytes.
//
// # How long keys last
//
// The keys of a link are used for its frames and no others, and are forgotten
// with it; the transport replaces links after a bounded time and number of
// frames (TOCS'02, section 4.3.1), and with the link go the keys. A client
// authenticates requests with the key of the newest link to each replica. The
// replica has that key before the client learns that it has, and keeps the one
// before it while the link of that lasts and for KeyringConfig.Overlap more,
// for the requests that are still on their way. After that the key is accepted
// no more, and is forgotten when the next link comes or goes.
//
// # What it costs
//
// Figures from `go test -run xxx -bench . ./pbft/auth` (Go 1.26, AMD EPYC with
// AES instructions, 4 cores). Nothing but the authenticator itself is
// allocated.
//
//	tag or verify a frame of 64 B / 4 KiB / 128 KiB    0.06 / 0.54 / 16 us
//	make an authenticator for 4 replicas               0.7 us
//	check one entry of it                              0.2 us
//	handshake, both ends together, in memory           410 us
//
// With the key as the hash's first bytes a request's MAC is one block of
// BLAKE2b and needs no state; the hash's own keyed mode spends a block on the
// key, 0.31 us against 0.17, and a hash object for each goroutine.
//
// # Invariants
//
// This package starts no goroutine, sets no deadline, closes no connection,
// and writes nothing to a log. It never allocates by a length that a peer
// chose. No comparison of a secret value depends on the secret in its time.
package auth

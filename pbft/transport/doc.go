// Package transport carries payloads between the nodes of a cluster over TCP:
// replicas among each other, and clients with replicas.
//
// A payload given to Send arrives at most once, unaltered, and after those
// sent before it; or it is dropped and counted. Dropping is the answer to
// every shortage, because the protocol sends again what it still needs: Send
// never blocks, and no queue grows beyond its limit. The package does not
// know what it carries, and it does not know keys: a Handshaker makes a Link
// of a new connection, and the Link makes and checks the tags of the frames.
//
// # Connections
//
// Each pair of nodes has one connection. The replica with the higher number
// dials, clients dial, and the dialling side dials again with a growing,
// random pause until its Endpoint closes. A node that connects again replaces
// its older connection, which may be dead without our knowing. The Handler
// sees the end of the one before the beginning of the other.
//
// # Fresh keys
//
// A connection's keys are used for a bounded time and number of frames. Then
// the dialling side opens a successor, with a handshake of its own, and says in
// the first frame that it is one; the other side welcomes it when it sends
// there itself. The older connection is then finished from both ends: what is
// queued on it is sent, and the Handler gets all of it before anything that
// came over the successor. So nothing is lost or reordered by this, nothing
// waits for the handshake, and the Handler is told of no end and no beginning.
// The dialling side closes its direction first, when it has been welcomed and
// has sent everything, and the other side closes the connection when it has
// delivered that; so there are two connections at most, and the next successor
// comes after that. A side whose peer does not do so ends the connection
// (ErrKeysOld).
//
// A frame is its payload's length in 4 bytes, the payload, and a tag of 16
// bytes. The length is checked before anything is allocated for it, and memory
// is allocated as the payload arrives. There is no type, version or
// compression in a frame: the handshake agrees on the version, and payloads
// say what they are.
//
// What is sent to an idle connection is written by Send itself, without
// waiting: that saves waking a goroutine. What is sent within 6 us of the
// last write is left to the connection's writer, which collects what comes in
// meanwhile and writes it at once. Small payloads are copied together, large
// ones never copied.
//
// # Strangers and misbehaviour
//
// Before its peer is authenticated a connection can make us read a few
// kilobytes within a few seconds, and there is a bound on such connections, in
// total and for each address. A newcomer ousts the oldest of them, so that
// whoever fills the places with silence loses them, and an honest handshake,
// which takes a millisecond, gets through. Authenticated clients are bounded in
// total and for each principal. The most that authenticated peers can make an
// Endpoint hold is, for each connection, one frame and one queue of the sizes
// in Limits, with two connections for a peer while keys are replaced. A peer that sends an oversized or false frame loses its
// connection. One that reads nothing has its queue filled and then loses its
// connection; one whose messages the Handler is slow to take is read from no
// further. Neither delays another peer. What peers can provoke is logged at
// most once an interval for each kind.
//
// # Goroutines
//
//   - One accepts connections (acceptAll). It owns the listener.
//   - One for each accepted connection (serveAccepted): the handshake, then
//     the reader. It owns the reading side of the connection and of its link,
//     and calls the Handler, with the peer's turn in its hands.
//   - One for each peer that we dial (keepConnected): it dials, and dials again
//     when a connection has ended or its keys are old.
//   - One for each connection that we have dialled (serve), which is the reader.
//   - One for each connection that writes (connection.write). Whoever has the
//     right to write, this goroutine or one inside Send, owns the writing
//     side of the connection and of its link, and the batch. The outbox passes
//     the right on. The writer keeps it when it ends, after which the link
//     can be closed.
//   - While closing, one for each connection (farewell), which waits for the
//     queue to empty and the peer to hang up, and one that waits for all.
//
// Locks are held for bookkeeping only: never while calling the Handler, the
// Handshaker or the Link, and never while reading or writing.
//
// # Why TCP
//
// Measured between two processes with 4 cores that had other work to do
// (median of 6 runs; Linux 6.18, Go 1.26): for each message size, the round
// trip over UDP, with just enough code to cut, put together and send again
// what is lost after 5 ms; over bare TCP; and over an Endpoint with a
// checksum for a tag. "veth" is two network namespaces, with packets of 1,500
// bytes for UDP; in "1% loss", sockets drop one in a hundred packets.
//
//	us           loopback            veth                  veth, 1% loss
//	           UDP  TCP Endpoint   UDP   TCP Endpoint    UDP    TCP Endpoint
//	128 B       24   24   39        26    24   43        160   5400    580
//	4 KiB       43   53   53        74    54   62        370   4400    740
//	128 KiB    510  600  610      1500   540  430       8900  14000   5200
//	1 MiB     3600 6600 4400     12800  5300 4400      42000  66000  40000
//	1 to 3      67    -   88        91     -  111          -      -   1500
//	stream      15    -  1.5        13     -  1.6          -      -    4.8
//
// "1 to 3" sends 128 bytes to three sockets and waits for three answers;
// "stream" is the time for each of many 128-byte messages that go and come
// with a thousand on their way. The command, which makes and removes the
// namespaces itself if it is root:
//
//	BFS_TRANSPORT_NETWORK=veth-loss go test -run '^$' -bench . -count 6 ./pbft/transport
//
// (or veth, or loopback). TCP is as quick as UDP for a small message; an
// Endpoint adds the hand-over from the reader's goroutine to the one that
// waits, which "1 to 3" over UDP needs as well. Collecting makes a stream ten
// times cheaper. Large messages are where UDP would need what TCP has: flow
// and congestion control, and sending again. What speaks for UDP is loss: TCP
// by itself waits 200 ms to send the last packet again. So setOptions lowers
// that to 10 ms, which made a lossy multicast ten times quicker than bare TCP
// (13 ms); the protocol's own timers would be slower than either.
//
// Writing from Send was measured in the same way on loopback, on a busier
// machine: always (60 us a round trip, 9 us a message in the stream), never
// (82 and 0.9 us), and when the connection has been idle for 15 us (67 and
// 1.0 us), 6 us (61 and 1.5 us) or 3 us (63 and 1.8 us). The table above was
// measured with 15 us.
package transport

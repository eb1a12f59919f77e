package transport

import (
	"fmt"
	"time"

	"bfs/pbft/message"
)

// What an Endpoint allows when Config.Limits leaves a field zero, and the
// bounds that are not configurable.
const (
	headerSize = 4  // the frame's length, big endian, counting the payload only
	tagSize    = 16 // follows the payload

	defaultReplicaFrameBytes    = 16 << 20
	defaultReplicaQueueBytes    = 64 << 20
	defaultReplicaQueueMessages = 1 << 16
	defaultClientFrameBytes     = 2 << 20
	defaultClientQueueBytes     = 8 << 20
	defaultClientQueueMessages  = 1 << 12
	defaultClients              = 1024
	defaultPrincipalClients     = 256
	defaultHandshakes           = 256
	defaultAddressHandshakes    = 64
	defaultHandshakeTimeout     = 3 * time.Second
	defaultWriteTimeout         = 10 * time.Second
	defaultFlushTimeout         = 500 * time.Millisecond
	defaultLogInterval          = 5 * time.Second
	defaultKeyLifetime          = 15 * time.Minute
	defaultKeyGrace             = time.Minute
	defaultKeyFrames            = 1 << 32

	// maxFrameBytes bounds what Limits may ask for: a length is 32 bits and
	// must fit an int everywhere.
	maxFrameBytes = 1 << 30
	// handshakeBytes bounds what is read from a connection before its peer
	// is authenticated.
	handshakeBytes = 4 << 10
	// readBufferBytes is the read buffer of a connection.
	readBufferBytes = 32 << 10
	// firstReadBytes is what a frame's header may make the reader allocate;
	// beyond it the buffer grows with what has arrived, by growthFactor.
	firstReadBytes = 256 << 10
	growthFactor   = 4
	// A batch, what one write takes from the queue, has at most
	// batchFrames frames. Headers, tags and payloads up to copyBytes are
	// copied into one buffer of scratchBytes; larger payloads are not copied.
	batchFrames  = 128
	scratchBytes = 64 << 10
	copyBytes    = 8 << 10
	// directAfter is how long a connection must have been idle for Send to
	// write to it itself. It is less than a round trip, and more than the
	// time between the messages of a burst.
	directAfter = 6 * time.Microsecond
	// fifoKeep is the queue capacity that an idle connection may keep.
	fifoKeep = 256

	keepAliveIdle     = 5 * time.Second
	keepAliveInterval = 2 * time.Second
	keepAliveProbes   = 3
	// userTimeout ends a connection on which sent data stays unacknowledged.
	userTimeout = 10 * time.Second
	// retransmitMin is the least time after which the kernel sends again what
	// is not acknowledged, instead of 200 ms, and ackDelay the longest for
	// which it keeps an acknowledgement back. Both ends set both.
	retransmitMin = 10 * time.Millisecond
	ackDelay      = 2 * time.Millisecond

	backoffFirst   = 25 * time.Millisecond
	backoffMost    = 500 * time.Millisecond
	acceptRetry    = 5 * time.Millisecond
	acceptRetryMax = time.Second
)

// Limits bounds what peers can make an Endpoint hold. A zero field means the
// default in parentheses.
type Limits struct {
	// Replica applies to connections with replicas, Client to those with
	// clients (16 MiB, 64 MiB, 65,536; and 2 MiB, 8 MiB, 4,096).
	Replica PeerLimits
	Client  PeerLimits
	// Clients is the most authenticated clients connected at once (1,024),
	// PrincipalClients how many of them may hold one principal's key (256).
	// Further ones are refused.
	Clients          int
	PrincipalClients int
	// Handshakes is the most connections at once whose peer is not yet
	// authenticated (256), AddressHandshakes how many of them may come
	// from one IP address (64). A newcomer ousts the oldest.
	Handshakes        int
	AddressHandshakes int
	// HandshakeTimeout is the time from connecting to being authenticated
	// (3 s). Dialling has as much again.
	HandshakeTimeout time.Duration
	// WriteTimeout ends a connection whose peer has taken nothing for so
	// long although something waits for it (10 s).
	WriteTimeout time.Duration
	// KeyLifetime and KeyFrames are how long the keys of one connection are
	// used (15 minutes), and for how many frames in each direction (2^32).
	// Then the dialling side replaces the connection, up to a quarter of the
	// time earlier. A connection is ended if that has not happened KeyGrace
	// later (1 minute), or after half as many frames again. All nodes should
	// agree on them.
	KeyLifetime time.Duration
	KeyGrace    time.Duration
	KeyFrames   int
	// FlushTimeout is how long Close may take to send what is queued
	// (0.5 s).
	FlushTimeout time.Duration
}

// PeerLimits bounds one connection.
type PeerLimits struct {
	// FrameBytes is the largest payload that this kind of node may send.
	// All nodes of a cluster must agree on it.
	FrameBytes int
	// QueueBytes and QueueMessages bound what waits to be sent to this
	// kind of node, payloads and framing. QueueBytes must leave room for one
	// frame of the largest size.
	QueueBytes    int
	QueueMessages int
}

func (l *Limits) setDefaults() {
	orDefault(&l.Replica.FrameBytes, defaultReplicaFrameBytes)
	orDefault(&l.Replica.QueueBytes, defaultReplicaQueueBytes)
	orDefault(&l.Replica.QueueMessages, defaultReplicaQueueMessages)
	orDefault(&l.Client.FrameBytes, defaultClientFrameBytes)
	orDefault(&l.Client.QueueBytes, defaultClientQueueBytes)
	orDefault(&l.Client.QueueMessages, defaultClientQueueMessages)
	orDefault(&l.Clients, defaultClients)
	orDefault(&l.PrincipalClients, defaultPrincipalClients)
	orDefault(&l.Handshakes, defaultHandshakes)
	orDefault(&l.AddressHandshakes, defaultAddressHandshakes)
	orDefault(&l.HandshakeTimeout, defaultHandshakeTimeout)
	orDefault(&l.WriteTimeout, defaultWriteTimeout)
	orDefault(&l.FlushTimeout, defaultFlushTimeout)
	orDefault(&l.KeyLifetime, defaultKeyLifetime)
	orDefault(&l.KeyGrace, defaultKeyGrace)
	orDefault(&l.KeyFrames, defaultKeyFrames)
}

func orDefault[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

func (l *Limits) validate() error {
	for _, n := range []int{
		l.Replica.QueueMessages, l.Client.QueueMessages, l.Clients, l.PrincipalClients,
		l.Handshakes, l.AddressHandshakes, int(l.HandshakeTimeout), int(l.WriteTimeout), int(l.FlushTimeout),
		int(l.KeyLifetime), int(l.KeyGrace), l.KeyFrames,
	} {
		if n < 0 {
			return fmt.Errorf("%w: %d is negative; give a positive bound, or 0 for the default", ErrConfig, n)
		}
	}
	for _, p := range []PeerLimits{l.Replica, l.Client} {
		if p.FrameBytes < 0 || p.FrameBytes > maxFrameBytes {
			return fmt.Errorf("%w: FrameBytes is %d; it must be at most %d", ErrConfig, p.FrameBytes, maxFrameBytes)
		}
		if p.QueueBytes < p.FrameBytes+headerSize+tagSize {
			return fmt.Errorf("%w: QueueBytes is %d and has no room for one frame of %d bytes", ErrConfig, p.QueueBytes, p.FrameBytes)
		}
	}
	return nil
}

// of selects the limits for a kind of node.
func (l *Limits) of(kind message.NodeKind) PeerLimits {
	if kind == message.KindClient {
		return l.Client
	}
	return l.Replica
}

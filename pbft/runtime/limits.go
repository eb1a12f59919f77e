package runtime

import "time"

// Bounds of what waits inside a process, beside those of pbft.Params and
// transport.Limits.
const (
	// What one peer may have waiting for the core: so many inputs, and so
	// many bytes unless it is a single input. A replica's lane has room for
	// some bursts of the protocol, a client's for a part of its window.
	replicaLaneInputs = 4096
	replicaLaneBytes  = 32 << 20
	clientLaneInputs  = 32
	clientLaneBytes   = 256 << 10
	// streak is how many inputs of replicas may come before one of a client
	// that waits.
	streak = 64
	// fifoKeep is the capacity that an empty queue may keep.
	fifoKeep = 1024

	// keptCheckpoints is how many checkpoints that a replica has attested to it
	// keeps, and keepCheckpoint how long after the last question about one.
	keptCheckpoints = 4
	keepCheckpoint  = 10 * time.Second
	// questionsPerSecond bounds what a principal may ask of the state, in pages;
	// attestCost is what a signature counts as.
	questionsPerSecond = 2000
	attestCost         = 10

	// clientSessions is how many sessions of one principal may be connected
	// to a replica at once, and clientsConnected how many of all.
	clientSessions   = 256
	clientsConnected = 1024

	// keyOverlap is how long a request may be under way that was
	// authenticated before the client's keys were replaced: longer than it
	// waits at a primary that is not faulty.
	keyOverlap = 10 * time.Second

	// frameSlack is what the encodings of messages add to the operations and
	// results in them, requestSlack what that of a request adds.
	frameSlack   = 4 << 10
	requestSlack = 128
	// queuedFrames is how many frames of the largest size fit in the queue
	// of a connection.
	queuedFrames = 4

	maxClusterName = 256 // bytes
	maxVersionName = 64  // bytes, as message.Report has it

	// logInterval: what a peer can provoke is logged at most once in this
	// time for each kind of it.
	logInterval = 5 * time.Second
	// shortestPause is how long the loop waits at least between two looks at
	// the core's time.
	shortestPause = time.Millisecond
	// probeTimeout is how long Dial looks for the reason why it failed.
	probeTimeout = 500 * time.Millisecond
)

package pbft

import (
	"errors"
	"fmt"

	"bfs/pbft/message"
)

// Durations are in nanoseconds, like message.Time.
const (
	Millisecond message.Time = 1e6
	Second      message.Time = 1e9
)

// Bounds of Params, and what they are when not said.
const (
	MaxFaults = 33 // n = 100; authenticators and vote tables go with n

	DefaultCheckpointInterval = 128
	DefaultLogSize            = 256
	DefaultBatchRequests      = 64
	DefaultBatchBytes         = 2 << 20
	DefaultInFlight           = 8
	DefaultClientWindow       = 64
	DefaultSessions           = 16
	DefaultMaxOperation       = 1<<20 + 64<<10
	DefaultMaxResult          = 1<<20 + 64<<10
	DefaultLargeRequest       = 8 << 10
	DefaultMaxQueued          = 8192
	DefaultMaxQueuedBytes     = 64 << 20
	DefaultStatusInterval     = 150 * Millisecond
	DefaultRetransmit         = 150 * Millisecond
	DefaultClockBound         = 10 * Second
	DefaultViewTimeout        = 1 * Second

	maxLogSize       = 1 << 16
	maxClientWindow  = 1024
	maxBatchRequests = 4096
	maxMessageBytes  = 64 << 20
)

// Params are the parameters of the protocol. They are part of the cluster's
// configuration: all replicas and clients must have the same.
type Params struct {
	// Faults is f, the number of faulty replicas tolerated; there are
	// 3f+1 replicas. From 1 to MaxFaults.
	Faults int
	// CheckpointInterval is K: a checkpoint is taken whenever a sequence
	// number divisible by it has been executed. Small values checkpoint
	// often; large ones keep more log.
	CheckpointInterval int
	// LogSize is L: messages are accepted for L sequence numbers above the
	// last stable checkpoint. A multiple of CheckpointInterval, and at least
	// twice it, or the primary stands still at every checkpoint.
	LogSize int
	// BatchRequests and BatchBytes bound the requests in one batch, in
	// number and in bytes of operations. A single larger request still goes
	// in a batch of its own.
	BatchRequests int
	BatchBytes    int
	// InFlight is how many batches the primary proposes before the first of
	// them is executed. Requests that arrive meanwhile share the next batch.
	InFlight int
	// ClientWindow is how far a session's timestamps may run ahead of its
	// lowest unanswered one; so many replies are remembered per session.
	ClientWindow int
	// Sessions is how many sessions of one principal are remembered; the
	// one idle for longest gives way to a new one. Together they remember at
	// most Sessions*ClientWindow results of MaxResult bytes for a principal
	// that never acknowledges any.
	Sessions int
	// MaxOperation and MaxResult bound operations and results, in bytes.
	MaxOperation int
	MaxResult    int
	// LargeRequest is the size in bytes above which an operation goes from
	// the client to all replicas, and pre-prepares only name it. Above
	// MaxOperation: none does.
	LargeRequest int
	// MaxQueued and MaxQueuedBytes bound the requests that wait at the
	// primary; more are dropped, and their clients retransmit them.
	MaxQueued      int
	MaxQueuedBytes int
	// StatusInterval is how often a replica that lacks something says so.
	StatusInterval message.Time
	// Retransmit is how long a client waits for a reply before it sends the
	// request again, to all replicas; it doubles with each try.
	Retransmit message.Time
	// ClockBound is how far the time that the primary proposes may be from
	// a backup's own clock for the backup to agree.
	ClockBound message.Time
	// ViewTimeout is how long a request that a backup knows of may take
	// until it is executed, before the backup asks for another primary. It
	// doubles with each view that brings no progress, and comes back down.
	ViewTimeout message.Time
}

// DefaultParams returns the default parameters for f faults.
func DefaultParams(f int) Params {
	return Params{
		Faults:             f,
		CheckpointInterval: DefaultCheckpointInterval,
		LogSize:            DefaultLogSize,
		BatchRequests:      DefaultBatchRequests,
		BatchBytes:         DefaultBatchBytes,
		InFlight:           DefaultInFlight,
		ClientWindow:       DefaultClientWindow,
		Sessions:           DefaultSessions,
		MaxOperation:       DefaultMaxOperation,
		MaxResult:          DefaultMaxResult,
		LargeRequest:       DefaultLargeRequest,
		MaxQueued:          DefaultMaxQueued,
		MaxQueuedBytes:     DefaultMaxQueuedBytes,
		StatusInterval:     DefaultStatusInterval,
		Retransmit:         DefaultRetransmit,
		ClockBound:         DefaultClockBound,
		ViewTimeout:        DefaultViewTimeout,
	}
}

// Replicas is n = 3f+1.
func (p Params) Replicas() int { return 3*p.Faults + 1 }

// Quorum is 2f+1: any two quorums share a correct replica.
func (p Params) Quorum() int { return 2*p.Faults + 1 }

// Weak is f+1: one of them is correct.
func (p Params) Weak() int { return p.Faults + 1 }

// Limits are what messages are held to when they are decoded.
func (p Params) Limits() message.Limits {
	return message.Limits{
		Replicas:     p.Replicas(),
		MaxOperation: p.MaxOperation,
		MaxResult:    p.MaxResult,
		MaxPage:      max(MaxPage, p.MaxResult), // results are pages, too
		MaxBatch:     p.BatchRequests,
		Window:       p.LogSize,
	}
}

// Client is the configuration of a client session of a replicated service.
func (p Params) Client(id message.ClientID) ClientConfig {
	return ClientConfig{
		ID:           id,
		Replicas:     p.Replicas(),
		Quorum:       p.Quorum(),
		Window:       p.ClientWindow,
		LargeRequest: p.LargeRequest,
		Retransmit:   p.Retransmit,
	}
}

// Primary is the primary of a view.
func (p Params) Primary(v message.View) message.ReplicaID {
	return message.ReplicaID(uint64(v) % uint64(p.Replicas()))
}

// Validate returns an error that names every parameter out of its bounds.
func (p Params) Validate() error {
	var errs []error
	check := func(name string, v, lo, hi int) {
		if v < lo || v > hi {
			errs = append(errs, fmt.Errorf("%s is %d; it must be from %d to %d", name, v, lo, hi))
		}
	}
	check("faults", p.Faults, 1, MaxFaults)
	check("checkpoint_interval", p.CheckpointInterval, 1, maxLogSize/2)
	check("log_size", p.LogSize, 2, maxLogSize)
	check("batch_requests", p.BatchRequests, 1, maxBatchRequests)
	check("batch_bytes", p.BatchBytes, 1, maxMessageBytes)
	check("in_flight", p.InFlight, 1, maxLogSize)
	check("client_window", p.ClientWindow, 1, maxClientWindow)
	check("sessions", p.Sessions, 1, maxClientWindow)
	check("max_operation", p.MaxOperation, 1, maxMessageBytes)
	check("max_result", p.MaxResult, 1, maxMessageBytes)
	check("large_request", p.LargeRequest, 1, maxMessageBytes+1)
	check("max_queued", p.MaxQueued, 1, 1<<24)
	check("max_queued_bytes", p.MaxQueuedBytes, p.MaxOperation, 1<<34)
	if k := p.CheckpointInterval; k > 0 && (p.LogSize%k != 0 || p.LogSize < 2*k) {
		errs = append(errs, fmt.Errorf("log_size is %d; it must be a multiple of checkpoint_interval (%d), and at least twice it", p.LogSize, k))
	}
	durations := []struct {
		name string
		d    message.Time
	}{{"status_interval", p.StatusInterval}, {"retransmit", p.Retransmit}, {"clock_bound", p.ClockBound},
		{"view_timeout", p.ViewTimeout}}
	for _, x := range durations {
		if x.d < Millisecond || x.d > 3600*Second {
			errs = append(errs, fmt.Errorf("%s is %d; it must be from 1ms to 1h, in nanoseconds", x.name, x.d))
		}
	}
	return errors.Join(errs...)
}

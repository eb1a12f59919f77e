package fuse

import (
	"time"

	"bfs/bfs"
	"bfs/fsstate"
)

// The bounds of what a mount holds, asks for and waits for.
const (
	// maxTransfer is the most bytes of one read or write request; the kernel
	// splits larger ones. It is also what one bfs operation carries.
	maxTransfer = bfs.MaxIO
	// maxCopy is the most bytes of one copy_file_range request, whose answer
	// has 32 bits: whole blocks, so that the next one begins at a block, too.
	maxCopy = 1<<32 - fsstate.BlockSize
	// maxInflight bounds the memory of requests being served, in bytes. The
	// kernel keeps further requests until some are answered.
	maxInflight = 256 << 20
	// maxGroupFiles is how many /proc/TID/status files are kept open.
	maxGroupFiles = 128
	// maxStatusFile is the most that is read of one of them, in bytes: a
	// process with 65536 groups, which is Linux's limit, has a longer one.
	maxStatusFile = 16 << 10
	// maxReleases is how many closed files may be on their way to the replicas.
	maxReleases = 1024
	// renewalsPerLease is how often in one lease the session is renewed: two
	// renewals may be lost.
	renewalsPerLease = 3

	// interruptGrace is how long an interrupted read or lookup goes on before
	// it answers EINTR: signals that a program does not expect to see in
	// stat(2) never reach it while the cluster answers.
	interruptGrace = time.Second
	// shortestPoll is how soon after something has happened it is asked which
	// waits for locks are over; longestPoll bounds the doubling after that.
	shortestPoll = time.Millisecond
	longestPoll  = 64 * time.Millisecond
	// busyGrace is how long Unmount waits for a busy mount point.
	busyGrace = time.Second
	// busyRetry is how long it waits between two attempts.
	busyRetry = 25 * time.Millisecond
	// exitGrace is how long Unmount waits for the server to end after that.
	exitGrace = 5 * time.Second
	// probeTimeout is how long a mount point may take to show that it is alive.
	probeTimeout = 2 * time.Second
	// shortestRenewal bounds the rate of renewals, however short the lease.
	shortestRenewal = time.Millisecond
	// defaultLease is the session lease assumed when Options has none.
	defaultLease = time.Minute
	// logEvery is the least time between two log lines of the same kind.
	logEvery = 10 * time.Second
)

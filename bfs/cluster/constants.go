package cluster

import (
	"os"
	"time"
)

// Names of the files in a cluster's directory, and who may read them.
const (
	configName = "cluster.json"
	lockName   = "lock"

	configMode os.FileMode = 0o644
	logMode    os.FileMode = 0o600
	dirMode    os.FileMode = 0o700
)

// Bounds of a configuration.
const (
	maxConfigBytes = 1 << 20
	maxClients     = 4096
	maxClientName  = 64
	maxClusterID   = 64

	minFileBytes  = 1 << 20
	maxFileBytes  = 1 << 50
	minFileInodes = 16
	maxFileInodes = 1 << 40
	minLease      = time.Second
	maxLease      = 24 * time.Hour
	maxQuotas     = 4096
)

// What a configuration holds when not said otherwise.
const (
	DefaultFileBytes  = 4 << 30
	DefaultFileInodes = 1 << 20
	DefaultLease      = time.Minute
	DefaultRootMode   = Mode(0o755)
)

// lingerTime is how long a removed file can still be opened by who found its
// name before: longer than a lookup and an open are apart, also while the
// primary is replaced.
const lingerTime = 5 * time.Second

// Where free ports are looked for, and how often.
const (
	firstPort = 10000
	lastPort  = 32700
	portTries = 1000
)

// How replica processes are started and stopped.
const (
	// readyFD is where a replica process finds the pipe on which it says
	// that it serves: the first of exec.Cmd's ExtraFiles.
	readyFD   = 3
	readyLine = "ready\n"
	// stopGrace is how long a process may take to stop by itself.
	stopGrace = 2 * time.Second
	// logTailBytes is how much of a dead replica's log goes into the error.
	logTailBytes = 600
)
